"""Spans cut into hours, days or weeks of a zone: a day is from midnight to midnight there, of 23 hours too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from engine.errors import QuestionError

MOST_BINS = 1_000


class Every(StrEnum):
    """How long a bin is; a week begins on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


STEP = {Every.HOUR: timedelta(hours=1), Every.DAY: timedelta(days=1), Every.WEEK: timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Bin:
    """A part of a span, half-open; the first and the last may be cut by the span's own ends."""

    start: datetime
    end: datetime


def bins_of(since: datetime, until: datetime, every: Every, zone: ZoneInfo) -> tuple[Bin, ...]:
    """Return the bins of a span in a zone, the earliest first; none of an empty span.

    Raises
    ------
    QuestionError
        If there would be too many.
    """
    if (until - since) / STEP[every] > MOST_BINS:
        raise QuestionError(f"the span has more than {MOST_BINS:,} bins: make it shorter, or the bins longer", "every")
    found: list[Bin] = []
    start = since
    for edge in _edges(since, every, zone):
        end = min(edge, until)
        if end > start:
            found.append(Bin(start.astimezone(zone), end.astimezone(zone)))
        start = end
        if edge >= until:
            break
    return tuple(found)


def _edges(since: datetime, every: Every, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the moments, in UTC, at which a bin ends and the next begins, from a moment on."""
    if every is Every.HOUR:
        yield from _hours(since, zone)
        return
    local = since.astimezone(zone).date()
    day = local - timedelta(days=local.weekday()) if every is Every.WEEK else local
    while True:
        day += STEP[every]
        yield datetime.combine(day, time.min, zone).astimezone(UTC)


def _hours(since: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield full hours: the hour that is lived twice in autumn is two bins."""
    edge = since.astimezone(UTC)
    while True:
        ahead = edge + STEP[Every.HOUR]
        local = ahead.astimezone(zone)
        back = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        # Where a clock is moved by half an hour, the full hour before may not be ahead.
        edge = ahead - back if back < STEP[Every.HOUR] else ahead
        yield edge
