"""Measuring windows: what a span holds, and whether that is enough."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.rules.tails import spike_tail
from engine.rules.tallies import Tallies, length
from engine.rules.window import LEAST_SPANS, Count, Distinct, Flatline, Share, Spike, Window

# An episode ends when its value stays below this share of the threshold for a whole span.
STILL = 0.8
MOST_SHOWN = 8
MOST_ENDS = 100


@dataclass(frozen=True, slots=True)
class Measured:
    """A window over one key, at one moment.

    Parameters
    ----------
    holds
        Whether what the span holds is enough.
    found
        What it holds, for people.
    lacking
        How many more feedback it needs at least, to be enough.
    low
        Whether it is so far below the threshold that an episode may end.
    """

    holds: bool
    found: str
    lacking: int = 1
    low: bool = True


@dataclass(frozen=True, slots=True)
class Counters:
    """The ids under which a window's counts stand: of what it counts, and of all feedback (for shares)."""

    own: str
    everything: str


def measure(
    window: Window, tallies: Tallies, counters: Counters, key: str, until: int, beginning: int | None
) -> Measured:
    """Measure a window over the span that ends at a moment.

    Parameters
    ----------
    until
        The span's end, in microseconds since 1970; it is part of the span.
    beginning
        When the earliest feedback occurred: what came before is not known. None when there is none.
    """
    span = length(window.within)
    own = counters.own
    if isinstance(window, Distinct):
        return _enough(tallies.different(own, key, until - span, until), window.at_least)
    count = tallies.count(own, key, until - span, until)
    if isinstance(window, Count):
        return _enough(count, window.at_least)
    if isinstance(window, Share):
        return _share(window, count, tallies.count(counters.everything, key, until - span, until))
    before = _before(window, tallies, own, key, until, beginning)
    if isinstance(window, Spike):
        return _spike(window, count, before)
    if isinstance(window, Flatline):
        return _flatline(window, count, before)
    raise TypeError(f"no way to measure {type(window).__name__}")


def later_crossing(
    window: Window, tallies: Tallies, counters: Counters, key: str, at: int, after: int, beginning: int | None
) -> tuple[Measured, int] | None:
    """Measure the later spans that hold a moment too, and return the first that is enough with its end; else None.

    A span ends with something that is counted; those that lack too many to be enough are passed over. Of very many
    some are looked at, spread evenly: one late feedback must not cost as much as a day of feedback in time.

    Parameters
    ----------
    after
        The spans that are asked for end after it.
    """
    if isinstance(window, Flatline):
        return None  # something is in each of them
    ends = tallies.times(counters.own, key, after, at + length(window.within) - 1)
    place, stride = 0, 1 if isinstance(window, (Count, Distinct)) else 1 + len(ends) // MOST_ENDS
    while place < len(ends):
        measured = measure(window, tallies, counters, key, ends[place], beginning)
        if measured.holds:
            return measured, ends[place]
        place += max(stride, measured.lacking)
    return None


def next_look(
    window: Window, tallies: Tallies, counters: Counters, key: str, at: int, beginning: int | None
) -> int | None:
    """Return when what is measured may next be another, if nothing comes; None never is."""
    span = length(window.within)
    counted = [counters.own, counters.everything] if isinstance(window, Share) else [counters.own]
    found = [tallies.next_change(one, key, at, span, window.spans) for one in counted]
    if beginning is not None and window.spans > 1:
        found += [beginning + back * span for back in range(window.spans + 1)]
    return min((one for one in found if one is not None and one > at), default=None)


def _enough(value: int, at_least: int) -> Measured:
    return Measured(value >= at_least, str(value), max(1, at_least - value), value < STILL * at_least)


def _share(window: Share, count: int, total: int) -> Measured:
    share = count / total if total else 0.0
    enough = total >= window.volume
    low = not enough or share < STILL * window.at_least
    return Measured(enough and share >= window.at_least, f"{count} of {total} ({share:.1%})", low=low)


def _before(window: Window, tallies: Tallies, counter: str, key: str, until: int, beginning: int | None) -> list[int]:
    """Return the counts of the whole spans before, the latest first; those before the first feedback are left out."""
    span = length(window.within)
    counts = []
    for back in range(1, window.spans):
        after = until - (back + 1) * span
        if beginning is None or after < beginning:
            break
        counts.append(tallies.count(counter, key, after, after + span))
    return counts


def _spike(window: Spike, count: int, before: list[int]) -> Measured:
    lacking = max(1, window.at_least - count)
    if len(before) < min(LEAST_SPANS, window.against):
        return Measured(False, f"{count}, and too little history: {len(before)} whole spans before", lacking)
    tail = spike_tail(count, before) if count >= window.at_least else 1.0
    said = ", ".join(str(one) for one in before[:MOST_SHOWN])
    chance = f" (p {tail:.2g})" if count >= window.at_least else ""
    # It is not low while a count that is a quarter larger would be no spike.
    larger = math.floor(count / STILL)
    low = larger < window.at_least or spike_tail(larger, before) > window.p
    return Measured(tail <= window.p, f"{count}, before: {said}{chance}", lacking, low)


def _flatline(window: Flatline, count: int, before: list[int]) -> Measured:
    """Measure a silence: it goes on while nothing comes, and is over from the first feedback on."""
    if len(before) < min(LEAST_SPANS, window.against):
        return Measured(False, f"{count}, and too little history", low=count > 0)
    mean = sum(before) / len(before)
    return Measured(count == 0 and mean >= window.usual, f"{count}, usual {mean:.3g}", low=count > 0)
