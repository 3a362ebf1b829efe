"""Fallbacks: what a receiver could not be told in time goes to another one too."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import CompoundSelect, Connection, Select, insert, or_, select, union_all

from engine.alerts.alert import HeldReason
from engine.people import Directory
from engine.program import ReceiverSpec
from engine.store import schema
from engine.store.database import Database
from engine.store.messages import DEAD, HELD, OF_ONE, PENDING, write_notifications
from engine.store.people import People
from engine.store.receiver_states import standings
from engine.store.schema_base import Row
from engine.store.schema_delivery import notification

FALLBACK = "fallback"
# Of the time until the follow-up is due; and of alerts that have no such time, as if it were a day.
SHARE = 10
NO_TARGET = timedelta(hours=24)
SOONEST = timedelta(minutes=5)
CARRIERS = ("group", "digest")
MOST = 1_000


class Fallbacks:
    """What is still undelivered of open alerts."""

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people

    def send(self, receivers: Mapping[str, ReceiverSpec], now: datetime) -> int:
        """Have fallbacks told of what is undelivered for too long, each once, and return how many messages that makes.

        A fallback that is not reached either is followed by its own.
        """
        written = 0
        for name, spec in receivers.items():
            if spec.fallback is not None and spec.fallback in receivers:
                written += self._pass_on(name, receivers[spec.fallback], now)
        return written

    def _pass_on(self, receiver: str, fallback: ReceiverSpec, now: datetime) -> int:
        with self._database.read() as connection:
            standing = standings(connection).get(receiver)
            late = _undelivered(receiver, fallback, now, stopped=standing is not None and standing.stopped is not None)
            found = [row["id"] for row in connection.execute(late).mappings() if _is_late(row, now)]
        if not found:
            return 0
        told: dict[tuple[str, str], Row] = {}
        with self._database.write() as connection:
            # Looked at again: it may have been delivered, or told of by another process, meanwhile.
            still = late.where(notification.c.id.in_(found)).with_for_update(of=notification, skip_locked=True)
            for row in connection.execute(still).mappings():
                told.setdefault((row["alert_id"], _whom(row, fallback)), row)
            directory = self._people.directory_on(connection)
            for row in told.values():
                _tell(connection, row, fallback, directory, now)
        return len(told)


def _undelivered(receiver: str, fallback: ReceiverSpec, now: datetime, *, stopped: bool) -> Select[Any]:
    """Return the query of what is pending, given up or held since the receiver stopped; not of what is muted.

    What another message was to tell of is undelivered as long as that message is, and was tried.

    Alerts that the fallback is told of already are left out; where it reaches each person, those it told that person.
    """
    alert, table, told = schema.alert, notification, notification.alias("told")
    mine = [told.c.alert_id == table.c.alert_id, told.c.receiver == fallback.name]
    mine += [told.c.recipient == table.c.recipient] if fallback.takes_address else []
    has = select(told.c.id).where(*mine).exists()
    chosen = select(table, alert.c.opened_at, alert.c.follow_up_due)
    chosen = chosen.join_from(table, alert, alert.c.id == table.c.alert_id)
    return (
        chosen.where(table.c.id.in_(_waiting_for(receiver, stopped=stopped)), alert.c.closed_at.is_(None), ~has)
        .where(table.c.kind.in_(("opened", FALLBACK)), table.c.created_at <= now - SOONEST)
        .order_by(table.c.created_at, table.c.id)
        .limit(MOST)
    )


def _waiting_for(receiver: str, *, stopped: bool) -> CompoundSelect[Any]:
    """Return the query of the ids: each part over an index, since what was told of by others is kept for ever."""
    table, group = notification, notification.alias("group")
    failed = [table.c.state == DEAD]
    if stopped:
        failed += [(table.c.state == HELD) & (table.c.held_reason == str(HeldReason.RECEIVER_STOPPED))]
    own = select(table.c.id).where(table.c.receiver == receiver)
    pending = table.c.state == PENDING
    tried = own.where(or_(*failed, pending & (table.c.attempts > 0)), table.c.kind.in_(CARRIERS))
    return union_all(
        own.where(pending, table.c.held_reason.is_(None)),
        *(own.where(one) for one in failed),
        select(table.c.id).where(table.c.carried_by.in_(tried)),
        # A digest tells of what is in its groups.
        select(table.c.id).join(group, table.c.carried_by == group.c.id).where(group.c.carried_by.in_(tried)),
    )


def _is_late(row: Row, now: datetime) -> bool:
    target = row["follow_up_due"] - row["opened_at"] if row["follow_up_due"] else NO_TARGET
    return bool(row["created_at"] + max(SOONEST, target / SHARE) <= now)


def _whom(row: Row, fallback: ReceiverSpec) -> str:
    """Return whom the fallback tells: the same person, where it reaches each by an address."""
    return str(row["recipient"]) if fallback.takes_address else fallback.name


def _address(row: Row, fallback: ReceiverSpec, directory: Directory) -> str | None:
    """Return where the fallback reaches a person: by their contact there, else at the same address."""
    if not fallback.takes_address:
        return None
    person = directory.person(row["recipient"])
    contacts = person.contacts if person else ()
    return next((address for name, address in contacts if name == fallback.name), row["address"])


def _tell(connection: Connection, row: Row, fallback: ReceiverSpec, directory: Directory, now: datetime) -> None:
    to, whom = fallback.name, _whom(row, fallback)
    unique = hashlib.sha256("\x1f".join((row["alert_id"], FALLBACK, to, whom)).encode()).hexdigest()[:24]
    body = {name: value for name, value in orjson.loads(row["message"]).items() if name not in OF_ONE}
    told = {"fallback": {"of": row["id"], "receiver": row["receiver"], "since": row["created_at"].isoformat()}}
    new = {
        "id": f"nt_fallback_{unique}",
        "alert_id": row["alert_id"],
        "kind": FALLBACK,
        "severity": row["severity"],
        "recipient": whom,
        "receiver": to,
        "address": _address(row, fallback, directory),
        "state": PENDING,
        "message": orjson.dumps(body | told).decode(),
        "created_at": now,
        "due_at": now,
        "attempts": 0,
    }
    write_notifications(connection, [new])
    why = f"{row['receiver']} was not reached by {row['id']}: {to} is told too"
    event = {"alert_id": row["alert_id"], "at": now, "kind": FALLBACK, "who": "heedful", "why": why}
    connection.execute(insert(schema.alert_event), event)
