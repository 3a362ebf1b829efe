"""What happened in a span: the signals that began, and the problems that were opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.insights.asked import Asked


@dataclass(frozen=True, slots=True)
class SignalLine:
    """A signal.

    Parameters
    ----------
    feedback
        How much feedback stands behind it.
    behind
        The conditions of that feedback.
    """

    id: str
    rule: str
    title: str
    severity: str
    state: str
    key: str | None
    opened_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    problem: str | None
    feedback: int
    behind: Asked

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        told = {name: getattr(self, name) for name in ("id", "rule", "title", "severity", "state", "key")}
        for name in ("opened_at", "started_at", "ended_at"):
            moment = getattr(self, name)
            told[name] = None if moment is None else moment.isoformat()
        return told | {"problem": self.problem, "feedback": self.feedback, "behind": self.behind.as_params()}


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A problem, with how many alerts that may be seen are linked to it."""

    id: str
    title: str
    topic: str | None
    unit: str | None
    state: str
    created_at: datetime
    solved_at: datetime | None
    alerts: int

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        told = {name: getattr(self, name) for name in ("id", "title", "topic", "unit", "state")}
        solved = None if self.solved_at is None else self.solved_at.isoformat()
        return told | {"created_at": self.created_at.isoformat(), "solved_at": solved, "alerts": self.alerts}


@dataclass(frozen=True, slots=True)
class Happenings:
    """Signals and problems, the newest first; ``more`` tells that there are others before them."""

    signals: tuple[SignalLine, ...]
    problems: tuple[ProblemLine, ...]
    more: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "signals": [one.as_dict() for one in self.signals],
            "problems": [one.as_dict() for one in self.problems],
            "more": self.more,
        }
