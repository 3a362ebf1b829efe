"""Reading calendars.yaml: when units are open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.calendar import ALWAYS, DAY, Block, Calendar, Calendars, Week
from engine.errors import Located
from engine.fields import as_map, as_written, check_keys, text_of
from engine.holidays import NO_HOLIDAYS, Holidays, subdivisions_of, supported_countries
from engine.located import Findings, Node, StopReadingError
from engine.names import show, unknown
from engine.program_files import SLUG, document_of, shown_path, zone_of
from engine.target_loader import load_unit

FILE_KEYS = ("calendars", "units", "default")
CALENDAR_KEYS = ("zone", "open", "holidays")
HOLIDAY_KEYS = ("country", "subdivision", "also", "except")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_DATES = 2_000
# Years for which it must be seen to open, beside those of its own holidays.
YEARS = range(2025, 2035)
_BLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]) ?- ?([01][0-9]|2[0-4]):([0-5][0-9])\Z")


def load_calendars(path: Path, zone: ZoneInfo, found: list[Located]) -> Calendars:
    """Return the calendars of a file; none where there is no file. What is wrong with it is added to what was found.

    Parameters
    ----------
    zone
        The program's, which a calendar without one has.
    """
    if not path.exists():
        return Calendars()
    findings = Findings(shown_path(path))
    calendars = Calendars()
    with suppress(StopReadingError):
        calendars = _calendars(document_of(path, findings), zone, findings)
    found.extend(findings.found)
    return calendars


def _calendars(root: Node | None, zone: ZoneInfo, findings: Findings) -> Calendars:
    if root is None:
        return Calendars()
    check_keys(root, FILE_KEYS, "word of calendars.yaml", findings)
    by_name: dict[str, Calendar] = {}
    declared = as_map(root.get("calendars"), "calendars", findings)
    for name, key, node in declared.items() if declared else ():
        if not SLUG.match(name) or name == ALWAYS:
            findings.error(key, f"'{show(name)}' cannot name a calendar; use lower-case letters, digits and -")
        elif as_map(node, f"calendar {name}", findings) is not None:
            by_name[name] = _calendar(name, key, node, zone, findings)
    units = _units(root.get("units"), by_name, findings)
    default = _named(root.get("default"), by_name, findings)
    for name, key, _ in declared.items() if declared else ():
        if name not in (*units.values(), default):
            findings.warning(key, f"calendar '{show(name)}' is nobody's; name it under units or as the default")
    return Calendars(by_name, units, default)


def _units(node: Node | None, by_name: Mapping[str, Calendar], findings: Findings) -> dict[str, str]:
    units = {}
    root = as_map(node, "units", findings)
    for unit, key, value in root.items() if root else ():
        named = _named(value, by_name, findings)
        if load_unit(Node(unit, key.line, key.column), findings) is not None and named is not None:
            units[unit] = named
    return units


def _named(node: Node | None, by_name: Mapping[str, Calendar], findings: Findings) -> str | None:
    """Return the name of a calendar of the file, or of the one that is always open."""
    name = text_of(node if node is None else as_written(node), "a calendar", findings)
    if name is not None and node is not None and name not in (*by_name, ALWAYS):
        findings.error(node, unknown("calendar", name, (*by_name, ALWAYS)))
        return None
    return name


def _calendar(name: str, key: Node, node: Node, zone: ZoneInfo, findings: Findings) -> Calendar:
    before = findings.errors
    check_keys(node, CALENDAR_KEYS, "setting of a calendar", findings)
    week = _week(node.get("open"), key, findings)
    holidays = _holidays(node.get("holidays"), findings)
    calendar = Calendar(name, zone_of(node.get("zone"), findings, zone), week, holidays)
    if findings.errors == before:
        years = sorted({*YEARS, *(day.year for day in holidays.also)})
        closed = next((year for year in years if not _opens_in(calendar, year)), None)
        if closed is not None:
            findings.error(key, f"calendar {name} is never open in the year {closed}; look at its holidays")
    return calendar


def _opens_in(calendar: Calendar, year: int) -> bool:
    first = date(year, 1, 1)
    return any(calendar.openings(first + number * DAY) for number in range(365))


def _week(node: Node | None, key: Node, findings: Findings) -> Week:
    week: dict[int, tuple[Block, ...]] = {}
    root = as_map(node, "open", findings)
    for days, day_key, value in root.items() if root else ():
        blocks = _blocks(value, findings)
        for day in _weekdays(days, day_key, findings):
            if day in week:
                findings.error(day_key, f"{WEEKDAYS[day]} is here twice; write each day once")
            week[day] = blocks
    for day, blocks in week.items():
        following = week.get((day + 1) % 7, ())
        if blocks and following and blocks[-1].end > following[0].start + DAY:
            said = f"the hours of {WEEKDAYS[day]} go on when those of {WEEKDAYS[(day + 1) % 7]} have begun"
            findings.error(node or key, f"{said}; let them end before")
    if root is None or not any(week.values()):
        findings.error(node or key, 'a calendar is open at some time: open: {mon-fri: ["09:00-17:30"]}')
    return tuple(week.get(day, ()) for day in range(len(WEEKDAYS)))


def _weekdays(text: str, where: Node, findings: Findings) -> list[int]:
    """Return the days of ``mon-fri``, ``sat`` or ``mon, wed-fri``, Monday as 0; a range may go over Sunday."""
    found: list[int] = []
    for part in text.lower().split(","):
        first, _, last = (one.strip() for one in part.partition("-"))
        wrong = next((one for one in (first, last or first) if one not in WEEKDAYS), None)
        if wrong is not None:
            findings.error(where, unknown("day", wrong, WEEKDAYS))
            return []
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        found += [(begin + number) % 7 for number in range((end - begin) % 7 + 1)]
    return found


def _blocks(node: Node, findings: Findings) -> tuple[Block, ...]:
    nodes: list[Node] = node.value if node.is_list else [node]
    found: list[Block] = []
    for one in nodes:
        block = _block(one, findings)
        if block is None:
            continue
        if found and block.start < found[-1].end:
            findings.error(one, "the hours of a day are in order and apart; this begins before the last ended")
        found.append(block)
    return tuple(found)


def _block(node: Node, findings: Findings) -> Block | None:
    text = text_of(node, "hours", findings)
    if text is None:
        return None
    match = _BLOCK.match(text.strip())
    if match is None or (match[3] == "24" and match[4] != "00"):
        findings.error(node, f"'{show(text)}' are no hours; write 09:00-17:30, or 22:00-06:00 over midnight")
        return None
    start, end = (timedelta(hours=int(match[at]), minutes=int(match[at + 1])) for at in (1, 3))
    if start == end:
        findings.error(node, "these hours end as they begin; a whole day is 00:00-24:00")
        return None
    return Block(start, end if end > start else end + DAY)


def _holidays(node: Node | None, findings: Findings) -> Holidays:
    root = as_map(node, "holidays", findings)
    if root is None:
        return NO_HOLIDAYS
    check_keys(root, HOLIDAY_KEYS, "setting of holidays", findings)
    country = _country(root.get("country"), findings)
    subdivision = _subdivision(root.get("subdivision"), country, findings)
    also = _dates(root.get("also"), "also", findings)
    never = _dates(root.get("except"), "except", findings)
    for day in sorted(also & never):
        findings.error(root.get("except") or root, f"{day} is a holiday and none; remove one")
    return Holidays(country, subdivision, also, never)


def _country(node: Node | None, findings: Findings) -> str | None:
    country = text_of(node, "country", findings)
    if country is not None and node is not None and country not in supported_countries():
        findings.error(node, f"unknown country '{show(country)}'; use its two letters, such as GB")
        return None
    return country


def _subdivision(node: Node | None, country: str | None, findings: Findings) -> str | None:
    text = text_of(as_written(node) if node else None, "subdivision", findings)
    if text is None or node is None or country is None:
        return None
    valid = subdivisions_of(country)
    if text not in valid:
        findings.error(node, unknown(f"subdivision of {country}", text, valid))
        return None
    return text


def _dates(node: Node | None, what: str, findings: Findings) -> frozenset[date]:
    if node is None:
        return frozenset()
    nodes: list[Node] = node.value if node.is_list else [node]
    if len(nodes) > MOST_DATES:
        findings.error(node, f"{what} has more than {MOST_DATES:,} dates")
        return frozenset()
    return frozenset(day for one in nodes if (day := _date(one, findings)) is not None)


def _date(node: Node, findings: Findings) -> date | None:
    try:
        return date.fromisoformat(node.source)
    except ValueError:
        findings.error(node, f"'{show(node.source)}' is no date; write it as 2026-12-24")
        return None
