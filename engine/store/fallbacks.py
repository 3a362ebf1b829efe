"""Fallbacks: what a receiver could not be told in time goes to another one too."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, FromClause, Select, insert, or_, select

from engine.alerts.alert import HeldReason
from engine.program import ReceiverSpec
from engine.store import schema
from engine.store.codec import Row
from engine.store.database import Database
from engine.store.messages import DEAD, HELD, PENDING, SENT, write_notifications
from engine.store.schema_delivery import notification

FALLBACK = "fallback"
# Of the time until the follow-up is due; and of alerts that have no such time, as if it were a day.
SHARE = 10
NO_TARGET = timedelta(hours=24)
SOONEST = timedelta(minutes=5)
MOST = 1_000


class Fallbacks:
    """What is still undelivered of open alerts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def send(self, receivers: Mapping[str, ReceiverSpec], now: datetime) -> int:
        """Have fallbacks told of what is undelivered for too long, each once, and return how many messages that makes.

        A fallback that is not reached either is followed by its own.
        """
        written = 0
        for name, spec in receivers.items():
            if spec.fallback is not None and spec.fallback in receivers:
                written += self._pass_on(name, spec.fallback, now)
        return written

    def _pass_on(self, receiver: str, fallback: str, now: datetime) -> int:
        late = _undelivered(receiver, fallback, now)
        with self._database.read() as connection:
            found = [row["id"] for row in connection.execute(late).mappings() if _is_late(row, now)]
        if not found:
            return 0
        told: dict[str, Row] = {}
        with self._database.write() as connection:
            # Looked at again: it may have been delivered, or told of by another process, meanwhile.
            still = late.where(notification.c.id.in_(found)).with_for_update(of=notification, skip_locked=True)
            for row in connection.execute(still).mappings():
                told.setdefault(row["alert_id"], row)
            for row in told.values():
                _tell(connection, row, fallback, now)
        return len(told)


def _undelivered(receiver: str, fallback: str, now: datetime) -> Select[Any]:
    """Return the query of what is pending, given up or held since the receiver stopped; not of what is muted.

    What another message was to tell of is undelivered as long as that message is, and was tried.

    Alerts that the fallback is told of already are left out.
    """
    alert, table = schema.alert, notification
    told, carrier = notification.alias("told"), notification.alias("carrier")
    tried = (carrier.c.id == table.c.carried_by) & or_(_failed(carrier), carrier.c.attempts > 0)
    waiting = (table.c.state == PENDING) & table.c.held_reason.is_(None)
    carried = (table.c.state == HELD) & select(carrier.c.id).where(tried, carrier.c.state != SENT).exists()
    undelivered: ColumnElement[bool] = or_(waiting, _failed(table), carried)
    has = select(told.c.id).where(told.c.alert_id == table.c.alert_id, told.c.receiver == fallback).exists()
    chosen = select(table, alert.c.opened_at, alert.c.follow_up_due)
    chosen = chosen.join_from(table, alert, alert.c.id == table.c.alert_id)
    return (
        chosen.where(table.c.receiver == receiver, undelivered, alert.c.closed_at.is_(None), ~has)
        .where(table.c.kind.in_(("opened", FALLBACK)), table.c.created_at <= now - SOONEST)
        .order_by(table.c.created_at, table.c.id)
        .limit(MOST)
    )


def _failed(table: FromClause) -> ColumnElement[bool]:
    """Return the condition that a notification was given up, or is held since its receiver stopped."""
    stopped = (table.c.state == HELD) & (table.c.held_reason == str(HeldReason.RECEIVER_STOPPED))
    return or_(table.c.state == DEAD, stopped)


def _is_late(row: Row, now: datetime) -> bool:
    target = row["follow_up_due"] - row["opened_at"] if row["follow_up_due"] else NO_TARGET
    return bool(row["created_at"] + max(SOONEST, target / SHARE) <= now)


def _tell(connection: Connection, row: Row, to: str, now: datetime) -> None:
    unique = hashlib.sha256(f"{row['alert_id']}\x1f{FALLBACK}\x1f{to}".encode()).hexdigest()[:24]
    told = {"fallback": {"of": row["id"], "receiver": row["receiver"], "since": row["created_at"].isoformat()}}
    new = {
        "id": f"nt_fallback_{unique}",
        "alert_id": row["alert_id"],
        "kind": FALLBACK,
        "severity": row["severity"],
        "recipient": to,
        "receiver": to,
        "state": PENDING,
        "message": orjson.dumps(orjson.loads(row["message"]) | told).decode(),
        "created_at": now,
        "due_at": now,
        "attempts": 0,
    }
    write_notifications(connection, [new])
    why = f"{row['receiver']} was not reached by {row['id']}: {to} is told too"
    event = {"alert_id": row["alert_id"], "at": now, "kind": FALLBACK, "who": "heedful", "why": why}
    connection.execute(insert(schema.alert_event), event)
