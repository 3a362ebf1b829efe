"""Tallies: what was counted, by counter and key, each with the moment it occurred."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.rules.series import NOTHING, Series

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


class Tallies:
    """Everything that is counted, in memory."""

    def __init__(self) -> None:
        self._series: dict[str, dict[str, Series]] = {}

    def add(self, rows: Iterable[Counted]) -> None:
        """Count; a row of weight -1 takes its count back."""
        for row in rows:
            keys = self._series.setdefault(row.counter, {})
            series = keys.get(row.key)
            if row.weight > 0:
                if series is None:
                    series = keys[row.key] = Series()
                series.add(row.at, row.sequence, row.value)
            elif series is not None:
                series.remove(row.at, row.sequence)

    def count(self, counter: str, key: str, after: int, until: int) -> int:
        """Return how many were counted after a moment, up to and with another."""
        return self._of(counter, key).count(after, until)

    def different(self, counter: str, key: str, after: int, until: int) -> int:
        """Return how many different values were counted."""
        return self._of(counter, key).different(after, until)

    def sequences(self, counter: str, key: str, after: int, until: int, most: int) -> list[int]:
        """Return the commits that were counted, by time; of more than `most` the newest."""
        return self._of(counter, key).sequences(after, until, most)

    def times(self, counter: str, key: str, after: int, until: int) -> list[int]:
        """Return the moments that were counted, in order."""
        return self._of(counter, key).times(after, until)

    def next_change(self, counter: str, key: str, at: int, span: int, spans: int) -> int | None:
        """Return when the spans that end at a moment, and those before, next hold something else; None never does.

        Parameters
        ----------
        span, spans
            The length of one, and how many there are one after the other.
        """
        return self._of(counter, key).next_change(at, span, spans)

    def keys(self, counter: str) -> list[str]:
        """Return the keys of a counter, in order."""
        return sorted(self._series.get(counter, ()))

    def forget(self, counter: str, before: int) -> None:
        """Drop what a counter counted before a moment, and keys without counts."""
        for key, series in list(self._series.get(counter, {}).items()):
            series.forget(before)
            if not series:
                del self._series[counter][key]

    def _of(self, counter: str, key: str) -> Series:
        return self._series.get(counter, {}).get(key, NOTHING)
