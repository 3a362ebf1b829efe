"""What stands beside an alert in a queue: the one before it, and the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from engine.alerts.alert import Alert
from engine.scope import Scope
from engine.store import schema
from engine.store.alert_filter import AlertFilter, Sort, after, cursor_of, order_of, standing_in
from engine.store.scoping import in_scope


@dataclass(frozen=True, slots=True)
class Beside:
    """The ids of the alerts before and after one, by the order of a queue; None at its ends."""

    before: str | None = None
    after: str | None = None


def beside(connection: Connection, alert: Alert, wanted: AlertFilter, sort: Sort, scope: Scope) -> Beside:
    """Return what stands beside an alert in a queue, also once the alert has left it.

    Parameters
    ----------
    wanted, sort
        Which queue, and its order.
    """
    if not wanted.is_storable:
        return Beside()
    table = schema.alert
    query = select(table.c.id).where(*in_scope(table, scope), *wanted.conditions(), *standing_in(sort, wanted.kind))
    query = query.where(table.c.id != alert.id).limit(1)
    following = query.where(*after(cursor_of(alert, sort), sort)).order_by(*order_of(sort))
    preceding = query.where(*_before(alert, sort)).order_by(*_backwards(sort))
    return Beside(connection.scalar(preceding), connection.scalar(following))


def _before(alert: Alert, sort: Sort) -> list[Any]:
    columns = schema.alert.c
    same = columns.opened_at == alert.opened_at
    if sort is Sort.NEWEST:
        newer = columns.opened_at > alert.opened_at
        return [or_(newer, and_(same, columns.id > alert.id))]
    older = or_(columns.opened_at < alert.opened_at, and_(same, columns.id < alert.id))
    urgent = columns.priority > alert.priority
    return [columns.priority >= alert.priority, or_(urgent, older)]


def _backwards(sort: Sort) -> tuple[Any, ...]:
    columns = schema.alert.c
    if sort is Sort.NEWEST:
        return columns.opened_at, columns.id
    return columns.priority, columns.opened_at.desc(), columns.id.desc()
