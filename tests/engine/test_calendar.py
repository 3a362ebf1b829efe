"""Calendars: when limits end, over nights on which clocks change, holidays and closed hours."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import Block, Calendar, Calendars
from engine.holidays import Holidays
from engine.time_limit import Counting, TimeLimit, parse_limit

LONDON, NEW_YORK, HAVANA, APIA = map(ZoneInfo, ("Europe/London", "America/New_York", "America/Havana", "Pacific/Apia"))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def week(**days: str) -> tuple[tuple[Block, ...], ...]:
    """Return the blocks of the days that are named: ``mon="9-12 13-17"``; hours may go beyond 24."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    found = []
    for name in names:
        pairs = [part.split("-") for part in days.get(name, "").split()]
        found.append(tuple(Block(timedelta(hours=float(a)), timedelta(hours=float(b))) for a, b in pairs))
    return tuple(found)


FIVE = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "9-12.5 13.5-17.5")
OFFICE = Calendar("office", LONDON, week(**FIVE, sat="10-14"), Holidays("GB", "ENG", frozenset({date(2026, 12, 24)})))
PLAIN = Calendar("plain", LONDON, week(**dict.fromkeys(FIVE, "9-17")))
NIGHT = Calendar("night", LONDON, week(**dict.fromkeys(("fri", "sat", "sun"), "22-30")))
ROUND = Calendar("round", LONDON, week(**dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "0-24")))
LEAP = Calendar("leap", ZoneInfo("UTC"), PLAIN.week, Holidays(also=frozenset({date(2028, 2, 29)})))


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("calendar", "start", "limit", "due"),
    [
        pytest.param(PLAIN, "2026-03-02 10:00", "24h", "2026-03-03 10:00", id="elapsed, open then"),
        pytest.param(PLAIN, "2026-03-06 16:00", "24h", "2026-03-09 09:00", id="elapsed, closed then"),
        pytest.param(PLAIN, "2026-03-02 16:00", "1h", "2026-03-02 17:00", id="the moment it closes is good"),
        pytest.param(PLAIN, "2026-03-02 16:00", "61m", "2026-03-03 09:00", id="a minute later is not"),
        pytest.param(OFFICE, "2026-03-02 12:00", "1h", "2026-03-02 13:30", id="elapsed, at lunch"),
        pytest.param(OFFICE, "2026-12-24 10:00", "1h", "2026-12-29 09:00", id="over Christmas and the day instead"),
        pytest.param(PLAIN, "2026-03-02 10:00", "8bh", "2026-03-03 10:00", id="eight open hours are a day here"),
        pytest.param(OFFICE, "2026-03-02 12:00", "2bh", "2026-03-02 15:00", id="open hours over lunch"),
        pytest.param(PLAIN, "2026-03-07 10:00", "8bh", "2026-03-09 17:00", id="open hours from a Saturday"),
        pytest.param(PLAIN, "2026-03-02 18:00", "40bh", "2026-03-09 17:00", id="forty open hours are a week"),
        pytest.param(PLAIN, "2026-03-06 16:00", "1bd", "2026-03-09 16:00", id="a business day from Friday 16:00"),
        pytest.param(PLAIN, "2026-03-08 16:00", "1bd", "2026-03-10 09:00", id="from a Sunday: Monday is the first"),
        pytest.param(PLAIN, "2026-03-06 17:00", "1bd", "2026-03-10 09:00", id="from the moment it closes"),
        pytest.param(OFFICE, "2026-03-06 16:00", "1bd", "2026-03-09 09:00", id="onto a short Saturday, closed by then"),
        pytest.param(OFFICE, "2026-12-23 10:00", "2bd", "2026-12-30 10:00", id="business days over holidays"),
        pytest.param(PLAIN, "2026-03-27 16:00", "1bd", "2026-03-30 16:00", id="over the night clocks go forward"),
        pytest.param(PLAIN, "2026-10-23 16:00", "1bd", "2026-10-26 16:00", id="over the night clocks go back"),
        pytest.param(PLAIN, "2026-03-27 16:00", "72h", "2026-03-30 17:00", id="elapsed time over that night"),
        pytest.param(ROUND, "2026-03-28 12:00", "24bh", "2026-03-29 13:00", id="a day of 23 hours"),
        pytest.param(ROUND, "2026-10-24 12:00", "24bh", "2026-10-25 11:00", id="a day of 25 hours"),
        pytest.param(ROUND, "2026-03-28 01:30", "1bd", "2026-03-29 02:00", id="a time that is left out"),
        pytest.param(NIGHT, "2026-03-28 03:00", "1bd", "2026-03-29 03:00", id="a night shift is the day before's"),
        pytest.param(NIGHT, "2026-03-28 23:00", "4bh", "2026-03-29 04:00", id="a night of seven hours"),
        pytest.param(NIGHT, "2026-10-24 23:00", "4bh", "2026-10-25 02:00", id="a night of nine hours"),
        pytest.param(NIGHT, "2026-03-30 08:00", "1bd", "2026-04-04 22:00", id="from a Monday to the second night"),
    ],
)
def test_when_a_limit_ends(calendar: Calendar, start: str, limit: str, due: str) -> None:
    assert calendar.due(at(start), parse_limit(limit)) == at(due)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        pytest.param("2028-02-28 10:00", "1bd", "2028-03-01 10:00", id="the leap day as a holiday"),
        pytest.param("2027-02-26 10:00", "1bd", "2027-03-01 10:00", id="no leap year"),
    ],
)
def test_leap_days(start: str, limit: str, due: str) -> None:
    utc = ZoneInfo("UTC")
    assert LEAP.due(at(start, utc), parse_limit(limit)) == at(due, utc)


