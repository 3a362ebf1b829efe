"""How many alerts wait: those that are not closed, counted in one pass for all queues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select

from engine.alerts.alert import AlertKind
from engine.scope import Scope
from engine.store import schema
from engine.store.alert_filter import Sort, order_of
from engine.store.scoping import in_scope


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many alerts wait.

    Parameters
    ----------
    open
        All but reviews; ``unheld``, ``late`` and ``signals`` are of these.
    more
        Whether further alerts wait that were not counted: each number is at least what it says.
    """

    open: int
    unheld: int
    late: int
    signals: int
    reviews: int
    more: bool


def waiting(connection: Connection, now: datetime, most: int, scope: Scope) -> Waiting:
    """Return how many alerts wait, among the first so many of the queue."""
    alert = schema.alert.c
    needed = (alert.kind, alert.holder, alert.followed_up_at, alert.follow_up_due, alert.close_due)
    query = select(*needed).where(alert.closed_at.is_(None), *in_scope(schema.alert, scope))
    some = query.order_by(*order_of(Sort.PRIORITY)).limit(most + 1).subquery().c
    # Reviews have a queue of their own.
    own = some.kind != str(AlertKind.REVIEW)
    unreached = and_(some.followed_up_at.is_(None), some.follow_up_due < now)
    counted = select(
        func.count().label("all"),
        _sum(own).label("open"),
        _sum(and_(own, some.holder.is_(None))).label("unheld"),
        _sum(and_(own, or_(unreached, some.close_due < now))).label("late"),
        _sum(some.kind == str(AlertKind.SIGNAL)).label("signals"),
    )
    row = connection.execute(counted).mappings().one()
    found = {name: int(row[name] or 0) for name in ("open", "unheld", "late", "signals")}
    return Waiting(**found, reviews=row["all"] - found["open"], more=row["all"] > most)


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
