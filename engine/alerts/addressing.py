"""Addressing: to whom an alert goes, by its rule, the routes and the directory. Nothing here looks at mutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.alerts.alert import Alert, AlertKind, changed
from engine.alerts.matching import ATTRIBUTE, Subject, subject_of
from engine.alerts.recipients import HOLDER, LEAD_OF_UNIT, MANAGER_OF_EMPLOYEE, MANAGER_OF_HOLDER
from engine.alerts.recipients import WORDS as WORDS
from engine.alerts.routes import Gathering
from engine.people import Directory, Person
from engine.program import OPERATORS, Program
from engine.rules.case import Case
from engine.rules.phrasing import say
from engine.rules.rule import Rule

SEND_TO = "send_to"


@dataclass(frozen=True, slots=True)
class Gathered:
    """The group that a message belongs to: what its alerts agree in, and when it is sent."""

    values: tuple[tuple[str, str], ...]
    gathering: Gathering

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values, durations in seconds."""
        wait, interval = self.gathering.wait.total_seconds(), self.gathering.interval.total_seconds()
        return {"by": dict(self.values), "wait_s": wait, "interval_s": interval}


@dataclass(frozen=True, slots=True)
class Destination:
    """Where one message goes.

    Parameters
    ----------
    recipient
        Whom it is for: a person's id, a team, or the receiver's name.
    receiver, address
        The receiver, and where it reaches that person; None where the receiver is the address.
    gathered
        The group that its message belongs to; None goes by itself.
    """

    recipient: str
    receiver: str
    address: str | None = None
    gathered: Gathered | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """What a recipient's name led to: who holds what is sent there, for which team, where to, and why so."""

    destinations: tuple[Destination, ...]
    holder: str | None = None
    team: str | None = None
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Addressed:
    """An alert with who holds it and its first receiver, what it is about, where its messages go, and why there."""

    alert: Alert
    subject: Subject
    destinations: tuple[Destination, ...]
    why: str


def address(
    alert: Alert, case: Case | None, program: Program, directory: Directory, rule: Rule | None = None
) -> Addressed:
    """Return where an alert goes: where its rule sends it, else by the routes, else to the operators.

    Parameters
    ----------
    case
        The feedback that opened it, with its reading; None where time did, or the service itself.
    rule
        The rule that opened it; None of what the service tells of itself.
    """
    return address_subject(alert, subject_of(alert, case, rule), program, directory, rule)


def address_subject(
    alert: Alert, subject: Subject, program: Program, directory: Directory, rule: Rule | None = None
) -> Addressed:
    """Return where an alert about a subject goes."""
    employee = alert.employee or subject.employee
    reached: list[Reached] = []
    ways = _ways(alert, subject, program, rule)
    for one in ways:
        gathered = _gathered(one.gathering, subject)
        found = (_Finder(alert, employee, program, directory).named(name) for name in one.to)
        reached += [_combined(got, gathered) for got in found]
    destinations = _without_doubles([one for got in reached for one in got.destinations])
    first = reached[0]
    addressed = changed(
        alert,
        employee=employee,
        holder=first.holder,
        team=first.team,
        receiver=destinations[0].receiver,
        route="; ".join(one.said for one in ways if one.said),
    )
    return Addressed(addressed, subject, destinations, _said([one.why for one in ways], reached))


