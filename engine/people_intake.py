"""People as they are entered over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.calendar import ALWAYS
from engine.errors import FeedbackError, PersonError
from engine.intake import admit_unit
from engine.names import is_storable, show, unknown
from engine.people import Contact, Person
from engine.people_checks import name_problem
from engine.program import Program

FIELDS = ("name", "manager", "units", "leads", "teams", "contacts", "calendar")
MOST_TEXT = 200
MOST_LISTED = 100
MOST_ADDRESS = 500


def admit_person(record: Any, person_id: str, program: Program) -> Person:
    """Return the person that a record describes.

    Parameters
    ----------
    program
        Whose receivers and calendars may be named.

    Raises
    ------
    PersonError
        If something does not fit, with its field.
    """
    problem = name_problem(person_id, "a person")
    if problem is not None:
        raise PersonError(problem, field="id")
    if not isinstance(record, Mapping):
        raise PersonError("a person is a JSON object")
    for name in record:
        if name not in FIELDS:
            raise PersonError(unknown("field", str(name), FIELDS), field=str(name)[:100])
    leads = _units(record, "leads")
    units = tuple(dict.fromkeys((*_units(record, "units"), *leads)))
    return Person(
        id=person_id,
        name=_text(record, "name") or person_id,
        manager=_text(record, "manager"),
        units=units,
        leads=leads,
        teams=_teams(record, program),
        contacts=tuple(_contact(one, program) for one in _listed(record, "contacts")),
        calendar=_calendar(record, program),
    )


def _text(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or len(value) > MOST_TEXT or not value.isprintable():
        raise PersonError(f"{name} is a line of at most {MOST_TEXT} characters that can be read", field=name)
    return value.strip()


def _listed(record: Mapping[str, Any], name: str) -> list[Any]:
    value = record.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MOST_LISTED:
        raise PersonError(f"{name} is a list of at most {MOST_LISTED}", field=name)
    return value


def _units(record: Mapping[str, Any], name: str) -> tuple[str, ...]:
    try:
        units = (admit_unit(one) for one in _listed(record, name))
        return tuple(dict.fromkeys(unit for unit in units if unit is not None))
    except FeedbackError as problem:
        raise PersonError(str(problem), field=name) from problem


def _teams(record: Mapping[str, Any], program: Program) -> tuple[str, ...]:
    teams = _listed(record, "teams")
    for team in teams:
        if not isinstance(team, str):
            raise PersonError("a team is a name", field="teams")
        problem = None if team in program.receivers else name_problem(team, "a team")
        if problem is not None:
            raise PersonError(problem, field="teams")
    return tuple(dict.fromkeys(teams))


def _contact(value: Any, program: Program) -> Contact:
    is_pair = isinstance(value, Mapping) and set(value) == {"receiver", "address"}
    if not is_pair or not all(isinstance(one, str) and one.strip() and is_storable(one) for one in value.values()):
        raise PersonError('a contact is {"receiver": NAME, "address": ADDRESS}', field="contacts")
    receiver, address = value["receiver"].strip(), value["address"].strip()
    if receiver not in program.receivers:
        raise PersonError(unknown("receiver", receiver, program.receivers), field="contacts")
    if len(address) > MOST_ADDRESS or ";" in address:
        said = f"an address has at most {MOST_ADDRESS} characters, and no semicolon"
        raise PersonError(f"{said}: '{show(address)}'", field="contacts")
    return receiver, address


def _calendar(record: Mapping[str, Any], program: Program) -> str | None:
    calendar = _text(record, "calendar")
    known = {*program.targets.calendars.by_name, ALWAYS}
    if calendar is not None and calendar not in known:
        raise PersonError(unknown("calendar", calendar, known), field="calendar")
    return calendar
