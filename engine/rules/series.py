"""Series: what one key of a counter counted, in the order of time."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right


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
            self._values = _Values([""] * (len(self._at) - 1))
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
        return 0 if self._values is None else self._values.different(low, high, after, until)

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
                self._values.forget(place, self._at)


class _Values:
    """The values of a series, and when each was there: how many differ is told without looking at each.

    Parameters
    ----------
    values
        By place in the series.
    """

    __slots__ = ("_latest", "_times", "_values")

    def __init__(self, values: list[str]) -> None:
        self._values = values
        self._times: dict[str, array[int]] = {}
        self._latest = array("q")

    def insert(self, place: int, at: int, value: str) -> None:
        """Take a value in at its place."""
        self._values.insert(place, value)
        times = self._times.setdefault(value, array("q"))
        self._drop_latest(times)
        times.insert(bisect_right(times, at), at)
        self._keep_latest(times)

    def delete(self, place: int, at: int) -> None:
        """Take the value at a place out."""
        value = self._values.pop(place)
        times = self._times[value]
        self._drop_latest(times)
        del times[bisect_left(times, at)]
        self._keep_latest(times)
        if not times:
            del self._times[value]

    def _drop_latest(self, times: array[int]) -> None:
        if times:
            del self._latest[bisect_left(self._latest, times[-1])]

    def _keep_latest(self, times: array[int]) -> None:
        if times:
            self._latest.insert(bisect_right(self._latest, times[-1]), times[-1])

    def different(self, low: int, high: int, after: int, until: int) -> int:
        """Return how many values differ from place `low` up to `high`, which begin after a moment."""
        if len(self._values) - high > high - low:
            return len(set(self._values[low:high]))
        later = sum(not self._was_there(value, after, until) for value in set(self._values[high:]))
        return len(self._latest) - bisect_right(self._latest, after) - later

    def _was_there(self, value: str, after: int, until: int) -> bool:
        times = self._times[value]
        return bisect_right(times, after) < bisect_right(times, until)

    def forget(self, count: int, left: array[int]) -> None:
        """Drop the first values; `left` are the moments of those that stay."""
        values = self._values[count:]
        self._values, self._times, self._latest = [], {}, array("q")
        for place, (at, value) in enumerate(zip(left, values, strict=True)):
            self.insert(place, at, value)


NOTHING = Series()
