"""Attainment: how many alerts of a span were followed up, and how many closed, as soon as they had to be.

Of the alerts opened in a span, those that met the target, over those that met it or are past due. What is pending is
told apart; reviews, what is stale, and alerts whose latest verdict is wrong_label or duplicate are out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from engine.alerts.alert import Alert
from engine.alerts.escalation import due_of
from engine.alerts.precision import wilson
from engine.alerts.verdict import VerdictKind
from engine.durations import parse_duration, say_duration
from engine.errors import QuestionError
from engine.names import show
from engine.targets import Clock

# The span that is told of where none is asked for.
USUAL = timedelta(days=30)
OUT = (VerdictKind.WRONG_LABEL, VerdictKind.DUPLICATE)
_GOAL = re.compile(
    r"(?P<share>[0-9]{1,3}(?:\.[0-9]{1,6})?) ?% +(?P<what>[a-z_ -]+?)(?: +(?:in|within) +(?P<span>[0-9a-z ]+))?\Z"
)
_WHAT = {
    **dict.fromkeys(("follow_up", "followed up", "followed_up", "follow-up"), Clock.FOLLOW_UP),
    **dict.fromkeys(("close", "closed", "resolve", "resolved"), Clock.CLOSE),
}


class GroupedBy(StrEnum):
    """What attainment is told apart by."""

    RULE = "rule"
    HOLDER = "holder"
    TEAM = "team"
    UNIT = "unit"
    SEVERITY = "severity"


class Met(StrEnum):
    """How an alert stands to a target."""

    MET = "met"
    MISSED = "missed"
    PENDING = "pending"


class Answer(StrEnum):
    """What is answered to a goal."""

    MET = "met"
    NOT_MET = "not_met"
    NOTHING = "nothing_to_count"


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal: so large a share, followed up or closed, within its alerts' own targets or a span of the question's own.

    Parameters
    ----------
    at_least
        Above 0, at most 1.
    within
        Elapsed time since an alert was opened, whatever its calendar; None takes each alert's own target.
    """

    clock: Clock
    at_least: float
    within: timedelta | None = None

    def __str__(self) -> str:
        what = "followed up" if self.clock is Clock.FOLLOW_UP else "resolved"
        span = "in time" if self.within is None else f"within {say_duration(self.within)}"
        return f"{100 * self.at_least:.6g}% {what} {span}"


def parse_goal(text: str) -> Goal:
    """Return the goal that a text means: ``90% followed up in 24h``, ``85% resolved in 24h``, ``90% closed``.

    Raises
    ------
    QuestionError
        If it is none.
    """
    match = _GOAL.match(text.strip().lower())
    share = float(match["share"]) / 100 if match else 0.0
    if match is None or match["what"] not in _WHAT or not 0 < share <= 1:
        raise QuestionError(
            f"'{show(text)}' is no goal; write '90% followed up in 24h' or '85% resolved in 4d'", "goal"
        )
    return Goal(_WHAT[match["what"]], share, None if match["span"] is None else _span(match["span"]))


def _span(text: str) -> timedelta:
    try:
        span = parse_duration(text.replace(" ", ""))
    except ValueError as problem:
        raise QuestionError(f"{problem}; open hours and business days are in the targets only", "goal") from problem
    if not timedelta(0) < span <= timedelta(days=3660):
        raise QuestionError("a goal's span is more than nothing, and no more than ten years", "goal")
    return span


@dataclass(frozen=True, slots=True)
class Counts:
    """How many alerts met a target, missed it, and may still do either."""

    met: int = 0
    missed: int = 0
    pending: int = 0

    @property
    def decided(self) -> int:
        """Those that met it or are past due."""
        return self.met + self.missed

    @property
    def share(self) -> float | None:
        """The attainment; None while nothing is decided."""
        return self.met / self.decided if self.decided else None

    def answers(self, at_least: float) -> Answer:
        """Return whether a share is reached, as it stands now."""
        if not self.decided:
            return Answer.NOTHING
        return Answer.MET if reaches(self.met, self.decided, at_least) else Answer.NOT_MET

    def is_settled(self, at_least: float) -> bool:
        """Return whether the answer stays what it is, however those that are pending end."""
        if not self.pending:
            return True
        everything = self.decided + self.pending
        at_worst = reaches(self.met, everything, at_least)
        at_best = reaches(self.met + self.pending, everything, at_least)
        return at_worst == at_best and bool(self.decided)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values, with the share's 95% Wilson interval."""
        share, (low, high) = self.share, wilson(self.met, self.decided) if self.decided else (None, None)
        return {
            "met": self.met,
            "missed": self.missed,
            "pending": self.pending,
            "share": _rounded(share),
            "low": _rounded(low),
            "high": _rounded(high),
        }


