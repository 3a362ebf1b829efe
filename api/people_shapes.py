"""What the API takes and answers about people and attainment, as OpenAPI shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.shapes import Shape


class ContactOut(Shape):
    """Where a receiver reaches a person."""

    receiver: str
    address: str


class PersonIn(Shape):
    """A person as entered over HTTP."""

    name: str | None = Field(None, max_length=200)
    manager: str | None = Field(None, description="the id of who manages the person")
    units: list[str] = Field([], examples=[["emea/uk/leeds"]])
    leads: list[str] = Field([], description="the units that the person leads")
    teams: list[str] = Field([], description="what the person does counts for the first")
    contacts: list[ContactOut] = Field([], description="the best first")
    calendar: str | None = None


class PersonOut(Shape):
    """A person."""

    id: str
    name: str
    manager: str | None
    units: list[str]
    leads: list[str]
    teams: list[str]
    contacts: list[ContactOut]
    calendar: str | None
    managed: bool
    gone: bool


class PeopleOut(Shape):
    """One page of people, by id; the cursor leads to the next."""

    people: list[PersonOut]
    cursor: str | None


class TeamOut(Shape):
    """A team and the ids of its members."""

    name: str
    members: list[str]


class TeamsOut(Shape):
    """All teams."""

    teams: list[TeamOut]


class CountsOut(Shape):
    """How many met a target, missed it, and may do either; the share with its 95% interval."""

    met: int
    missed: int
    pending: int
    share: float | None
    low: float | None
    high: float | None


class GoalOut(Shape):
    """The answer to a goal, and whether it stays so however those that are pending end."""

    answer: Literal["met", "not_met", "nothing_to_count"]
    settled: bool
    pending: int


class AttainmentLineOut(Shape):
    """The attainment of everything, or of a group."""

    name: str | None
    alerts: int
    follow_up: CountsOut
    close: CountsOut
    goal: GoalOut | None


class AttainmentOut(Shape):
    """How many alerts of a span were followed up and closed in time."""

    since: datetime
    until: datetime
    now: datetime
    by: Literal["rule", "holder", "team", "unit", "severity"] | None
    goal: str | None
    total: AttainmentLineOut
    groups: list[AttainmentLineOut]
