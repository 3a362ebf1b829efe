"""People: who can be told, who leads which unit, and who manages whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.units import ancestors

Contact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be told.

    Parameters
    ----------
    id
        What feedback and rules name the person by.
    manager
        The id of who manages the person.
    units, leads
        The units that the person belongs to, and those of them that the person leads.
    teams
        The names of the person's teams; what the person does counts for the first.
    contacts
        Receivers with the address that each reaches the person at, the best first.
    calendar
        The calendar of the person's own hours.
    managed
        Whether the program's people.csv owns the entry.
    gone
        Whether the person has left, and is kept for the history.
    """

    id: str
    name: str
    manager: str | None = None
    units: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    calendar: str | None = None
    managed: bool = False
    gone: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the person as plain JSON values."""
        return {
            "id": self.id,
            "name": self.name,
            "manager": self.manager,
            "units": list(self.units),
            "leads": list(self.leads),
            "teams": list(self.teams),
            "contacts": [{"receiver": receiver, "address": address} for receiver, address in self.contacts],
            "calendar": self.calendar,
            "managed": self.managed,
            "gone": self.gone,
        }


class Directory:
    """Everybody who can be told, at one revision; it never changes.

    Parameters
    ----------
    people
        Also those who have left.
    revision
        How often the people of the store had changed.
    """

    def __init__(self, people: Iterable[Person] = (), revision: int = 0) -> None:
        self.revision = revision
        self._all = {person.id: person for person in people}
        self._fit: dict[str | None, frozenset[str]] = {}

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Those who are here, by id."""
        return tuple(self._all[name] for name in sorted(self._all) if not self._all[name].gone)

    @cached_property
    def teams(self) -> Mapping[str, tuple[Person, ...]]:
        """The members of each team, by id."""
        found: dict[str, list[Person]] = {}
        for person in self.people:
            for team in person.teams:
                found.setdefault(team, []).append(person)
        return {team: tuple(members) for team, members in sorted(found.items())}

    @cached_property
    def _leads(self) -> Mapping[str, Person]:
        found: dict[str, Person] = {}
        for person in self.people:
            for unit in person.leads:
                found.setdefault(unit, person)
        return found

    def person(self, id: str | None) -> Person | None:  # noqa: A002
        """Return who has an id and is here, or None."""
        found = self._all.get(id) if id is not None else None
        return None if found is None or found.gone else found

    def members(self, team: str) -> tuple[Person, ...]:
        """Return the people of a team; none where there is no such team."""
        return self.teams.get(team, ())

    def manager_of(self, id: str | None) -> Person | None:  # noqa: A002
        """Return who manages somebody, also somebody who has left; above a manager who has left, the next one."""
        seen: set[str] = set()
        below = self._all.get(id) if id is not None else None
        while below is not None and below.manager is not None and below.manager not in seen:
            seen.add(below.manager)
            below = self._all.get(below.manager)
            if below is not None and not below.gone:
                return below
        return None

    def for_unit(self, unit: str | None) -> tuple[Person, ...]:
        """Return who may take on something of a unit: those of it or of a unit above, and those of no unit.

        Where there are none of these, and for something of no unit, it is everybody.
        """
        above = set(ancestors(unit)) if unit is not None else set()
        found = tuple(one for one in self.people if not one.units or above.intersection(one.units))
        return found if unit is not None and found else self.people

    def takes(self, name: str, unit: str | None) -> bool:
        """Return whether a person, or somebody of a team, may take on something of a unit."""
        if unit not in self._fit:
            self._fit[unit] = frozenset(one.id for one in self.for_unit(unit))
        person = self.person(name)
        return any(one.id in self._fit[unit] for one in ((person,) if person else self.members(name)))

    def lead_of(self, unit: str | None) -> Person | None:
        """Return who leads a unit, or the nearest one above that has a lead."""
        return next((self._leads[one] for one in ancestors(unit) if one in self._leads), None)
