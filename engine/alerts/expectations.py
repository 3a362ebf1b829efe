"""What is expected to be heard: feedback from sources, alerts of rules. Silence there is an alert too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.calendar import Calendar
from engine.durations import say_duration
from engine.errors import Located
from engine.names import nearest, show
from engine.targets import due
from engine.time_limit import TimeLimit

# A receiver that failed so often in a row, for so long, is told of.
FAILURES = 5
FAILING_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a program expects of a source or a rule.

    Parameters
    ----------
    subject
        The source's name, or the rule's.
    within
        So often it is expected.
    calendar
        The calendar on which that is counted; None counts all the time.
    where
        File, line and column.
    """

    subject: str
    within: TimeLimit
    calendar: str | None
    where: tuple[str, int, int]

    def warning(self, message: str) -> Located:
        """Return a warning at the place where it stands."""
        return Located(*self.where, message, "warning")


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a program expects: of sources and of rules, in the order of the file."""

    feedback: tuple[Expected, ...] = ()
    alerts: tuple[Expected, ...] = ()

    def findings(self, rules: Mapping[str, str], calendars: Iterable[str]) -> list[Located]:
        """Return a warning for each rule that is not known or not live, and for each calendar that is not known.

        Parameters
        ----------
        rules
            Each rule's status.
        """
        found = []
        for one in self.alerts:
            if one.subject not in rules:
                guess = nearest(one.subject, rules)
                hint = f"; did you mean '{guess}'?" if guess else ""
                found.append(one.warning(f"alerts are expected of '{show(one.subject)}', which is no rule{hint}"))
            elif rules[one.subject] != "live":
                said = f"alerts are expected of '{one.subject}', which is {rules[one.subject]} and raises none"
                found.append(one.warning(said))
        known = set(calendars)
        return found + [
            one.warning(f"there is no calendar '{show(one.calendar)}'; it is counted all the time")
            for one in (*self.feedback, *self.alerts)
            if one.calendar is not None and one.calendar not in known
        ]


@dataclass(frozen=True, slots=True)
class Listening:
    """How it stands with one expectation.

    Parameters
    ----------
    since
        Since when it is waited for.
    is_quiet
        Whether that is too long.
    """

    since: datetime
    is_quiet: bool


def listened(
    expected: Expected, since: datetime, last: datetime | None, calendar: Calendar | None, now: datetime
) -> Listening:
    """Judge an expectation at a moment.

    A moment ahead of now was named by a wrong clock, and counts for nothing.

    Parameters
    ----------
    since
        Since when it was waited for when it was looked at last.
    last
        When it was heard last; None if never.
    """
    known = [moment for moment in (since, last) if moment is not None and moment <= now]
    since = max(known, default=now)
    return Listening(since, due(calendar, since, expected.within) <= now)


def said_quiet(what: str, since: datetime, now: datetime) -> str:
    """Return in words for how long nothing was heard."""
    span = now - since
    rounded = timedelta(minutes=max(1, span // timedelta(minutes=1)))
    return f"no {what} since {since:%Y-%m-%d %H:%M} UTC, for {say_duration(rounded)}"


def is_failing(failures: int, failing_since: datetime | None, *, is_stopped: bool, now: datetime) -> bool:
    """Return whether a receiver fails so that somebody must be told."""
    if is_stopped:
        return True
    return failures >= FAILURES and failing_since is not None and now - failing_since >= FAILING_FOR
