"""Targets: how soon an alert must be followed up and closed, and who is told when it is late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from engine.alerts.severity import Severity
from engine.calendar import Calendar, Calendars
from engine.time_limit import TimeLimit, elapsed
from engine.units import ancestors


class Clock(StrEnum):
    """What an alert is late with."""

    FOLLOW_UP = "follow_up"
    CLOSE = "close"


DEFAULTS = {Clock.FOLLOW_UP: elapsed(timedelta(hours=24)), Clock.CLOSE: elapsed(timedelta(days=4))}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an escalation.

    Parameters
    ----------
    to
        Names of people, teams or receivers, or ``manager_of: holder``, ``manager_of: employee``, ``lead_of: unit``,
        ``holder``.
    after
        How long after the alert was opened, and never before it is late; None as soon as it is late.
    """

    clock: Clock
    to: tuple[str, ...]
    after: TimeLimit | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """How soon alerts of some severities, and of a unit and everything below it, must be followed up and closed."""

    severities: frozenset[Severity] = frozenset()
    unit: str | None = None
    follow_up: TimeLimit | None = None
    close: TimeLimit | None = None

    def limit(self, clock: Clock) -> TimeLimit | None:
        """Return its limit for a clock; None says nothing about it."""
        return self.follow_up if clock is Clock.FOLLOW_UP else self.close

    def fits(self, severity: Severity, unit: str | None) -> bool:
        """Return whether it is about alerts of a severity and a unit."""
        return (not self.severities or severity in self.severities) and (
            self.unit is None or self.unit in ancestors(unit)
        )

    @property
    def narrowness(self) -> tuple[int, bool]:
        """How narrow it is: the depth of its unit comes before a severity."""
        return (0 if self.unit is None else self.unit.count("/") + 1, bool(self.severities))


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets of a program, the calendars that they are counted on, and the steps when they are missed.

    Parameters
    ----------
    entries
        In the order of the file.
    steps
        What is done where a rule has no steps of its own, by clock and in the order of the file.
    """

    entries: tuple[Target, ...] = ()
    steps: tuple[Step, ...] = ()
    calendars: Calendars = field(default_factory=Calendars)

    def limit(self, clock: Clock, severity: Severity, unit: str | None) -> TimeLimit:
        """Return the limit of the narrowest entry that fits, the first of them; else the default."""
        fitting = (entry for entry in self.entries if entry.limit(clock) is not None and entry.fits(severity, unit))
        best = max(fitting, key=lambda entry: entry.narrowness, default=None)
        return (best.limit(clock) if best else None) or DEFAULTS[clock]

    def calendar(self, unit: str | None) -> Calendar | None:
        """Return the calendar of a unit; None is open all the time."""
        return self.calendars.of(unit)

    def due(self, opened_at: datetime, limit: TimeLimit, unit: str | None) -> datetime:
        """Return when a limit that begins at a moment ends, for a unit."""
        return due(self.calendar(unit), opened_at, limit)


def due(calendar: Calendar | None, start: datetime, limit: TimeLimit) -> datetime:
    """Return when a limit that begins at a moment ends on a calendar; None is open all the time."""
    return start + limit.span if calendar is None else calendar.due(start, limit)


def steps_of(steps: Iterable[Step], clock: Clock) -> tuple[Step, ...]:
    """Return the steps of a clock."""
    return tuple(step for step in steps if step.clock is clock)
