"""Escalation: who is told, step by step, while an alert is late."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.alerts.alert import Alert, AlertKind
from engine.program import Program
from engine.rules.rule import Rule
from engine.targets import Clock, Step

StepKey = tuple[Clock, int]
# What nobody promised a customer: nobody is told that it is late.
OUTSIDE = frozenset({AlertKind.REVIEW, AlertKind.SYSTEM})


@dataclass(frozen=True, slots=True)
class Planned:
    """A step of one alert, and when it is due.

    Parameters
    ----------
    number
        Its place among the steps of its clock, from 0.
    """

    number: int
    step: Step
    at: datetime

    @property
    def key(self) -> StepKey:
        """What it is known by: it is taken once."""
        return self.step.clock, self.number

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"clock": str(self.step.clock), "step": self.number + 1, "at": self.at.isoformat()}


def due_of(alert: Alert, clock: Clock) -> datetime | None:
    """Return when an alert is late."""
    return alert.follow_up_due if clock is Clock.FOLLOW_UP else alert.close_due


def is_met(alert: Alert, clock: Clock) -> bool:
    """Return whether a clock has stopped: by the first attempt, by a resolve, and both when nothing is to be done."""
    reached = alert.followed_up_at if clock is Clock.FOLLOW_UP else alert.resolved_at
    return reached is not None or alert.is_closed


def plan(alert: Alert, rule: Rule | None, program: Program) -> tuple[Planned, ...]:
    """Return the steps of an alert in the order they are due: its rule's, else the program's.

    A step is due so long after the alert was opened as it says, on the calendar of the alert's unit, and never before
    the alert is late. Reviews, and what the service raises about itself, have none.
    """
    if alert.kind in OUTSIDE:
        return ()
    steps = program.targets.steps if rule is None or rule.escalate is None else rule.escalate
    counts = dict.fromkeys(Clock, 0)
    planned = []
    for step in steps:
        late = due_of(alert, step.clock)
        if late is not None:
            after = late if step.after is None else program.targets.due(alert.opened_at, step.after, alert.unit)
            planned.append(Planned(counts[step.clock], step, max(late, after)))
        counts[step.clock] += 1
    return tuple(sorted(planned, key=lambda one: (one.at, one.key)))


def waiting(alert: Alert, planned: Iterable[Planned], taken: Collection[StepKey]) -> list[Planned]:
    """Return the steps that are still to be taken, if nothing changes."""
    return [one for one in planned if one.key not in taken and not is_met(alert, one.step.clock)]


def say_late(alert: Alert, clock: Clock, now: datetime) -> str:
    """Return what an alert is late with, and by how much."""
    due = due_of(alert, clock) or now
    what = "not followed up" if clock is Clock.FOLLOW_UP else "not resolved"
    return f"{what} by {due:%Y-%m-%d %H:%M} UTC, {_spoken(max(now - due, timedelta(0)))} ago"


def _spoken(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [f"{days}d"] * bool(days) + [f"{hours}h"] * bool(hours) + [f"{minutes}m"] * (not days)
    return " ".join(parts)
