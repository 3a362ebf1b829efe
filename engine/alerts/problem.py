"""The problem: one cause behind many alerts and signals, followed until it is solved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.alerts.matching import Matching
from engine.errors import ConflictError, ProblemError

MOST_ALERTS = 1_000


class ProblemState(StrEnum):
    """Whether the cause is still there."""

    OPEN = "open"
    SOLVED = "solved"


class ProblemChangeKind(StrEnum):
    """What can be done to a problem."""

    LINK = "link"
    UNLINK = "unlink"
    NOTE = "note"
    EDIT = "edit"
    SOLVE = "solve"
    REOPEN = "reopen"


# How the history names what was done.
DONE: Mapping[ProblemChangeKind, str] = {
    ProblemChangeKind.LINK: "linked",
    ProblemChangeKind.UNLINK: "unlinked",
    ProblemChangeKind.NOTE: "note",
    ProblemChangeKind.EDIT: "edited",
    ProblemChangeKind.SOLVE: "solved",
    ProblemChangeKind.REOPEN: "reopened",
}


@dataclass(frozen=True, slots=True)
class Inhibition:
    """What a problem keeps quiet while it is open: these alerts still open, and send no messages.

    Parameters
    ----------
    link
        Whether the alerts whose messages it held are linked to the problem.
    """

    matching: Matching
    link: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"matching": self.matching.as_dict(), "link": self.link}


@dataclass(frozen=True, slots=True)
class Problem:
    """One cause behind many alerts and signals (the outer loop).

    Parameters
    ----------
    cause
        What is behind it, in somebody's words; may be empty while it is not known.
    topic
        A node of the topic tree; its rate before and after shows whether the problem went away.
    unit
        Where it is; None is everywhere.
    holder
        The person, team or receiver that it belongs to.
    inhibits
        What it keeps quiet while it is open; None keeps nothing quiet.
    solved_at
        None while it is open, and again once it is reopened.
    version
        Counts its changes; who changes it says which one was seen.
    """

    id: str
    title: str
    cause: str
    topic: str | None
    unit: str | None
    state: ProblemState
    holder: str | None
    due_at: datetime | None
    created_at: datetime
    created_by: str
    inhibits: Inhibition | None = None
    solved_at: datetime | None = None
    version: int = 1

    def as_dict(self) -> dict[str, Any]:
        """Return the problem as plain JSON values."""
        return {
            "id": self.id,
            "title": self.title,
            "cause": self.cause,
            "topic": self.topic,
            "unit": self.unit,
            "state": str(self.state),
            "holder": self.holder,
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "created_at": self.created_at.isoformat(),
            "created_by": self.created_by,
            "inhibits": self.inhibits.as_dict() if self.inhibits else None,
            "solved_at": self.solved_at.isoformat() if self.solved_at else None,
            "version": self.version,
        }


@dataclass(frozen=True, slots=True)
class ProblemChange:
    """What somebody wants to do to a problem.

    Parameters
    ----------
    version
        The version that was seen.
    why
        The note, what was done, or the reason.
    alerts
        Ids of the alerts and signals that are linked or unlinked.
    edited
        New values by the name of the problem's own field.
    at
        Since when it is solved; None is since now.
    """

    kind: ProblemChangeKind
    version: int
    why: str = ""
    alerts: tuple[str, ...] = ()
    edited: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None

    def event_data(self, before: Problem) -> dict[str, Any]:
        """Return what the history keeps of it."""
        if self.kind is ProblemChangeKind.EDIT:
            after, was = replace(before, **self.edited).as_dict(), before.as_dict()
            return {"changed": {name: {"from": was[name], "to": after[name]} for name in self.edited}}
        if self.at is not None:
            return {"at": self.at.isoformat()}
        return {"alerts": list(self.alerts)} if self.alerts else {}


def changed(problem: Problem, change: ProblemChange, now: datetime) -> Problem:
    """Return the problem after a change.

    Raises
    ------
    ConflictError
        If it is solved already, or is not solved yet.
    ProblemError
        If it would have been solved before it was opened.
    """
    following = replace(problem, **change.edited, version=problem.version + 1)
    is_open = problem.state is ProblemState.OPEN
    if change.kind is ProblemChangeKind.SOLVE:
        if not is_open:
            raise ConflictError(f"problem {problem.id} is solved already; reopen it first, or write a note")
        at = change.at or now
        if at < problem.created_at:
            opened = problem.created_at.isoformat(timespec="minutes")
            raise ProblemError(f"at lies before the problem was opened, {opened}", field="at")
        return replace(following, state=ProblemState.SOLVED, solved_at=at)
    if change.kind is ProblemChangeKind.REOPEN:
        if is_open:
            raise ConflictError(f"problem {problem.id} is open; there is nothing to reopen")
        return replace(following, state=ProblemState.OPEN, solved_at=None)
    return following
