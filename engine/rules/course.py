"""The course of a window: what it held as time went on, beside what it takes to be enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.rules.measuring import Counters
from engine.rules.tallies import Tallies, length, moment_of, stamp
from engine.rules.window import Count, Distinct, Flatline, Share, Spike, Window

POINTS = 72


@dataclass(frozen=True, slots=True)
class Course:
    """What a window over one key held.

    Parameters
    ----------
    moments
        The ends of the spans, in order.
    values
        What each span held: a count, or a share from 0 to 1.
    enough
        The least value that may be enough; of a silence, None.
    is_share
        Whether values are shares.
    """

    moments: tuple[datetime, ...]
    values: tuple[float, ...]
    enough: float | None
    is_share: bool = False


def course_of(
    window: Window, tallies: Tallies, counters: Counters, key: str, since: datetime, until: datetime
) -> Course:
    """Return what a window held between two moments, at `POINTS` of them, spread evenly."""
    first, last = stamp(since), max(stamp(until), stamp(since) + POINTS)
    ends = [first + (last - first) * point // (POINTS - 1) for point in range(POINTS)]
    values = tuple(_value(window, tallies, counters, key, end) for end in ends)
    return Course(tuple(map(moment_of, ends)), values, _enough(window), isinstance(window, Share))


def _value(window: Window, tallies: Tallies, counters: Counters, key: str, until: int) -> float:
    after = until - length(window.within)
    if isinstance(window, Distinct):
        return tallies.different(counters.own, key, after, until)
    count = tallies.count(counters.own, key, after, until)
    if isinstance(window, Share):
        total = tallies.count(counters.everything, key, after, until)
        return count / total if total else 0.0
    return count


def _enough(window: Window) -> float | None:
    match window:
        case Count() | Distinct() | Share() | Spike():
            return window.at_least
        case Flatline():
            return None
    raise TypeError(f"no way to say what is enough for {type(window).__name__}")
