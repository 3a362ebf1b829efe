"""How many alerts wait: those that are not closed, counted in one pass for all queues."""

from __future__ import annotations

from collections.abc import Mapping
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
    held
        How many of them each person or team holds.
    more
        Whether further alerts wait that were not counted: each number is at least what it says.
    """

    open: int
    unheld: int
    late: int
    signals: int
    reviews: int
    more: bool
    held: Mapping[str, int]


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
        some.holder,
        func.count(),
        _sum(own),
        _sum(and_(own, or_(unreached, some.close_due < now))),
        _sum(some.kind == str(AlertKind.SIGNAL)),
    )
    rows = [(holder, *map(int, numbers)) for holder, *numbers in connection.execute(counted.group_by(some.holder))]
    every, opened, late, signals = (sum(row[place] for row in rows) for place in range(1, 5))
    return Waiting(
        open=opened,
        unheld=sum(row[2] for row in rows if row[0] is None),
        late=late,
        signals=signals,
        reviews=every - opened,
        more=every > most,
        held={row[0]: row[2] for row in rows if row[0] is not None and row[2]},
    )


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
