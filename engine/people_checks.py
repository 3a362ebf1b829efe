"""What must hold between people, teams and receivers, whose names are of one space."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from engine.errors import PersonError
from engine.names import show, unknown
from engine.people import Person

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:@+-]{0,98}[A-Za-z0-9_-])?\Z")
# Words that stand for somebody where a message is addressed.
WORDS = frozenset({"holder", "manager_of", "lead_of", "employee", "unit", "operators"})


def name_problem(name: str, what: str) -> str | None:
    """Return what is wrong with the name of a person or team, or None."""
    if name in WORDS:
        return f"'{name}' is a word of its own; choose another name for {what}"
    if not NAME.match(name):
        return f"'{show(name)}' cannot name {what}; use up to 100 letters without accents, digits and . _ : @ + -"
    return None


def managers_in_a_ring(managers: Mapping[str, str | None]) -> list[tuple[str, ...]]:
    """Return each ring of people who manage one another, each once.

    Parameters
    ----------
    managers
        The manager of each person.
    """
    rings: list[tuple[str, ...]] = []
    done: set[str] = set()
    for person in managers:
        path: list[str] = []
        at: str | None = person
        while at is not None and at in managers and at not in done:
            done.add(at)
            path.append(at)
            at = managers[at]
        if at in path:
            rings.append(tuple(path[path.index(at) :]))
    return rings


def check_person(person: Person, others: Iterable[Person], receivers: Collection[str]) -> None:
    """Check a person against everybody else.

    Raises
    ------
    PersonError
        If the manager is not known or is managed by the person, or a name is taken.
    """
    known = {one.id: one for one in others if one.id != person.id}
    teams = {team for one in known.values() for team in one.teams}
    if person.id in teams or person.id in person.teams:
        raise PersonError(f"'{person.id}' is the name of a team", field="id")
    if person.id in receivers:
        raise PersonError(f"'{person.id}' is the name of a receiver", field="id")
    taken = next((team for team in person.teams if team in known), None)
    if taken is not None:
        raise PersonError(f"'{taken}' is the id of a person, and no team", field="teams")
    if person.manager is not None:
        if person.manager not in known:
            raise PersonError(unknown("person", person.manager, known), field="manager")
        managers = {one.id: one.manager for one in known.values()} | {person.id: person.manager}
        if any(person.id in ring for ring in managers_in_a_ring(managers)):
            raise PersonError(f"{person.id} would be managed by somebody whom {person.id} manages", field="manager")
