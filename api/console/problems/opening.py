"""Opening a problem: from alerts that may have one cause, or from nothing."""

from __future__ import annotations

from typing import Any

from nicegui import ui
from nicegui.element import Element

from api.addresses import problem_path
from api.auth import Caller
from api.console import fields, look
from api.console.context import Context
from api.console.insights.saying import counted
from api.console.problems.detail import Details
from api.problem_changing import open_problem
from engine.alerts.suggesting import Suggestion
from engine.scope import JUDGES

Record = dict[str, Any]


def begun_with(suggestion: Suggestion | None, caller: Caller) -> Record:
    """Return what is known of a problem before anybody said anything: whoever has a unit opens problems of that."""
    found = {"title": "", "topic": "", "unit": caller.scope.unit or ""}
    if suggestion is None:
        return found
    group = suggestion.group
    title = group.name.replace("/", " ").replace("-", " ").capitalize()
    found["title"] = title + (f" in {group.unit}" if group.unit else "")
    found["topic"] = group.name if group.by == "topic" else ""
    return found | {"unit": group.unit or found["unit"]}


class Opening:
    """The form that opens a problem, where a button asks for it.

    Parameters
    ----------
    context
        Who opens it.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._place = Element("div")

    async def begin(self, suggestion: Suggestion | None = None) -> None:
        """Ask what it is."""
        context = self._context
        context.need(JUDGES)
        people = await context.read(context.service.store.people.directory)
        self.close()
        with self._place, Element("form").classes("hf-card hf-form hf-problem-new") as form:
            form.props["aria-label"] = "A new problem"
            form.on("submit", js_handler="(event) => event.preventDefault()")
            form.on("keydown.escape", self.close)
            look.words("h2", "A new problem")
            if suggestion is not None:
                linked = counted(len(suggestion.alerts), "open alert")
                look.words("p", f"{suggestion.said}. The first {linked} will be linked.", "hf-small")
            details = Details(context, people, begun_with(suggestion, context.caller))

            async def send() -> None:
                await self._open(details.record() | {"alerts": list(suggestion.alerts) if suggestion else None})

            with Element("div").classes("hf-row"):
                look.button("Open the problem", context.doing(send), main=True)
                look.button("Cancel", self.close)
        fields.focus(form)

    def close(self, _event: object = None) -> None:
        """Ask no more."""
        self._place.clear()

    async def _open(self, said: Record) -> None:
        context = self._context
        opened = await context.write(lambda: open_problem(context.service, context.caller, said), JUDGES)
        ui.navigate.to(problem_path(opened.id))
