"""Calendars: when it is open in the coming weeks, and on which days nobody is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.settings.section import Access, Section
from engine.calendar import Calendar, Opening
from engine.scope import READERS

DAYS = 28
ACCESS = Access(READERS, everywhere=False)


@dataclass(frozen=True)
class Day:
    """A day of a calendar: its hours on the clock there; none is closed."""

    day: date
    hours: tuple[str, ...]
    holiday: bool


async def draw(context: Context) -> None:
    """Draw the section."""
    found = context.service.engine.program.targets.calendars
    if not found.by_name:
        look.nothing_here(
            "Always open",
            "The program declares no calendars: every clock runs day and night.",
        )
        return
    default = found.default or "24x7, open all the time"
    look.words(
        "p",
        f"Calendars are declared in calendars.yaml of the program, read at a start. A unit has the calendar of "
        f"the nearest unit above it; every other has {default}.",
        "st-note",
    )
    now = context.now()
    weeks = await context.read(lambda: {name: days_of(one, now) for name, one in found.by_name.items()})
    for name, days in weeks.items():
        units = sorted(unit for unit, of in found.units.items() if of == name)
        _draw_calendar(found.by_name[name], days, units, now)


def days_of(calendar: Calendar, now: datetime) -> list[Day]:
    """Return the days of whole weeks from this one on; the first time it looks up the holidays of a year."""
    today = now.astimezone(calendar.zone).date()
    monday = today - timedelta(days=today.weekday())
    days = (monday + timedelta(days=number) for number in range(DAYS))
    return [Day(day, _hours(calendar, day), calendar.holidays.holds(day)) for day in days]


def _hours(calendar: Calendar, day: date) -> tuple[str, ...]:
    return tuple(_shown(calendar, one) for one in calendar.openings(day))


def _shown(calendar: Calendar, one: Opening) -> str:
    opens, closes = one.opens.astimezone(calendar.zone), one.closes.astimezone(calendar.zone)
    later = "" if closes.date() == opens.date() else " the day after"
    return f"{opens:%H:%M} to {closes:%H:%M}{later}"


def _draw_calendar(calendar: Calendar, days: Sequence[Day], units: Sequence[str], now: datetime) -> None:
    today = now.astimezone(calendar.zone).date()
    is_open = any(
        one.opens <= now < one.closes for back in (1, 0) for one in calendar.openings(today - timedelta(back))
    )
    with look.section(calendar.name, 3):
        with Element("p").classes("hf-row"):
            look.words("span", "Open now" if is_open else "Closed now", "hf-strong " + ("hf-good" if is_open else ""))
            look.words("span", f"times of {calendar.zone}", "hf-muted hf-small")
            look.words("span", f"for {', '.join(units)}" if units else "for no unit", "hf-muted hf-small")
        with Element("ol").classes("st-weeks") as weeks:
            weeks.props["aria-label"] = f"The coming weeks of {calendar.name}"
            for one in days:
                _draw_day(one, today)


def _draw_day(one: Day, today: date) -> None:
    style = "st-day" + " st-shut" * (not one.hours) + " st-holiday" * one.holiday
    with Element("li").classes(style) as shown:
        said = f"{one.day:%a} {one.day.day} {one.day:%b}"
        look.words("strong", f"{said}, today" if one.day == today else said)
        for hours in one.hours or ("Holiday" if one.holiday else "Closed",):
            look.words("div", hours)
    if one.day == today:
        shown.props["aria-current"] = "date"


SECTION = Section("calendars", "Calendars", "Open hours and holidays, by which clocks run.", ACCESS, draw)
