"""What links alerts and signals to a problem: on the alert, in its history, and with its next version."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from engine.errors import ConflictError, NotFoundError
from engine.names import is_storable, show
from engine.scope import Scope
from engine.store import schema
from engine.store.records import chunks, in_scope


def link(
    connection: Connection,
    problem_id: str,
    alerts: Sequence[str],
    who: str,
    now: datetime,
    scope: Scope,
    why: str = "",
) -> list[str]:
    """Link alerts to a problem, and return those that were not linked to it before.

    Raises
    ------
    NotFoundError
        If one of them is not there, or out of scope.
    ConflictError
        If one of them is linked to another problem.
    """
    found = _problems_of(connection, alerts, scope)
    for alert, linked in found.items():
        if linked not in (None, problem_id):
            raise ConflictError(f"alert {alert} is linked to problem {linked}; unlink it there first")
    fresh = [alert for alert, linked in found.items() if linked is None]
    _set(connection, fresh, problem_id, _events(fresh, "problem_linked", problem_id, who, now, why))
    return fresh


def unlink(
    connection: Connection, problem_id: str, alerts: Sequence[str], who: str, now: datetime, scope: Scope, why: str
) -> None:
    """Take alerts off a problem.

    Raises
    ------
    NotFoundError
        If one of them is not there, or out of scope.
    ConflictError
        If one of them is not linked to it.
    """
    found = _problems_of(connection, alerts, scope)
    for alert, linked in found.items():
        if linked != problem_id:
            raise ConflictError(f"alert {alert} is not linked to problem {problem_id}")
    _set(connection, list(found), None, _events(list(found), "problem_unlinked", problem_id, who, now, why))


def _problems_of(connection: Connection, alerts: Sequence[str], scope: Scope) -> dict[str, str | None]:
    """Return the problem of each alert; the alerts stay as they are until the transaction ends."""
    table = schema.alert
    found: dict[str, str | None] = {}
    # In one order, so that two who link the same alerts wait for each other and not both.
    for some in chunks(sorted({alert for alert in alerts if is_storable(alert)})):
        query = select(table.c.id, table.c.problem).where(table.c.id.in_(list(some)), *in_scope(table, scope))
        found |= {row.id: row.problem for row in connection.execute(query.order_by(table.c.id).with_for_update())}
    for alert in alerts:
        if alert not in found:
            raise NotFoundError(f"there is no alert {show(alert)}, or this key may not see it")
    return found


def _set(
    connection: Connection, alerts: Sequence[str], problem_id: str | None, events: Sequence[dict[str, Any]]
) -> None:
    table = schema.alert
    for some in chunks(alerts):
        values = {"problem": problem_id, "version": table.c.version + 1}
        connection.execute(update(table).where(table.c.id.in_(list(some))).values(values))
    if events:
        connection.execute(schema.alert_event.insert(), list(events))


def _events(
    alerts: Sequence[str], kind: str, problem_id: str, who: str, now: datetime, why: str
) -> list[dict[str, Any]]:
    data = json.dumps({"problem": problem_id})
    return [{"alert_id": alert, "at": now, "kind": kind, "who": who, "why": why, "data": data} for alert in alerts]
