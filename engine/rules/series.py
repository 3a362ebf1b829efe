"""Series: what one key of a counter counted, in the order of time."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right

import numpy as np

NEVER = -(2**63)


class Series:
    """Moments in microseconds since 1970, each with its commit and, where differences are counted, a value.

    Twice eight bytes a count: a store has millions of them.
    """

    __slots__ = ("_at", "_sequences", "_values")

    def __init__(self) -> None:
        self._at = array("q")
        self._sequences = array("q")
        self._values: _Values | None = None

    def __len__(self) -> int:
        return len(self._at)

    def add(self, at: int, sequence: int, value: str) -> None:
        """Count once; what is counted already stays as it is."""
        place, there = self._find(at, sequence)
        if there:
            return
        self._at.insert(place, at)
        self._sequences.insert(place, sequence)
        if value and self._values is None:
            self._values = _Values(self._at, [""] * (len(self._at) - 1))
        if self._values is not None:
            self._values.insert(place, at, value)

    def remove(self, at: int, sequence: int) -> None:
        """Take a count back, if it is there."""
        place, there = self._find(at, sequence)
        if there:
            del self._at[place], self._sequences[place]
            if self._values is not None:
                self._values.delete(place, at)

    def _find(self, at: int, sequence: int) -> tuple[int, bool]:
        """Return where a count stands or would stand, and whether it is there."""
        high = bisect_right(self._at, at)
        if not high or self._at[high - 1] < at:
            return high, False
        low = bisect_left(self._at, at, 0, high)
        place = bisect_left(self._sequences, sequence, low, high)
        return place, place < high and self._sequences[place] == sequence

    def _bounds(self, after: int, until: int) -> tuple[int, int]:
        low = bisect_right(self._at, after)
        return low, bisect_right(self._at, until, low) if until > after else low

    def count(self, after: int, until: int) -> int:
        """Return how many there are after a moment, up to and with another."""
        low, high = self._bounds(after, until)
        return high - low

    def different(self, after: int, until: int) -> int:
        """Return how many different values there are."""
        low, high = self._bounds(after, until)
        return 0 if self._values is None else self._values.different(low, high, after)

    def sequences(self, after: int, until: int, most: int) -> list[int]:
        """Return the commits, by time; of more than `most` the newest."""
        low, high = self._bounds(after, until)
        return self._sequences[max(low, high - most) : high].tolist()

    def times(self, after: int, until: int) -> list[int]:
        """Return the moments, in order."""
        low, high = self._bounds(after, until)
        return self._at[low:high].tolist()

    def next_change(self, at: int, span: int, spans: int) -> int | None:
        """Return when the spans that end at a moment, and those before, next hold something else; None never does."""
        changes = []
        for back in range(spans + 1):
            place = bisect_right(self._at, at - back * span)
            if place < len(self._at):
                changes.append(self._at[place] + back * span)
        return min(changes, default=None)

    def forget(self, before: int) -> None:
        """Drop what is before a moment."""
        place = bisect_left(self._at, before)
        if place:
            del self._at[:place], self._sequences[:place]
            if self._values is not None:
                self._values.forget(place)


class _Values:
    """The values of a series, and when each was there before.

    A span holds as many different values as it holds first ones: those that were there before its beginning, or
    never. What is needed for that is made when it is asked for first.

    Parameters
    ----------
    times, values
        Beside each other, by place in the series.
    """

    __slots__ = ("_before", "_times", "_values", "_when")

    def __init__(self, times: array[int], values: list[str]) -> None:
        self._times = times
        self._values = values
        # When the value of each place was there before; and when each value was there. None until it is asked for.
        self._before: array[int] | None = None
        self._when: dict[str, array[int]] = {}

    def insert(self, place: int, at: int, value: str) -> None:
        """Take a value in at its place, where its moment stands already."""
        self._values.insert(place, value)
        if self._before is not None:
            when = self._when.setdefault(value, array("q"))
            slot = bisect_right(when, at)
            before = when[slot - 1] if slot else NEVER
            when.insert(slot, at)
            self._before.insert(place, before)
            if slot + 1 < len(when):
                self._relink(self._before, value, when[slot + 1], before, at)

    def delete(self, place: int, at: int) -> None:
        """Take the value at a place out, where its moment stands no more."""
        value = self._values.pop(place)
        if self._before is not None:
            when, before = self._when[value], self._before.pop(place)
            slot = bisect_left(when, at)
            del when[slot]
            if before != at and slot < len(when):
                self._relink(self._before, value, when[slot], at, before)

    def _relink(self, befores: array[int], value: str, at: int, old: int, new: int) -> None:
        """Let a value at a moment come after another one of its kind."""
        place = self._values.index(value, bisect_left(self._times, at))
        while befores[place] != old:
            place = self._values.index(value, place + 1)
        befores[place] = new

    def forget(self, count: int) -> None:
        """Drop the first values."""
        del self._values[:count]
        self._before, self._when = None, {}

    def different(self, low: int, high: int, after: int) -> int:
        """Return how many values differ from place `low` up to `high`, which begin after a moment."""
        before = self._linked() if self._before is None else self._before
        return int(np.count_nonzero(np.frombuffer(before, np.int64)[low:high] <= after)) if before else 0

    def _linked(self) -> array[int]:
        self._before = array("q")
        for at, value in zip(self._times, self._values, strict=True):
            when = self._when.setdefault(value, array("q"))
            self._before.append(when[-1] if when else NEVER)
            when.append(at)
        return self._before


NOTHING = Series()
