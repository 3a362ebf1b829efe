"""Compare: what another model would change, in scores and in alerts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.judging import comparison, known, parts
from api.console.judging.chosen_data import ChosenData
from api.console.judging.known import Known
from api.console.judging.work import Work, WorkError, rules_in
from api.console.page import Page
from engine.errors import ForbiddenError

PAGE = Page("/models/compare", "Compare models", roles=parts.JUDGING, under="/models")


async def page(context: Context) -> None:
    """Build the page."""
    parts.begin(context, PAGE.path)
    if context.caller.scope.unit is not None:
        # Labelled feedback is of every unit.
        raise ForbiddenError("a comparison shows feedback of every unit")
    models = await context.read(lambda: known.known_models(context.service))
    await _Comparing(context, models).draw()


class _Comparing:
    """The form, and what was found."""

    def __init__(self, context: Context, models: list[Known]) -> None:
        self._context = context
        self._models = {one.version: one.said for one in models}
        self._data = ChosenData(context)
        self._work = context.desk.kept(Work)

    async def draw(self) -> None:
        """Draw it."""
        await self._context.when_erased(self._forget)
        await self._context.read(self._work.forget)
        versions = list(self._models)
        with look.section("Which two"), Element("div").classes("hf-card hf-stack"):
            look.words(
                "p", "Both read the same labelled feedback, and the live rules are judged under both.", "hf-muted"
            )
            with Element("div").classes("hf-form"):
                self._before = self._choice("Now", versions[0] if versions else None)
                self._after = self._choice("The one that would follow", versions[1] if len(versions) > 1 else None)
                await self._data.draw()
            look.button("Compare", self._context.doing(self._compare), main=True)
        with look.section("What would change"), Element("div") as self._shown:
            self._show(self._kept())

    def _choice(self, label: str, value: str | None) -> ui.select:
        found = ui.select(self._models, label=label, value=value).props("outlined dense").classes("hf-field")
        return found.on_value_change(lambda: self._again())

    def _again(self) -> None:
        self._shown.clear()
        with self._shown:
            self._show(self._kept())

    async def _forget(self) -> None:
        await self._context.read(self._work.forget)
        self._again()

    def _kept(self) -> Mapping[str, Any] | None:
        return self._work.compared.get((str(self._before.value), str(self._after.value)))

    def _show(self, found: Mapping[str, Any] | None) -> None:
        if found is None:
            look.nothing_here(
                "Not compared yet", "Choose two models and labelled feedback that neither was trained on."
            )
        else:
            comparison.draw(found)

    async def _compare(self) -> None:
        context, service = self._context, self._context.service
        context.need(parts.JUDGING)
        versions = str(self._before.value), str(self._after.value)
        if versions[0] == versions[1]:
            raise WorkError("choose two different models")
        a, b = await context.read(
            lambda: tuple(known.chosen(service, one).artifact.folder.resolve() for one in versions)
        )
        async with self._data.file() as (data, place, _):
            self._shown.clear()
            with self._shown:
                look.busy("Comparing: this takes a minute for every few thousand records")
            try:
                rules, out = await context.read(lambda: rules_in(service, place)), place / "found.json"
                command = ["compare", str(a), str(b), "--data", str(data), "--json", str(out), *rules]
                begun = self._work.erased
                self._work.compared[versions] = await self._work.run("a comparison", command, out)
                # What was erased while it ran may be in it.
                self._work.erased = begun
                await context.read(self._work.forget)
            finally:
                self._again()
