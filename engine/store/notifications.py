"""Notifications, listed, looked up, sent again and dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Select, insert, select, update

from engine.alerts.alert import HeldReason
from engine.errors import ConflictError, FeedbackError, NotFoundError
from engine.names import is_storable, show
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.database import NOTIFIES, Database
from engine.store.messages import AT_ONCE, DEAD, HELD, PENDING, SENT
from engine.store.schema_base import Row
from engine.store.schema_delivery import notification as table
from engine.store.schema_delivery import notification_attempt as tries
from engine.store.scoping import chunks, in_scope

DROPPED = "dropped"
MOST = 1_000


@dataclass(frozen=True, slots=True)
class NotificationFilter:
    """Which notifications are wanted; None does not ask."""

    state: str | None = None
    receiver: str | None = None
    alert: str | None = None


class Notifications:
    """The notifications of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        wanted: NotificationFilter,
        *,
        limit: int = 100,
        cursor: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return notifications without their messages, in the order of their ids, and the cursor of the next page.

        A scope that is a unit sees those of its alerts only.
        """
        if not all(is_storable(value) for value in (*astuple(wanted), cursor) if value is not None):
            return [], None
        query = _scoped(scope).where(*_conditions(wanted), *([table.c.id > cursor] if cursor else []))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(table.c.id).limit(limit + 1)).mappings().all()
            found = told_of(connection, rows[:limit])
        return found, found[-1]["id"] if len(rows) > limit else None

    def one(self, notification_id: str, scope: Scope = EVERYTHING) -> dict[str, Any]:
        """Return a notification with its message and its attempts.

        Raises
        ------
        NotFoundError
            If there is none, or it is out of scope.
        """
        with self._database.read() as connection:
            row = _found(connection, notification_id, scope)
            return told_of(connection, [row])[0] | {"message": orjson.loads(row["message"])}

    def retry(self, notification_id: str, who: str, now: datetime, scope: Scope = EVERYTHING) -> dict[str, Any]:
        """Have a notification sent now: one more try of what was given up, and what was held or waits, unmuted.

        A message that was to tell of it tells of it no more, unless it was sent already.

        Raises
        ------
        ConflictError
            If it was sent, or is being sent.
        """
        with self._database.write() as connection:
            row = _open(connection, notification_id, scope)
            _retry(connection, row, who, now)
            return told_of(connection, [_found(connection, notification_id, scope)])[0]

    def retry_all(self, wanted: NotificationFilter, who: str, now: datetime) -> int:
        """Have given up or held notifications of a filter sent now, at most `MOST`, and return how many they are."""
        query = _scoped(EVERYTHING).where(*_conditions(wanted), table.c.state.in_((DEAD, HELD)))
        with self._database.write() as connection:
            rows = connection.execute(query.order_by(table.c.id).limit(MOST).with_for_update(of=table)).mappings().all()
            for row in rows:
                _retry(connection, row, who, now)
        return len(rows)

    def drop(
        self, notification_id: str, who: str, why: str, now: datetime, scope: Scope = EVERYTHING
    ) -> dict[str, Any]:
        """Have a notification never sent.

        Raises
        ------
        FeedbackError
            If the reason has a character that cannot be stored.
        ConflictError
            If it was sent, or is being sent.
        """
        if not is_storable(why):
            raise FeedbackError("why has a character that cannot be stored", field="why")
        with self._database.write() as connection:
            row = _open(connection, notification_id, scope)
            gone = {"state": DROPPED, "held_reason": None, "held_by": None, "finished_at": now}
            connection.execute(update(table).where(table.c.id == row["id"]).values(gone))
            _noted(connection, row, "notification_dropped", who, why, now)
            return told_of(connection, [_found(connection, notification_id, scope)])[0]


def told_of(connection: Connection, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return notifications with their attempts as plain JSON values, without their messages."""
    attempts: dict[str, list[dict[str, Any]]] = {}
    for some in chunks([row["id"] for row in rows]):
        theirs = select(tries).where(tries.c.notification_id.in_(list(some))).order_by(tries.c.number)
        for one in connection.execute(theirs).mappings():
            attempts.setdefault(one["notification_id"], []).append(_attempt(one))
    return [_told(row, attempts.get(row["id"], [])) for row in rows]


def _told(row: Row, attempts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "alert": row["alert_id"],
        "kind": row["kind"],
        "recipient": row["recipient"],
        "receiver": row["receiver"],
        "state": row["state"],
        "held_reason": row["held_reason"],
        "held_by": row["held_by"],
        "carried_by": row["carried_by"],
        "created_at": row["created_at"].isoformat(),
        "due_at": row["due_at"].isoformat(),
        "attempts": attempts,
    }


def _attempt(row: Row) -> dict[str, Any]:
    told = {name: row[name] for name in ("number", "outcome", "detail")}
    return told | {"at": row["at"].isoformat()}


def _scoped(scope: Scope) -> Select[Any]:
    alert = schema.alert
    if scope.unit is None:
        return select(table)
    return select(table).join_from(table, alert, alert.c.id == table.c.alert_id).where(*in_scope(alert, scope))


def _conditions(wanted: NotificationFilter) -> list[Any]:
    asked: Mapping[str, str | None] = {
        "state": wanted.state,
        "receiver": wanted.receiver,
        "alert_id": wanted.alert,
    }
    return [table.c[name] == value for name, value in asked.items() if value is not None]


def _found(connection: Connection, notification_id: str, scope: Scope, *, lock: bool = False) -> Row:
    query = _scoped(scope).where(table.c.id == notification_id)
    query = query.with_for_update(of=table) if lock else query
    row = connection.execute(query).mappings().first() if is_storable(notification_id) else None
    if row is None:
        raise NotFoundError(f"there is no notification {show(notification_id)}, or this key may not see it")
    return row


def _open(connection: Connection, notification_id: str, scope: Scope) -> Row:
    """Return a notification that can still be changed, and is by nobody else meanwhile."""
    row = _found(connection, notification_id, scope, lock=True)
    if row["state"] == SENT or row["claimed_by"] is not None:
        raise ConflictError(f"notification {row['id']} was sent already, or is being sent at this moment")
    if row["held_reason"] == HeldReason.ERASED:
        raise ConflictError(f"notification {row['id']} was erased: there is nothing left to send")
    return row


def _retry(connection: Connection, row: Row, who: str, now: datetime) -> None:
    message = orjson.dumps(orjson.loads(row["message"]) | {AT_ONCE: True}).decode()
    due = {"state": PENDING, "held_reason": None, "held_by": None, "carried_by": None, "due_at": now}
    due["message"] = message
    connection.execute(update(table).where(table.c.id == row["id"]).values(due | {"finished_at": None}))
    connection.info[NOTIFIES] = True
    _noted(connection, row, "notification_retried", who, f"it was {row['state']}", now)


def _noted(connection: Connection, row: Row, kind: str, who: str, why: str, now: datetime) -> None:
    if row["alert_id"] is not None:
        data = orjson.dumps({"notification": row["id"], "receiver": row["receiver"], "from": row["state"]}).decode()
        event = {"alert_id": row["alert_id"], "at": now, "kind": kind, "who": who, "why": why, "data": data}
        connection.execute(insert(schema.alert_event), event)
