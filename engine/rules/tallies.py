"""Tallies: what was counted, by counter and key, each with the moment it occurred."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def stamp(moment: datetime) -> int:
    """Return a moment as microseconds since 1970: whole, so that spans have exact ends."""
    micros: int = (moment - _EPOCH) // _MICROSECOND
    return micros


def moment_of(stamped: int) -> datetime:
    """Return the moment of a stamp."""
    return _EPOCH + stamped * _MICROSECOND


def length(span: timedelta) -> int:
    """Return a span in microseconds."""
    return span // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Counted:
    """One feedback, counted once.

    Parameters
    ----------
    counter
        The id of what is counted.
    key
        The group it is counted in.
    at
        When it occurred, in microseconds since 1970.
    sequence
        Its commit.
    value
        What makes it different, for counts of different customers and the like.
    weight
        1; -1 takes a count back, when a revision replaces what was counted.
    """

    counter: str
    key: str
    at: int
    sequence: int
    value: str = ""
    weight: int = 1

    @property
    def taken_back(self) -> Counted:
        """What takes this count back."""
        return Counted(self.counter, self.key, self.at, self.sequence, self.value, -self.weight)


@dataclass(slots=True)
class _Series:
    """What one key counted, sorted by time and sequence."""

    order: list[tuple[int, int]] = field(default_factory=list)
    values: list[str] = field(default_factory=list)


class Tallies:
    """Everything that is counted, in memory."""

    def __init__(self) -> None:
        self._series: dict[str, dict[str, _Series]] = {}

    def add(self, rows: Iterable[Counted]) -> None:
        """Count; a row of weight -1 takes its count back."""
        for row in rows:
            series = self._series.setdefault(row.counter, {}).setdefault(row.key, _Series())
            order = (row.at, row.sequence)
            place = bisect_left(series.order, order)
            there = place < len(series.order) and series.order[place] == order
            if row.weight > 0 and not there:
                series.order.insert(place, order)
                series.values.insert(place, row.value)
            elif row.weight < 0 and there:
                del series.order[place], series.values[place]

    def _slice(self, counter: str, key: str, after: int, until: int) -> tuple[_Series, slice]:
        series = self._series.get(counter, {}).get(key) or _Series()
        low = bisect_right(series.order, (after, 2**63))
        return series, slice(low, bisect_right(series.order, (until, 2**63)))

    def count(self, counter: str, key: str, after: int, until: int) -> int:
        """Return how many were counted after a moment, up to and with another."""
        _, found = self._slice(counter, key, after, until)
        return int(found.stop) - int(found.start)

    def different(self, counter: str, key: str, after: int, until: int) -> int:
        """Return how many different values were counted."""
        series, found = self._slice(counter, key, after, until)
        return len(set(series.values[found]))

    def sequences(self, counter: str, key: str, after: int, until: int) -> list[int]:
        """Return the commits that were counted, by time."""
        series, found = self._slice(counter, key, after, until)
        return [sequence for _, sequence in series.order[found]]

    def times(self, counter: str, key: str, after: int, until: int) -> list[int]:
        """Return the moments that were counted, in order."""
        series, found = self._slice(counter, key, after, until)
        return [at for at, _ in series.order[found]]

    def keys(self, counter: str) -> list[str]:
        """Return the keys of a counter, in order."""
        return sorted(self._series.get(counter, ()))

    def forget(self, counter: str, before: int) -> None:
        """Drop what a counter counted before a moment, and keys without counts."""
        for key, series in list(self._series.get(counter, {}).items()):
            place = bisect_left(series.order, (before, 0))
            del series.order[:place], series.values[:place]
            if not series.order:
                del self._series[counter][key]
