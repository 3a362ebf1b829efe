"""Which alerts are wanted, in which order, and where the next page goes on."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, exists, or_

from engine.alerts.alert import Alert, AlertKind
from engine.errors import FeedbackError
from engine.names import is_storable
from engine.scope import Scope
from engine.store import schema
from engine.store.alert_words import finds
from engine.store.scoping import in_scope


class Sort(StrEnum):
    """Newest first; or as a queue of what is not closed, by priority, and the oldest first where that is equal.

    Reviews have a queue of their own: they are in a queue only where that kind is asked for.
    """

    NEWEST = "newest"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts are wanted; None does not ask.

    Parameters
    ----------
    states
        Those in one of these.
    unit
        A unit and everything below it.
    customers
        Those of one of these.
    since, until
        Opened at or after, and before.
    holders
        Those that one of these people and teams holds.
    overdue_at
        Not closed, and past due at this moment: for the first follow-up, or for closing.
    severities
        Of one of these.
    unheld
        Those that nobody holds.
    unlinked
        Those that are linked to no problem.
    topics
        Those about one of these topics, by their leaves.
    search
        Those of this customer, alert or feedback by its id; or where the customer said all of these words.
    named
        Under which names the customer that is searched for is or was stored.
    """

    rule: str | None = None
    severity: str | None = None
    states: tuple[str, ...] | None = None
    kind: str | None = None
    unit: str | None = None
    customers: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    holders: tuple[str, ...] | None = None
    team: str | None = None
    problem: str | None = None
    overdue_at: datetime | None = None
    severities: tuple[str, ...] | None = None
    unheld: bool = False
    unlinked: bool = False
    topics: tuple[str, ...] | None = None
    search: str | None = None
    named: tuple[str, ...] = ()

    @property
    def is_storable(self) -> bool:
        """Whether a database can be asked for it at all."""
        asked = [
            *(value for value in astuple(self) if isinstance(value, str)),
            *(self.holders or ()),
            *(self.customers or ()),
            *(self.topics or ()),
            *self.named,
        ]
        return all(map(is_storable, asked))

    def conditions(self) -> list[Any]:
        """Return the conditions of a query."""
        columns = schema.alert.c
        found: list[Any] = [
            columns[name] == value
            for name in ("rule", "severity", "kind", "team", "problem")
            if (value := getattr(self, name)) is not None
        ]
        if self.states is not None:
            found.append(columns.state.in_(self.states))
        if self.holders is not None:
            found.append(_one_of(columns.holder, self.holders))
        if self.customers is not None:
            found.append(_one_of(columns.customer, self.customers))
        if self.unit is not None:
            found += in_scope(schema.alert, Scope(self.unit))
        if self.since is not None:
            found.append(columns.opened_at >= self.since)
        if self.until is not None:
            found.append(columns.opened_at < self.until)
        if self.overdue_at is not None:
            found += _overdue(self.overdue_at)
        if self.severities is not None:
            found.append(columns.severity.in_(self.severities))
        if self.unheld:
            found.append(columns.holder.is_(None))
        if self.unlinked:
            found.append(columns.problem.is_(None))
        if self.topics is not None:
            found.append(_about(self.topics))
        if self.search is not None and self.search.strip():
            found.append(finds(self.search.strip(), self.named))
        return found


def _one_of(column: Any, values: Sequence[str]) -> Any:
    """Return a test that an index on the column can also sort by, where there is one value."""
    return column == values[0] if len(values) == 1 else column.in_(values)


def _about(topics: Sequence[str]) -> Any:
    label = schema.reading_label
    one_of = (label.c.sequence == schema.alert.c.sequence, label.c.task == "topic", label.c.label.in_(topics))
    return exists().where(*one_of)


def _overdue(now: datetime) -> list[Any]:
    columns = schema.alert.c
    unreached = and_(columns.followed_up_at.is_(None), columns.follow_up_due < now)
    return [columns.closed_at.is_(None), or_(unreached, columns.close_due < now)]


def order_of(sort: Sort) -> tuple[Any, ...]:
    """Return the order of a query."""
    columns = schema.alert.c
    if sort is Sort.PRIORITY:
        return columns.priority.desc(), columns.opened_at, columns.id
    return columns.opened_at.desc(), columns.id.desc()


def standing_in(sort: Sort, kind: str | None) -> list[Any]:
    """Return the conditions that an order brings along: a queue has only what is not closed, and reviews their own."""
    if sort is Sort.NEWEST:
        return []
    reviews = [schema.alert.c.kind != str(AlertKind.REVIEW)] if kind is None else []
    return [schema.alert.c.closed_at.is_(None), *reviews]


def after(cursor: str, sort: Sort) -> list[Any]:
    """Return the conditions of everything that comes after a cursor.

    Raises
    ------
    FeedbackError
        If the cursor is not one that a page in this order gave.
    """
    columns = schema.alert.c
    if sort is Sort.NEWEST:
        opened_at, last = _decoded(cursor, (str, str))
        older = and_(columns.opened_at == opened_at, columns.id < last)
        return [columns.opened_at <= opened_at, or_(columns.opened_at < opened_at, older)]
    priority, opened_at, last = _decoded(cursor, (int, str, str))
    newer = or_(columns.opened_at > opened_at, and_(columns.opened_at == opened_at, columns.id > last))
    # The first condition is in the second: it is where the index begins.
    return [columns.priority <= priority, or_(columns.priority < priority, newer)]


def cursor_of(alert: Alert, sort: Sort) -> str:
    """Return where the page after an alert goes on."""
    place: list[Any] = [alert.opened_at.isoformat(), alert.id]
    body = json.dumps([alert.priority, *place] if sort is Sort.PRIORITY else place)
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def _decoded(cursor: str, kinds: tuple[type, ...]) -> list[Any]:
    """Return what a cursor holds, its last but one value as a moment."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if not isinstance(values, list) or tuple(map(type, values)) != kinds or not is_storable(values[-1]):
            raise ValueError
        moment = datetime.fromisoformat(values[-2])
        if moment.tzinfo is None or (kinds[0] is int and abs(values[0]) >= 2**31):
            raise ValueError
    except (ValueError, TypeError, binascii.Error) as problem:
        raise FeedbackError("the cursor is not one that a page gave; begin without it", field="cursor") from problem
    return [*values[:-2], moment, values[-1]]