def reaches(count: int, of: int, share: float) -> bool:
    """Return whether so many are at least a share: 9 of 10 are 90%, whatever a float makes of it."""
    return count >= share * of - 1e-9 * of


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; None does not ask.

    Parameters
    ----------
    since, until
        Of alerts opened at or after the one, and before the other.
    by
        What the answer is told apart by.
    unit
        A unit and everything below it.
    intent
        Of alerts about feedback that was read to have an intent.
    """

    since: datetime
    until: datetime
    by: GroupedBy | None = None
    goal: Goal | None = None
    rule: str | None = None
    holder: str | None = None
    team: str | None = None
    unit: str | None = None
    severity: str | None = None
    intent: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The attainment of one group; its name is None where alerts have none."""

    name: str | None
    alerts: int
    clocks: Mapping[Clock, Counts] = field(default_factory=dict)

    def as_dict(self, goal: Goal | None) -> dict[str, Any]:
        """Return it as plain JSON values."""
        told = {str(clock): self.clocks[clock].as_dict() for clock in Clock if clock in self.clocks}
        return {"name": self.name, "alerts": self.alerts, **told, "goal": self._answer(goal)}

    def _answer(self, goal: Goal | None) -> dict[str, Any] | None:
        if goal is None:
            return None
        counts = self.clocks[goal.clock]
        settled = counts.is_settled(goal.at_least)
        return {"answer": str(counts.answers(goal.at_least)), "settled": settled, "pending": counts.pending}


@dataclass(frozen=True, slots=True)
class Attainment:
    """The answer to a question: over everything, and by group, the largest first."""

    question: Question
    now: datetime
    total: Line
    groups: Sequence[Line] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        asked = self.question
        return {
            "since": asked.since.isoformat(),
            "until": asked.until.isoformat(),
            "now": self.now.isoformat(),
            "by": None if asked.by is None else str(asked.by),
            "goal": None if asked.goal is None else str(asked.goal),
            "total": self.total.as_dict(asked.goal),
            "groups": [line.as_dict(asked.goal) for line in self.groups],
        }


def counts_in(alert: Alert) -> bool:
    """Return whether an alert counts at all."""
    return alert.in_attainment and alert.verdict not in OUT


def standing(alert: Alert, clock: Clock, now: datetime, within: timedelta | None = None) -> Met | None:
    """Return how an alert stands to a target; None has none.

    Parameters
    ----------
    within
        A target of the question's own.
    """
    due = due_of(alert, clock) if within is None else alert.opened_at + within
    reached = alert.followed_up_at if clock is Clock.FOLLOW_UP else alert.resolved_at
    if due is None:
        return None
    if reached is not None:
        return Met.MET if reached <= due else Met.MISSED
    return Met.MISSED if due < now else Met.PENDING


def span_of(since: datetime | None, until: datetime | None, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the span that is asked for: by default the last 30 days; naive moments are in a zone.

    Raises
    ------
    QuestionError
        If it ends before it begins, or so early that nothing can be before it.
    """
    begin, end = (None if one is None else one if one.tzinfo else one.replace(tzinfo=zone) for one in (since, until))
    end = end or now
    try:
        begin = begin or min(end, now) - USUAL
    except OverflowError as problem:
        raise QuestionError("the span would begin before all time: say since when", "until") from problem
    if begin > end:
        raise QuestionError("the span ends before it begins: since comes first", "since")
    return begin, end
