"""Calendars: when a unit is open, and when a time limit that is counted on it ends.

Times are those that a clock on the wall shows. On the nights on which clocks are changed, a time that comes twice means
its first coming, and a time that is left out means the moment of the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from engine.holidays import NO_HOLIDAYS, Holidays
from engine.time_limit import Counting, TimeLimit
from engine.units import ancestors

# The name of the calendar that is open all the time.
ALWAYS = "24x7"
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
# How far ahead an open moment is looked for; the loader refuses calendars that are closed for so long.
HORIZON = 1_100


@dataclass(frozen=True, slots=True)
class Block:
    """Hours in which it is open: from the beginning of the day it opens on; over midnight `end` is more than a day."""

    start: timedelta
    end: timedelta


@dataclass(frozen=True, slots=True)
class Opening:
    """One block of one day, as moments in UTC; it counts for the day it opens on."""

    day: date
    opens: datetime
    closes: datetime


Week = tuple[tuple[Block, ...], ...]


@dataclass(frozen=True)
class Calendar:
    """When it is open.

    Parameters
    ----------
    week
        The blocks of each weekday, Monday first, in order and apart.
    """

    name: str
    zone: ZoneInfo
    week: Week
    holidays: Holidays = NO_HOLIDAYS
    _days: dict[date, tuple[Opening, ...]] = field(default_factory=dict, repr=False, compare=False)

    def openings(self, day: date) -> tuple[Opening, ...]:
        """Return the blocks of a day; none on a holiday."""
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = () if self.holidays.holds(day) else tuple(self._opened(day))
        return found

    def _opened(self, day: date) -> Iterator[Opening]:
        for block in self.week[day.weekday()]:
            opens, closes = moment_at(day, block.start, self.zone), moment_at(day, block.end, self.zone)
            if opens < closes:  # not inside an hour that is left out
                yield Opening(day, opens, closes)

    def _from(self, moment: datetime) -> Iterator[Opening]:
        """Yield what closes at a moment or after it; what opened the day before may still be open."""
        first = moment.astimezone(self.zone).date() - DAY
        for number in range(HORIZON):
            for opening in self.openings(first + number * DAY):
                if opening.closes >= moment:
                    yield opening

    def due(self, start: datetime, limit: TimeLimit) -> datetime:
        """Return when a limit that begins at a moment ends.

        Elapsed time that ends while it is closed ends when it opens next; the moment it closes is still good. Open
        hours count while it is open. A business day later is the same time on the next day that it opens on; what
        begins while it is closed begins when it opens next, and a night shift belongs to the day it began on.
        """
        if limit.counting is Counting.ELAPSED:
            return self._settled(start + limit.span)
        if limit.counting is Counting.OPEN_HOURS:
            return self._open_hours(start, limit.span)
        return self._business_days(start, limit.days)

    def _settled(self, moment: datetime) -> datetime:
        return next((max(moment, one.opens) for one in self._from(moment)), moment)

    def _open_hours(self, start: datetime, left: timedelta) -> datetime:
        at = start
        # Whoever is open an hour a week needs as many weeks as hours.
        while (opening := self._next(at)) is not None:
            begins = max(at, opening.opens)
            if opening.closes - begins >= left:
                return begins + left
            left -= opening.closes - begins
            at = opening.closes
        return start

    def _next(self, moment: datetime) -> Opening | None:
        """Return what is open, or opens next."""
        return next((one for one in self._from(moment) if one.closes > moment), None)

    def _business_days(self, start: datetime, number: int) -> datetime:
        opening = self._next(start)
        if opening is None:
            return start
        shown = shown_since(opening.day, max(start, opening.opens), self.zone)
        day = next(islice(self._business(opening.day + DAY), number - 1, None), None)
        return start if day is None else self._on(day, moment_at(day, shown, self.zone))

    def _on(self, day: date, moment: datetime) -> datetime:
        """Return a moment of a business day, or where it is closed then, when it opens next."""
        later = next(self._business(day + DAY), day)
        for opening in (*self.openings(day), *self.openings(later)):
            if opening.closes >= moment or opening.day == later:
                return max(moment, opening.opens) if opening.day == day else opening.opens
        return moment

    def _business(self, day: date) -> Iterator[date]:
        """Yield the days on which it opens, from a day on."""
        closed = 0
        while closed < HORIZON:
            if self.openings(day):
                closed = 0
                yield day
            closed += 1
            day += DAY


@dataclass(frozen=True)
class Calendars:
    """The calendars of a program.

    Parameters
    ----------
    units
        The calendar of a unit and everything below it, by name; `ALWAYS` is open all the time.
    default
        The calendar of every other unit; None is open all the time.
    """

    by_name: Mapping[str, Calendar] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None

    def of(self, unit: str | None) -> Calendar | None:
        """Return the calendar of a unit, or of the nearest one above that has one; None is open all the time."""
        if not self.by_name:
            return None
        named = next((self.units[one] for one in ancestors(unit) if one in self.units), self.default)
        return None if named is None else self.by_name.get(named)


def moment_at(day: date, shown: timedelta, zone: ZoneInfo) -> datetime:
    """Return the first moment at which a clock on the wall shows a time or a later one.

    Parameters
    ----------
    shown
        Since the beginning of the day; more than a day is on a later one.
    """
    wall = datetime.combine(day, time()) + shown
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _change(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone)


def shown_since(day: date, moment: datetime, zone: ZoneInfo) -> timedelta:
    """Return the latest time, since the beginning of a day, that a clock on the wall has shown up to a moment."""
    local = moment.astimezone(zone)
    if local.fold:
        change = _change(local.replace(fold=0).astimezone(UTC), moment, zone)
        # Just before the clocks were put back it was as late as it will be again when the hour has come twice.
        local = (change - SECOND).astimezone(zone).replace(tzinfo=None) + SECOND
        return local - datetime.combine(day, time())
    return local.replace(tzinfo=None) - datetime.combine(day, time())


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment between two at which the clocks are changed: a whole second."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
