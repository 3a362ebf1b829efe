"""People are entered and let go, over HTTP and in the console alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.auditing import noted
from api.auth import Caller
from api.runtime import Service
from engine.errors import ForbiddenError
from engine.people import Person
from engine.people_intake import admit_person
from engine.scope import Scope


def entering(
    service: Service, caller: Caller, person_id: str, said: Any, *, seen: Person | None = None
) -> Callable[[], tuple[Person, bool]]:
    """Return what enters or changes a person: it returns the person, and whether they are new.

    Parameters
    ----------
    seen
        The entry as whoever changes it saw it; None does not ask.

    Raises
    ------
    ForbiddenError
        If the caller is of one unit.
    PersonError
        If something does not fit, with its field.
    """
    check_scope(caller)
    program, now = service.engine.program, service.engine.clock.now()
    person = admit_person(said, person_id, program)

    def put() -> tuple[Person, bool]:
        return person, service.store.people.put(person, now, program.receivers, seen=seen)

    return noted(service, caller, ("change", "person", person_id), put, _plain(person))


def removing(service: Service, caller: Caller, person_id: str) -> Callable[[], None]:
    """Return what lets a person go who does not stand in people.csv.

    Raises
    ------
    ForbiddenError
        If the caller is of one unit.
    """
    check_scope(caller)
    now = service.engine.clock.now()
    return noted(service, caller, ("remove", "person", person_id), lambda: service.store.people.remove(person_id, now))


def sees(scope: Scope, person: Person) -> bool:
    """Return whether a person belongs to what a scope covers."""
    return scope.unit is None or any(scope.sees(unit) for unit in person.units)


def check_scope(caller: Caller) -> None:
    """Refuse who is of a unit: people may be of every unit.

    Raises
    ------
    ForbiddenError
        If the caller is of one unit.
    """
    if caller.scope.unit is not None:
        raise ForbiddenError(f"people are of every unit, and this key is for {caller.scope.unit} only")


def _plain(person: Person) -> dict[str, Any]:
    """Return what the record says of a person: without the addresses, which are the person's own."""
    told = person.as_dict()
    return {name: told[name] for name in ("name", "manager", "units", "leads", "teams", "calendar")}
