"""Who may look at what customers say of one employee: that employee, and those who manage them; nobody else."""

from __future__ import annotations

from enum import StrEnum

from engine.errors import ForbiddenError
from engine.people import Directory


class Seeing(StrEnum):
    """How somebody stands to an employee."""

    SELF = "self"
    MANAGER = "manager"
    NOBODY = "nobody"


def seeing(person: str | None, employee: str, people: Directory) -> Seeing:
    """Return how somebody stands to an employee.

    Parameters
    ----------
    person
        The id of who looks; None is nobody in particular. Who has left, or is not known, sees nothing.
    """
    if people.person(person) is None:
        return Seeing.NOBODY
    if person == employee:
        return Seeing.SELF
    return Seeing.MANAGER if person in managers_of(employee, people) else Seeing.NOBODY


def managers_of(employee: str, people: Directory) -> tuple[str, ...]:
    """Return who manages an employee, the nearest first, and up to the top; those who have left are passed over."""
    found: dict[str, None] = {}
    manager = people.manager_of(employee)
    while manager is not None and manager.id not in found and manager.id != employee:
        found[manager.id] = None
        manager = people.manager_of(manager.id)
    return tuple(found)


def led_by(person: str | None, people: Directory) -> tuple[str, ...]:
    """Return whose coaching somebody may see, by id: their own, and that of everybody who is here and below them."""
    if people.person(person) is None:
        return ()
    return tuple(one.id for one in people.people if seeing(person, one.id, people) is not Seeing.NOBODY)


def check_seeing(person: str | None, employee: str, people: Directory) -> Seeing:
    """Return how somebody stands to an employee.

    Raises
    ------
    ForbiddenError
        If they are neither the employee nor one of their managers.
    """
    found = seeing(person, employee, people)
    if found is Seeing.NOBODY:
        raise ForbiddenError("what customers say of one employee is for that employee and their managers only")
    return found
