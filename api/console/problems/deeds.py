"""What can be done with a problem: the bar of buttons, and the form of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from api.console import fields
from api.console.deed_bar import Deed, DeedBar, Record
from api.console.problems.detail import Details, begun_with
from api.console.problems.host import Host
from api.console.problems.linking import Linking
from engine.alerts.problem import Problem, ProblemState
from engine.alerts.problem_intake import MOST_WORDS
from engine.errors import ProblemError

# What the fields of a form make.
Fields = Callable[[], Record]


SOLVE = Deed("solve", "Solved", "It is solved", is_main=True)
REOPEN = Deed("reopen", "Open again", "It is open again")
EDIT = Deed("edit", "Edit", "Changed")
LINK = Deed("link", "Link alerts", "Linked", adds=True)
NOTE = Deed("note", "Note", "Noted", adds=True)
DEEDS: Mapping[ProblemState, tuple[Deed, ...]] = {
    ProblemState.OPEN: (SOLVE, LINK, EDIT, NOTE),
    ProblemState.SOLVED: (REOPEN, LINK, EDIT, NOTE),
}


class Deeds:
    """The bar of a problem, for those who may change it.

    Parameters
    ----------
    host
        The page.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._bar = DeedBar(host.context, "problem", lambda: host.now.problem.version, self._ask, self._do)

    def bring(self) -> None:
        """Bring the buttons up to date, and warn whoever writes about what others did."""
        self._bar.bring(DEEDS[self._host.now.problem.state])

    def _ask(self, deed: Deed) -> Awaitable[Fields]:
        return _FORMS[deed.name](self._host)

    async def _do(self, deed: Deed, record: Record, version: int) -> bool:
        return await self._host.change(record, deed.done, seen=None if deed.adds else version)


async def _solve(host: Host) -> Fields:
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


def _wordy(change: str, label: str) -> Callable[[Host], Awaitable[Fields]]:
    async def draw(_host: Host) -> Fields:
        why = fields.note(label, most=MOST_WORDS)
        return lambda: {"change": change, "why": why.said}

    return draw


async def _edit(host: Host) -> Fields:
    zone = host.context.service.engine.program.zone
    details = Details(host.context, host.now.people, begun_with(host.now.problem, zone))
    return lambda: {"change": "edit", **details.record()}


async def _link(host: Host) -> Fields:
    linking = Linking(host)
    await linking.begin()
    return linking.record


_FORMS: Mapping[str, Callable[[Host], Awaitable[Fields]]] = {
    "solve": _solve,
    "reopen": _wordy("reopen", "Why it is not solved after all"),
    "edit": _edit,
    "link": _link,
    "note": _wordy("note", "Note"),
}
