"""Which problems are wanted, in which order, page by page, with how many alerts belong to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select

from engine.alerts.problem import Problem, ProblemState
from engine.errors import FeedbackError
from engine.names import is_storable
from engine.scope import Scope
from engine.store import schema, schema_followup
from engine.store.problem_rows import problem_of
from engine.store.schema_base import Row
from engine.store.scoping import chunks, in_scope

TABLE = schema_followup.problem


class ProblemSort(StrEnum):
    """Newest first; or those that are open before those that are solved, and then the newest first."""

    NEWEST = "newest"
    OPEN_FIRST = "open_first"


@dataclass(frozen=True, slots=True)
class ProblemFilter:
    """Which problems are wanted; None does not ask.

    Parameters
    ----------
    topic
        About this topic, or one below it.
    unit
        In this unit, or one below it.
    holder
        Those that this person, team or receiver holds.
    search
        Those with this in their title, whatever the case of its letters.
    """

    state: ProblemState | None = None
    topic: str | None = None
    unit: str | None = None
    holder: str | None = None
    search: str | None = None

    @property
    def is_storable(self) -> bool:
        """Whether a database can be asked for it at all."""
        return all(is_storable(value) for value in astuple(self) if value is not None)

    def conditions(self) -> list[Any]:
        """Return the conditions of a query."""
        columns, found = TABLE.c, list[Any]()
        if self.state is not None:
            found.append(columns.state == str(self.state))
        if self.topic is not None:
            below = self.topic + "/"
            found.append(or_(columns.topic == self.topic, func.substr(columns.topic, 1, len(below)) == below))
        if self.unit is not None:
            found += in_scope(TABLE, Scope(self.unit))
        if self.holder is not None:
            found.append(columns.holder == self.holder)
        if self.search is not None:
            found.append(columns.title.icontains(self.search, autoescape=True))
        return found


ANY_PROBLEM = ProblemFilter()


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """Some problems in their order, and the cursor of the next page (None on the last).

    Parameters
    ----------
    linked
        How many alerts and signals that may be seen belong to each, by its id; none where it is not there.
    """

    problems: tuple[Problem, ...]
    cursor: str | None
    linked: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


def page_of(
    connection: Connection, wanted: ProblemFilter, sort: ProblemSort, limit: int, cursor: str | None, scope: Scope
) -> ProblemPage:
    """Return one page of problems.

    Raises
    ------
    FeedbackError
        If the cursor is not one that a page in this order gave.
    """
    conditions = _after(cursor, sort) if cursor is not None else []
    if not wanted.is_storable:
        return ProblemPage((), None)
    newest = (TABLE.c.created_at.desc(), TABLE.c.id.desc())
    order = (_rank(), *newest) if sort is ProblemSort.OPEN_FIRST else newest
    query = select(TABLE).where(*in_scope(TABLE, scope), *wanted.conditions(), *conditions)
    rows = connection.execute(query.order_by(*order).limit(limit + 1)).mappings().all()
    found = [problem_of(row) for row in rows[:limit]]
    linked = _linked(connection, [one.id for one in found], scope)
    return ProblemPage(tuple(found), _cursor(rows[limit - 1], sort) if len(rows) > limit else None, linked)


def _linked(connection: Connection, ids: Sequence[str], scope: Scope) -> dict[str, int]:
    alert, found = schema.alert, dict[str, int]()
    for some in chunks(ids):
        query = select(alert.c.problem, func.count()).where(alert.c.problem.in_(list(some)), *in_scope(alert, scope))
        found.update((row[0], row[1]) for row in connection.execute(query.group_by(alert.c.problem)))
    return found


def _rank() -> Any:
    return case((TABLE.c.state == str(ProblemState.OPEN), 0), else_=1)


def _cursor(last: Row, sort: ProblemSort) -> str:
    place = f"{last['created_at'].isoformat()}|{last['id']}"
    return f"{last['state']}|{place}" if sort is ProblemSort.OPEN_FIRST else place


def _after(cursor: str, sort: ProblemSort) -> list[Any]:
    """Return the conditions of everything that comes after a cursor."""
    state, place = "", cursor
    if sort is ProblemSort.OPEN_FIRST:
        state, _, place = cursor.partition("|")
    at, last = _decoded(place)
    older = or_(TABLE.c.created_at < at, and_(TABLE.c.created_at == at, TABLE.c.id < last))
    if sort is ProblemSort.NEWEST:
        return [older]
    if state not in list(ProblemState):
        raise FeedbackError("the cursor is not one that a page gave; begin without it", field="cursor")
    rank = 0 if state == ProblemState.OPEN else 1
    return [or_(_rank() > rank, and_(_rank() == rank, older))]


def _decoded(place: str) -> tuple[datetime, str]:
    at, _, last = place.partition("|")
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not is_storable(last):
            raise ValueError
    except ValueError as problem:
        raise FeedbackError("the cursor is not one that a page gave; begin without it", field="cursor") from problem
    return moment, last
