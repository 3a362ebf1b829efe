"""Promoting a model and going back, each with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui
from nicegui.element import Element

from api.auditing import noted
from api.console import look
from api.console.context import Context, say_done
from api.console.judging import known, parts
from api.console.judging.known import Known, ModelChoiceError
from api.console.judging.work import Work
from api.console.settings.section import WHOLE
from models.store import Pointer, Switch

NO_WHY = "say why, in one line of at most 500 characters; it stays in the history"


class Promoting:
    """The form that changes the model.

    Parameters
    ----------
    models, pointer
        As they were when the page was built.
    """

    def __init__(self, context: Context, models: Sequence[Known], pointer: Pointer) -> None:
        self._context = context
        self._others = {one.version: one.said for one in models if not one.is_current}
        self._current = next((one for one in models if one.is_current), None)
        self._pointer = pointer

    def draw(self) -> None:
        """Draw the form."""
        context = self._context
        with look.section("Change it"), Element("div").classes("hf-card hf-stack"):
            if not self._others:
                said = (
                    "There is no other model here. 'heedful train --out var/models/NAME' makes one that is found here."
                )
                look.words("p", said, "hf-muted")
                if not self._pointer.before:
                    return
            with Element("div").classes("hf-form"):
                if self._others:
                    self._model = ui.select(self._others, label="Model").props("outlined dense").classes("hf-field")
                    self._model.on_value_change(context.doing(self._chosen))
                self._why = parts.reason()
            self._warning = look.words("p", "", "hf-notice").props("role=status")
            self._force = ui.checkbox("Promote it all the same")
            self._warning.set_visibility(False)
            self._force.set_visibility(False)
            with Element("div").classes("hf-row"):
                if self._others:
                    look.button("Promote", context.doing(self._promote), main=True)
                if self._pointer.before:
                    look.button("Go back to the model before", context.doing(self._back))

    async def _chosen(self, *_: object) -> None:
        """Say at once what stands against the chosen model."""
        said = await self._context.read(self._against)
        self._warning.text = said
        self._warning.set_visibility(bool(said))
        self._force.set_visibility(bool(said))
        self._force.value = False

    def _against(self) -> str:
        service, version = self._context.service, str(self._model.value)
        lacking = known.lacks(service, known.chosen(service, version))
        refused = self._refused(version)
        found = [f"It lacks labels that rules may name: {lacking}." if lacking else "", refused]
        return " ".join(filter(None, found))

    def _refused(self, version: str) -> str:
        before = self._current.version if self._current else ""
        said = self._context.desk.kept(Work).refusal(before, version)
        return f"The last comparison says: {said}." if said else ""

    def _reason(self) -> str:
        said = str(self._why.value or "").strip()
        if not said or len(said) > 500 or not said.isprintable():
            raise ModelChoiceError(NO_WHY)
        return said

    async def _promote(self) -> None:
        context, why = self._context, self._reason()
        version, force, seen = self._model.value, bool(self._force.value), len(self._pointer.changes)
        if version is None:
            raise ModelChoiceError("choose a model")
        if (said := self._refused(version)) and not force:
            raise ModelChoiceError(f"it was not promoted. {said}")
        await self._change(
            "promote",
            lambda: known.promote(context.service, version, seen=seen, by=context.caller.name, why=why, force=force),
        )

    async def _back(self) -> None:
        context, why, seen = self._context, self._reason(), len(self._pointer.changes)
        await self._change(
            "roll back", lambda: known.rollback(context.service, seen=seen, by=context.caller.name, why=why)
        )

    async def _change(self, what: str, work: Callable[[], Switch]) -> None:
        context = self._context
        # A model reads the feedback of every unit.
        WHOLE.need(context)
        # Copying and verifying a model must not hold up the thread that writes; the store keeps its own history.
        switch = await context.read(work)
        # It is done by now: it goes on record also where the session has ended meanwhile.
        record = noted(context.service, context.caller, (what, "model", switch.model), lambda: None)
        await context.service.writer.run(record)
        say_done(f"{switch.model} is the current model" if switch.changed else f"{switch.model} was current already")
        ui.navigate.reload()
