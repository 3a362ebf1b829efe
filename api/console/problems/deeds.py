"""What can be done with a problem: the bar of buttons, and the form of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from nicegui.element import Element

from api.console import fields, look
from api.console.alert.fresh import Fresh
from api.console.problems.detail import Details, begun_with
from api.console.problems.host import Host
from api.console.problems.linking import Linking
from engine.alerts.problem import Problem, ProblemState
from engine.alerts.problem_intake import MOST_WORDS
from engine.errors import ProblemError
from engine.scope import JUDGES

Record = Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to do.

    Parameters
    ----------
    done
        What is said then.
    adds
        Whether it takes nothing back that others did meanwhile.
    """

    name: str
    title: str
    done: str
    adds: bool = False
    is_main: bool = False


SOLVE = Deed("solve", "Solved", "It is solved", is_main=True)
REOPEN = Deed("reopen", "Open again", "It is open again")
EDIT = Deed("edit", "Edit", "Changed")
LINK = Deed("link", "Link alerts", "Linked", adds=True)
NOTE = Deed("note", "Note", "Noted", adds=True)
DEEDS: Mapping[ProblemState, tuple[Deed, ...]] = {
    ProblemState.OPEN: (SOLVE, LINK, EDIT, NOTE),
    ProblemState.SOLVED: (REOPEN, LINK, EDIT, NOTE),
}


@dataclass
class Form:
    """An open form: what it makes of its fields, and the version that its writer has seen."""

    deed: Deed
    record: Record
    version: int
    warning: Element | None = field(default=None)


class Deeds:
    """The bar of a problem, for those who may change it.

    Parameters
    ----------
    host
        The page.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._form: Form | None = None
        self._bar: Fresh[tuple[Deed, ...]] = Fresh(self._draw_bar, "hf-bar")
        self._bar.element.props["role"] = "group"
        self._bar.element.props["aria-label"] = "What to do"
        self._place = Element("div")

    def bring(self) -> None:
        """Bring the buttons up to date, and warn whoever writes about what others did."""
        problem = self._host.now.problem
        self._bar.show(problem.state, DEEDS[problem.state])
        form = self._form
        if form is not None and form.warning is not None and not form.deed.adds and form.version != problem.version:
            form.warning.set_visibility(True)

    def _draw_bar(self, deeds: tuple[Deed, ...]) -> None:
        for deed in deeds:
            act = self._host.context.doing(lambda deed=deed: self._begin(deed))
            look.button(deed.title, act, main=deed.is_main)

    async def _begin(self, deed: Deed) -> None:
        self._host.context.need(JUDGES)
        self._place.clear()
        with self._place, Element("form").classes("hf-form") as form:
            form.on("submit", js_handler="(event) => event.preventDefault()")
            form.on("keydown.escape", self._close)
            form.props["aria-label"] = deed.title
            look.words("h3", deed.title)
            record = await _FORMS[deed.name](self._host)
            warning = look.words(
                "p", "Somebody changed this problem while you were writing; see the history.", "hf-warn"
            )
            warning.props["role"] = "status"
            warning.set_visibility(False)
            with Element("div").classes("hf-row"):
                look.button(deed.title, self._host.context.doing(self._send), main=True)
                look.button("Cancel", self._close)
        self._form = Form(deed, record, self._host.now.problem.version, warning)
        fields.focus(form)

    def _close(self, _event: object = None) -> None:
        """Close the form, and lead those who work by keyboard back to the bar."""
        if self._form is not None:
            fields.focus(self._bar.element, "button")
        self._form = None
        self._place.clear()

    async def _send(self) -> None:
        form = self._form
        if form is None:
            return
        seen = None if form.deed.adds else form.version
        if await self._host.change(form.record(), form.deed.done, seen=seen):
            self._close()
        else:
            self._form = replace(form, version=self._host.now.problem.version)


async def _solve(host: Host) -> Record:
    context, problem = host.context, host.now.problem
    zone, now = context.service.engine.program.zone, context.now()
    today = now.astimezone(zone).date()
    why = fields.note("What was done about the cause", most=MOST_WORDS)
    day = fields.Field("Since", today.isoformat(), kind="date", most=10, hint="The rate after is counted from then on")
    day.element.props["min"] = problem.created_at.astimezone(zone).date().isoformat()
    day.element.props["max"] = today.isoformat()

    def record() -> dict[str, Any]:
        said = {"change": "solve", "why": why.said}
        return said | ({"at": at} if (at := _since(day.said, today, problem, zone)) else {})

    return record


def _since(said: str | None, today: date, problem: Problem, zone: Any) -> str | None:
    """Return the beginning of a day, within which the problem may have been opened; today is now."""
    try:
        day = date.fromisoformat(said) if said else today
    except ValueError as wrong:
        raise ProblemError("say since which day it is solved", field="at") from wrong
    if day == today:
        return None
    at = datetime.combine(day, time.min, zone)
    opened = problem.created_at.astimezone(zone)
    return (opened if opened.date() == day else at).isoformat()


def _wordy(change: str, label: str) -> Callable[[Host], Awaitable[Record]]:
    async def draw(_host: Host) -> Record:
        why = fields.note(label, most=MOST_WORDS)
        return lambda: {"change": change, "why": why.said}

    return draw


async def _edit(host: Host) -> Record:
    zone = host.context.service.engine.program.zone
    details = Details(host.context, host.now.people, begun_with(host.now.problem, zone))
    return lambda: {"change": "edit", **details.record()}


async def _link(host: Host) -> Record:
    linking = Linking(host)
    await linking.begin()
    return linking.record


_FORMS: Mapping[str, Callable[[Host], Awaitable[Record]]] = {
    "solve": _solve,
    "reopen": _wordy("reopen", "Why it is not solved after all"),
    "edit": _edit,
    "link": _link,
    "note": _wordy("note", "Note"),
}
