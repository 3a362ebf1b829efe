"""Measuring windows: what a span holds, and whether that is enough."""

from __future__ import annotations

from dataclasses import dataclass

from engine.rules.tails import least_spike, spike_tail
from engine.rules.tallies import Tallies, length
from engine.rules.window import LEAST_SPANS, Count, Distinct, Flatline, Share, Spike, Window

# An episode ends when its value stays below this share of the threshold for a whole span.
STILL = 0.8
MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Measured:
    """A window over one key, at one moment.

    Parameters
    ----------
    value, threshold
        What the span holds, and from how much on it is enough.
    holds
        Whether it is enough.
    found
        The value, for people.
    """

    value: float
    threshold: float
    holds: bool
    found: str

    @property
    def low(self) -> bool:
        """Whether it is so far below the threshold that an episode may end."""
        return self.value < STILL * self.threshold


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
        different = tallies.different(own, key, until - span, until)
        return Measured(different, window.at_least, different >= window.at_least, str(different))
    count = tallies.count(own, key, until - span, until)
    if isinstance(window, Count):
        return Measured(count, window.at_least, count >= window.at_least, str(count))
    if isinstance(window, Share):
        return _share(window, count, tallies.count(counters.everything, key, until - span, until))
    before = _before(window, tallies, own, key, until, beginning)
    if isinstance(window, Spike):
        return _spike(window, count, before)
    if isinstance(window, Flatline):
        return _flatline(window, count, before)
    raise TypeError(f"no way to measure {type(window).__name__}")


def _share(window: Share, count: int, total: int) -> Measured:
    share = count / total if total else 0.0
    holds = total >= window.volume and share >= window.at_least
    return Measured(
        share if total >= window.volume else 0.0, window.at_least, holds, f"{count} of {total} ({share:.1%})"
    )


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
    if len(before) < min(LEAST_SPANS, window.against):
        return Measured(0.0, 1.0, False, f"{count}, and too little history: {len(before)} whole spans before")
    tail = spike_tail(count, before) if count >= window.at_least else 1.0
    threshold = least_spike(before, window.at_least, window.p)
    said = ", ".join(str(one) for one in before[:MOST_SHOWN])
    chance = f" (p {tail:.2g})" if count >= window.at_least else ""
    return Measured(count, threshold, count >= window.at_least and tail <= window.p, f"{count}, before: {said}{chance}")


def _flatline(window: Flatline, count: int, before: list[int]) -> Measured:
    """Measure a silence: its value is 1 while nothing comes, and 0 from the first feedback on."""
    if len(before) < min(LEAST_SPANS, window.against):
        return Measured(float(count == 0), 1.0, False, f"{count}, and too little history")
    mean = sum(before) / len(before)
    holds = count == 0 and mean >= window.usual
    return Measured(float(count == 0), 1.0, holds, f"{count}, usual {mean:.3g}")