def test_a_day_that_was_left_out_has_no_hours() -> None:
    calendar = Calendar("apia", APIA, ROUND.week)
    # Samoa had no 30 December 2011.
    assert calendar.openings(date(2011, 12, 30)) == ()
    assert calendar.due(at("2011-12-29 12:00", APIA), parse_limit("1bd")) == at("2011-12-31 12:00", APIA)


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        pytest.param("emea/uk/leeds", "b", id="the nearest above"),
        pytest.param("emea/fr", "a", id="a unit above"),
        pytest.param("apac", "c", id="the default"),
        pytest.param(None, "c", id="no unit"),
        pytest.param("emea/us/ny", None, id="open all the time"),
        pytest.param("emea/ukraine", "a", id="a name that only begins alike"),
    ],
)
def test_the_calendar_of_a_unit(unit: str | None, name: str | None) -> None:
    named: Mapping[str, Calendar] = {one: Calendar(one, LONDON, PLAIN.week) for one in "abc"}
    calendars = Calendars(named, {"emea": "a", "emea/uk": "b", "emea/us": "24x7"}, "c")
    found = calendars.of(unit)
    assert (found.name if found else None) == name


# A slow reference, minute by minute: open is when a clock on the wall, which waits where it would go back, shows so.


def minutes_from(calendar: Calendar, start: datetime) -> Iterator[tuple[datetime, bool]]:
    """Yield each minute from a moment on, and whether it is open in it."""
    now, wall = start - 3 * 60 * MINUTE, datetime.min  # noqa: DTZ901 - what a wall shows has no zone
    while True:
        wall = max(wall, now.astimezone(calendar.zone).replace(tzinfo=None))
        if now >= start:
            yield now, shows_open(calendar, wall)
        now += MINUTE


def shows_open(calendar: Calendar, wall: datetime) -> bool:
    for day in (wall.date() - DAY, wall.date()):
        since = wall - datetime.combine(day, time())
        if any(b.start <= since < b.end for b in calendar.week[day.weekday()]) and not calendar.holidays.holds(day):
            return True
    return False