def reach(name: str, alert: Alert, program: Program, directory: Directory) -> Reached:
    """Return what a recipient's name leads to, for an alert; whoever cannot be reached falls to somebody who can."""
    return _Finder(alert, alert.employee, program, directory).named(name)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way that an alert takes: to which names, and how that came."""

    to: tuple[str, ...]
    said: str
    why: str
    gathering: Gathering | None = None


def _ways(alert: Alert, subject: Subject, program: Program, rule: Rule | None) -> tuple[_Way, ...]:
    if alert.kind is AlertKind.SYSTEM:
        return (_Way((OPERATORS,), "", "what the service tells of itself goes to the operators"),)
    routes = program.routes
    if rule is not None and rule.send_to is not None:
        why = f"rule {rule.slug} sends to {rule.send_to}"
        return (_Way((rule.send_to,), SEND_TO, why, routes.gathering if routes else None),)
    if routes is None:
        return (_Way((OPERATORS,), "", "there are no routes, and its rule sends it nowhere else"),)
    return tuple(
        _Way(way.route.to, way.said, f"{way.said} takes {way.route.when.said}", way.route.gathering)
        for way in routes.ways(subject)
    )


def _said(ways: Sequence[str], reached: Sequence[Reached]) -> str:
    return "; ".join(dict.fromkeys([*ways, *(why for one in reached for why in one.why)]))


def _gathered(gathering: Gathering | None, subject: Subject) -> Gathered | None:
    if gathering is None:
        return None
    return Gathered(tuple((key, _group(key, subject)) for key in gathering.by), gathering)


def _group(key: str, subject: Subject) -> str:
    """Return the group of a subject under a key; all without a value are one group."""
    if key.startswith(ATTRIBUTE):
        found = subject.attributes.get(key.removeprefix(ATTRIBUTE))
        return "" if found is None else say(found)
    return next(iter(subject.values(key)), "")


def _combined(reached: Reached, gathered: Gathered | None) -> Reached:
    if gathered is None:
        return reached
    combined = (Destination(one.recipient, one.receiver, one.address, gathered) for one in reached.destinations)
    return Reached(tuple(combined), reached.holder, reached.team, reached.why)


def _without_doubles(destinations: Sequence[Destination]) -> tuple[Destination, ...]:
    """Return the destinations in their order, each place once, whoever is told of it there."""
    found: dict[tuple[str, str | None], Destination] = {}
    for one in destinations:
        found.setdefault((one.receiver, one.address), one)
    return tuple(found.values())


class _Finder:
    """Finds who is meant by a name, and how they are reached."""

    def __init__(self, alert: Alert, employee: str | None, program: Program, directory: Directory) -> None:
        self._alert = alert
        self._employee = employee
        self._receivers = program.receivers
        self._directory = directory
        self._why: list[str] = []

    def named(self, name: str) -> Reached:
        """Return what a name or a word leads to."""
        if name == MANAGER_OF_EMPLOYEE:
            return self._manager_of(self._employee, "the employee")
        if name == MANAGER_OF_HOLDER:
            return self._manager_of(self._alert.holder, "the holder")
        if name == LEAD_OF_UNIT:
            return self._lead()
        if name == HOLDER:
            return self._holder()
        return self._called(name)

    def _called(self, name: str) -> Reached:
        members = self._directory.members(name)
        if self._tells(name) and not self._receivers[name].takes_address:
            team = name if members else None
            return self._at([Destination(name, name)], holder=team, team=team)
        person = self._directory.person(name)
        if person is not None:
            return self._person(person)
        if members:
            return self._team(name, members)
        manager = self._directory.manager_of(name)
        if manager is None:
            return self._operators(f"there is nobody called {name}")
        self._why.append(f"{name} has left, and {manager.id} is the manager")
        return self._person(manager)

    def _holder(self) -> Reached:
        return self._called(self._alert.holder) if self._alert.holder else self._lead("nobody holds it")

    def _manager_of(self, name: str | None, what: str) -> Reached:
        if name is None:
            return self._lead(f"{what} is not known")
        manager = self._directory.manager_of(name)
        if manager is None:
            return self._lead(f"{what} {name} has no manager in the directory")
        self._why.append(f"{manager.id} manages {name}")
        return self._person(manager)

    def _lead(self, why: str | None = None) -> Reached:
        if why is not None:
            self._why.append(why)
        unit, lead = self._alert.unit, self._directory.lead_of(self._alert.unit)
        if lead is None:
            return self._operators(f"unit {unit} has no lead" if unit else "it belongs to no unit that has a lead")
        self._why.append(f"{lead.id} leads {unit} or the nearest unit above")
        return self._person(lead)

    def _person(self, person: Person) -> Reached:
        """Return how a person is reached, else who manages them, and so on."""
        one: Person | None = person
        tried: set[str] = set()
        while one is not None and one.id not in tried:
            at = self._contact(one)
            if at is not None:
                return self._at([at], holder=one.id, team=next(iter(one.teams), None))
            tried.add(one.id)
            self._why.append(f"{one.id} has no contact at a receiver of the program")
            one = self._directory.manager_of(one.id)
        return self._operators("nobody above can be reached")

    def _team(self, name: str, members: Sequence[Person]) -> Reached:
        found = [(member, self._contact(member)) for member in members]
        for member, at in found:
            if at is None:
                self._why.append(f"{member.id} of {name} has no contact at a receiver of the program")
        reached = [at for _, at in found if at is not None]
        if not reached:
            return replace(self._operators(f"nobody of {name} can be reached"), holder=name, team=name)
        return self._at(reached, holder=name, team=name)

    def _contact(self, person: Person) -> Destination | None:
        """Return the first contact of a person whose receiver is there."""
        contacts = (Destination(person.id, name, address) for name, address in person.contacts)
        return next((one for one in contacts if self._tells(one.receiver)), None)

    def _tells(self, name: str) -> bool:
        """Return whether a receiver is there, and for people who handle alerts: others write to customers."""
        spec = self._receivers.get(name)
        return spec is not None and not spec.to_customer

    def _operators(self, why: str) -> Reached:
        self._why.append(f"{why}, so it goes to the operators")
        team = OPERATORS if self._directory.members(OPERATORS) else None
        return self._at([Destination(OPERATORS, OPERATORS)], holder=team, team=team)

    def _at(self, destinations: Sequence[Destination], *, holder: str | None, team: str | None) -> Reached:
        return Reached(tuple(destinations), holder, team, tuple(self._why))
