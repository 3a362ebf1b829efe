"""calendars.yaml and targets: what they mean, and every error where it stands."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.alerts.severity import Severity
from engine.errors import ConfigError
from engine.program import Program
from engine.program_folder import load_program
from engine.targets import Clock, Step
from engine.time_limit import parse_limit
from tests.engine.test_calendar import OFFICE

OFFICE_YAML = """
calendars:
  office:
    zone: Europe/London
    open: {mon-fri: ["09:00-12:30", "13:30-17:30"], sat: "10:00-14:00"}
    holidays: {country: GB, subdivision: ENG, also: [2026-12-24]}
units: {emea: office, emea/us: 24x7}
"""


def program(folder: Path, calendars: str = "", targets: str = "") -> Program:
    (folder / "program.yaml").write_text(f"name: x\nzone: Europe/London\n{targets}")
    if calendars:
        (folder / "calendars.yaml").write_text(calendars)
    return load_program(folder)[0]


def test_a_calendar_is_what_its_file_says(tmp_path: Path) -> None:
    targets = program(tmp_path, OFFICE_YAML).targets
    assert targets.calendar("emea/uk") == OFFICE
    assert targets.calendar("emea/us/ny") is None
    assert targets.calendar("apac") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("calendars: {a: {open: {mun: 09:00-10:00}}}\n", "1:24: error: unknown day 'mun'", id="a day"),
        pytest.param("calendars: {a: {open: {mon: 9-10}}}\n", "1:29: error: '9-10' are no hours", id="hours"),
        pytest.param("calendars: {a: {open: {}}}\n", "1:23: error: a calendar is open at some time", id="never open"),
        pytest.param(
            'calendars: {a: {open: {mon: ["09:00-12:00", "11:00-13:00"]}}}\n',
            "1:45: error: the hours",
            id="overlapping",
        ),
        pytest.param(
            "calendars: {a: {open: {mon: 22:00-06:00, tue: 05:00-09:00}}}\n",
            "error: the hours of mon go on",
            id="a night",
        ),
        pytest.param(
            "calendars: {a: {open: {mon-wed: 09:00-10:00, tue: 11:00-12:00}}}\n", "tue is here twice", id="twice"
        ),
        pytest.param(
            "calendars: {a: {open: {mon: 09:00-10:00}, holidays: {country: XX}}}\n",
            "unknown country 'XX'",
            id="country",
        ),
        pytest.param(
            "calendars: {a: {open: {mon: 09:00-10:00}, holidays: {country: GB, subdivision: EN}}}\n",
            "unknown subdivision of GB 'EN'",
            id="a part of a country",
        ),
        pytest.param(
            "calendars: {a: {open: {mon: 09:00-10:00}, holidays: {also: [2026-02-30]}}}\n", "is no date", id="a date"
        ),
        pytest.param("units: {emea: office}\n", "error: unknown calendar 'office'", id="a calendar of no name"),
        pytest.param(
            "calendars: {a: {zone: Mars, open: {mon: 09:00-10:00}}}\n", "unknown time zone 'Mars'", id="a zone"
        ),
        pytest.param("calender: {}\n", "1:1: error: unknown word of calendars.yaml 'calender'", id="a word"),
    ],
)
def test_what_is_wrong_with_calendars_is_said_where_it_is(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        program(tmp_path, text)
    assert said in str(refused.value)


def test_a_calendar_that_is_never_open_within_a_year_is_refused(tmp_path: Path) -> None:
    mondays = ", ".join(f"2027-{m:02}-{d:02}" for m in range(1, 13) for d in range(1, 29))
    more = ", ".join(f"2027-{m:02}-{d}" for m in (1, 3, 5, 7, 8, 10, 12) for d in (29, 30, 31))
    text = f"calendars:\n  a: {{open: {{mon: 09:00-10:00}}, holidays: {{also: [{mondays}, {more}, 2027-11-29]}}}}\n"
    with pytest.raises(ConfigError, match="calendar a is never open in the year 2027"):
        program(tmp_path, text)


TARGETS = """
targets:
  - {follow_up_within: 12h}
  - {severity: [high, critical], follow_up_within: 2h}
  - {unit: emea/uk, follow_up_within: 8bh, close_within: 2bd}
  - {unit: emea/uk, severity: critical, follow_up_within: 30m}
escalate:
  - {after: 24h, to: {manager_of: holder}}
  - {to: [operators, "lead_of: unit"], clock: close}
"""


@pytest.mark.parametrize(
    ("severity", "unit", "follow_up", "close"),
    [
        pytest.param("low", None, "12h", "4d", id="of all; the other clock has its default"),
        pytest.param("critical", "apac", "2h", "4d", id="of a severity"),
        pytest.param("high", "emea/uk/leeds", "8bh", "2bd", id="a unit comes before a severity"),
        pytest.param("critical", "emea/uk", "30m", "2bd", id="both, each clock by itself"),
    ],
)
def test_the_narrowest_target_holds(
    tmp_path: Path, severity: str, unit: str | None, follow_up: str, close: str
) -> None:
    targets = program(tmp_path, "", TARGETS).targets
    limits = [targets.limit(clock, Severity(severity), unit) for clock in Clock]
    assert [str(one) for one in limits] == [follow_up, close]


def test_steps_name_whom_they_tell(tmp_path: Path) -> None:
    assert program(tmp_path, "", TARGETS).targets.steps == (
        Step(Clock.FOLLOW_UP, ("manager_of: holder",), parse_limit("24h")),
        Step(Clock.CLOSE, ("operators", "lead_of: unit")),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("targets: [{follow_up_within: soon}]", "'soon' is no time limit", id="a limit"),
        pytest.param("targets: [{severity: high}]", "a target says follow_up_within", id="no limit"),
        pytest.param("targets: [{close_within: 0h}]", "must be more than nothing", id="no time"),
        pytest.param("escalate: [{after: 1h}]", "a step says whom it tells", id="nobody"),
        pytest.param("escalate: [{to: {manager_of: unit}}]", "manager_of: unit", id="no such words"),
        pytest.param("escalate: {to: operators}", "escalate must be a list", id="no list"),
        pytest.param("escalate: [{to: operators, clock: closing}]", "unknown clock 'closing'", id="a clock"),
    ],
)
def test_what_is_wrong_with_targets_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        program(tmp_path, "", text + "\n")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        pytest.param("30m", timedelta(minutes=30), id="elapsed"),
        pytest.param("8bh", timedelta(hours=8), id="open hours"),
        pytest.param("2bd", timedelta(days=2), id="business days"),
    ],
)
def test_limits_are_said_as_they_are_written(text: str, span: timedelta) -> None:
    assert parse_limit(text).span == span
    assert str(parse_limit(text)) == text