def slow_hours(calendar: Calendar, start: datetime, span: timedelta) -> datetime:
    opened = (now for now, is_open in minutes_from(calendar, start) if is_open)
    return next(islice(opened, span // MINUTE - 1, None)) + MINUTE


def slow_elapsed(calendar: Calendar, due: datetime) -> datetime:
    """Return the first good moment from one on: in open hours, or where they end."""
    found = minutes_from(calendar, due - MINUTE)
    before = next(found)[1]
    return due if before else next(now for now, is_open in found if is_open)


def is_good(calendar: Calendar, moment: datetime) -> bool:
    return slow_elapsed(calendar, moment) == moment


def drawn_blocks(halves: list[int]) -> tuple[Block, ...]:
    pairs = zip(halves[::2], halves[1::2], strict=False)
    return tuple(Block(timedelta(minutes=30 * a), timedelta(minutes=30 * b)) for a, b in pairs)


def drawn_limit(counting: Counting, number: int) -> TimeLimit:
    return TimeLimit(counting, DAY * number if counting is Counting.BUSINESS_DAYS else number * MINUTE * 30)


def apart(week: tuple[tuple[Block, ...], ...]) -> bool:
    """Return whether there are hours, and those of a night end before the next day's begin."""
    pairs = [(one, week[(number + 1) % 7]) for number, one in enumerate(week)]
    return any(week) and not any(one and then and one[-1].end > then[0].start + DAY for one, then in pairs)


DATES = [date(2026, 3, 27), date(2026, 3, 7), date(2026, 10, 23), date(2026, 10, 31), date(2026, 6, 1)]
around = st.sampled_from(DATES)
blocks = st.lists(st.integers(0, 48), min_size=2, max_size=4, unique=True).map(sorted).map(drawn_blocks)
nights = st.builds(
    lambda begins, ends: (Block(timedelta(hours=begins), timedelta(hours=24 + ends)),),
    st.integers(18, 23),
    st.integers(1, 7),
)
days = st.lists(st.one_of(st.just(()), blocks, nights), min_size=7, max_size=7).map(tuple).filter(apart)
closed = st.lists(around, max_size=2).map(lambda found: Holidays(also=frozenset(found)))
calendars = st.builds(Calendar, st.just("drawn"), st.sampled_from([LONDON, NEW_YORK, HAVANA]), days, closed)
moments = st.builds(
    lambda day, minutes: datetime.combine(day, time(), UTC) + minutes * MINUTE, around, st.integers(0, 3 * 24 * 60)
)
limits = st.builds(drawn_limit, st.sampled_from(list(Counting)), st.integers(1, 40))
SLOW = settings(max_examples=25)


@SLOW
@given(calendars, moments, limits)
def test_a_limit_never_ends_in_closed_hours_or_before_it_began(
    calendar: Calendar, start: datetime, limit: TimeLimit
) -> None:
    due = calendar.due(start, limit)
    assert due > start
    assert is_good(calendar, due)


@given(calendars, moments, st.integers(0, 600), limits)
def test_what_begins_later_ends_no_earlier(calendar: Calendar, start: datetime, later: int, limit: TimeLimit) -> None:
    assert calendar.due(start, limit) <= calendar.due(start + later * MINUTE, limit)


@given(calendars, moments, st.integers(1, 40), st.integers(1, 40))
def test_open_hours_add_up(calendar: Calendar, start: datetime, first: int, second: int) -> None:
    def after(moment: datetime, number: int) -> datetime:
        return calendar.due(moment, TimeLimit(Counting.OPEN_HOURS, number * MINUTE * 15))

    assert after(after(start, first), second) == after(start, first + second)


@SLOW
@given(calendars, moments, st.integers(1, 12))
def test_open_hours_agree_with_counting_every_minute(calendar: Calendar, start: datetime, number: int) -> None:
    span = number * MINUTE * 20
    assert calendar.due(start, TimeLimit(Counting.OPEN_HOURS, span)) == slow_hours(calendar, start, span)


@SLOW
@given(calendars, moments, st.integers(1, 3000))
def test_elapsed_time_ends_when_it_opens_next(calendar: Calendar, start: datetime, minutes: int) -> None:
    limit = TimeLimit(Counting.ELAPSED, minutes * MINUTE)
    assert calendar.due(start, limit) == slow_elapsed(calendar, start + limit.span)


def test_threads_that_ask_first_at_once_know_the_whole_year() -> None:
    own, begin = Holidays("US"), threading.Barrier(8)

    def ask(_: int) -> bool:
        begin.wait()
        return own.holds(date(2027, 12, 25))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))
