"""Time limits as targets are given: ``30m 24h 7d 2w`` of elapsed time, ``8bh`` open hours, ``2bd`` business days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from engine.durations import parse_duration, say_duration
from engine.names import show

_OPEN = re.compile(r"([0-9]{1,4})(bh|bd)\Z")


class Counting(StrEnum):
    """What a time limit counts."""

    ELAPSED = "elapsed"
    OPEN_HOURS = "bh"
    BUSINESS_DAYS = "bd"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How much time there is.

    Parameters
    ----------
    span
        Elapsed time or open hours; of business days, a day each.
    """

    counting: Counting
    span: timedelta

    @property
    def days(self) -> int:
        """The number of business days."""
        return self.span.days

    def __str__(self) -> str:
        if self.counting is Counting.ELAPSED:
            return say_duration(self.span)
        number = self.span.days if self.counting is Counting.BUSINESS_DAYS else self.span // timedelta(hours=1)
        return f"{number}{self.counting}"


def elapsed(span: timedelta) -> TimeLimit:
    """Return the limit of some elapsed time."""
    return TimeLimit(Counting.ELAPSED, span)


def parse_limit(text: str) -> TimeLimit:
    """Return the time limit that a text means.

    Raises
    ------
    ValueError
        If it is none, or no time at all.
    """
    open_time = _OPEN.match(text.strip())
    if open_time is None:
        limit = elapsed(_elapsed(text))
    else:
        number, unit = int(open_time[1]), Counting(open_time[2])
        span = timedelta(days=number) if unit is Counting.BUSINESS_DAYS else timedelta(hours=number)
        limit = TimeLimit(unit, span)
    if not timedelta(0) < limit.span <= timedelta(days=3660):
        raise ValueError(f"'{show(text)}' must be more than nothing, and no more than ten years")
    return limit


def _elapsed(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as problem:
        said = "write a whole number and a unit: 30m, 24h, 7d, 2w, 8bh (open hours) or 2bd (business days)"
        raise ValueError(f"'{show(text)}' is no time limit; {said}") from problem
