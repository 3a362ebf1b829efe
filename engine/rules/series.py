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
        return 0 if self._values is None else self._values.different(low, high, self._at, after, until)

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
    """The values of a series, and when each was there: how many differ is told without looking at each.

    Parameters
    ----------
    values
        By place in the series.
    """

    __slots__ = ("_index", "_values")

    def __init__(self, values: list[str]) -> None:
        self._values = values
        self._index: _Index | None = None

    def insert(self, place: int, at: int, value: str) -> None:
        """Take a value in at its place."""
        self._values.insert(place, value)
        if self._index is not None:
            self._index.insert(at, value)

    def delete(self, place: int, at: int) -> None:
        """Take the value at a place out."""
        value = self._values.pop(place)
        if self._index is not None:
            self._index.delete(at, value)

    def forget(self, count: int) -> None:
        """Drop the first values."""
        del self._values[:count]
        self._index = None

    def different(self, low: int, high: int, times: array[int], after: int, until: int) -> int:
        """Return how many values differ from place `low` up to `high`: those after a moment, up to and with another.

        Parameters
        ----------
        times
            The moments of the series.
        """
        if len(self._values) - high > high - low:
            return len(set(self._values[low:high]))
        if self._index is None:
            self._index = _Index(times, self._values)
        return self._index.different(after, until, set(self._values[high:]))


class _Index:
    """When each value was there, and when it was there last; made when it is asked for first.

    Parameters
    ----------
    times, values
        Beside each other, in the order of time.
    """

    __slots__ = ("_latest", "_times")

    def __init__(self, times: array[int], values: list[str]) -> None:
        self._times: dict[str, array[int]] = {}
        for at, value in zip(times, values, strict=True):
            self._times.setdefault(value, array("q")).append(at)
        self._latest = array("q", sorted(one[-1] for one in self._times.values()))

    def insert(self, at: int, value: str) -> None:
        """Note that a value was there."""
        times = self._times.setdefault(value, array("q"))
        if times and times[-1] > at:
            times.insert(bisect_right(times, at), at)
            return
        if times:
            del self._latest[bisect_left(self._latest, times[-1])]
        times.append(at)
        self._latest.insert(bisect_right(self._latest, at), at)

    def delete(self, at: int, value: str) -> None:
        """Take that back."""
        times = self._times[value]
        del self._latest[bisect_left(self._latest, times[-1])]
        del times[bisect_left(times, at)]
        if times:
            self._latest.insert(bisect_right(self._latest, times[-1]), times[-1])
        else:
            del self._times[value]

    def different(self, after: int, until: int, later: set[str]) -> int:
        """Return how many values were there after a moment, up to and with another.

        Parameters
        ----------
        later
            Those that were there after the other.
        """
        only_later = sum(not self._was_there(value, after, until) for value in later)
        return len(self._latest) - bisect_right(self._latest, after) - only_later

    def _was_there(self, value: str, after: int, until: int) -> bool:
        times = self._times[value]
        return bisect_right(times, after) < bisect_right(times, until)


NOTHING = Series()
