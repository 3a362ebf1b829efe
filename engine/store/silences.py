"""Silences: begun, ended, and their ends told of once."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from engine.alerts.alert import HeldReason
from engine.alerts.matching import matching_from_dict
from engine.alerts.severity import Severity
from engine.alerts.silence import Silence
from engine.errors import ConflictError, FeedbackError, ForbiddenError, NotFoundError
from engine.names import is_storable, show
from engine.scope import EVERYTHING, Scope
from engine.store import schema, schema_delivery
from engine.store.database import Database
from engine.store.messages import HELD, PENDING, write_notifications
from engine.store.problems import LONGEST_WAIT, is_confined
from engine.store.recently import Recently
from engine.store.schema_base import Row

AS_IT_IS = ("id", "author", "reason", "created_at", "starts_at", "ends_at", "ended_by", "noticed_at")
MOST_TOLD = 10
ENDED = "silence_ended"
BATCH = 500
# Another process may hold messages back by a silence for a second after it was ended.
GRACE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Address:
    """Whom a message was for, and where it would have gone."""

    recipient: str
    receiver: str
    address: str | None


class Silences:
    """The silences of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: Recently[Silence] = Recently(database, _read_unended)

    def add(self, silence: Silence, scope: Scope = EVERYTHING) -> Silence:
        """Begin a silence.

        Raises
        ------
        ForbiddenError
            If it would keep alerts quiet that are not surely in scope.
        """
        if not is_confined(silence.matching, scope):
            raise ForbiddenError(f"this key is for {scope.unit} only: let matching name that unit, or units below it")
        with self._database.write() as connection:
            connection.execute(schema_delivery.silence.insert(), _row(silence))
        self._waiting.forget()
        return silence

    def end(self, silence_id: str, who: str, now: datetime, scope: Scope = EVERYTHING) -> Silence:
        """End a silence before its time.

        Raises
        ------
        NotFoundError
            If there is none, or it is out of scope.
        ConflictError
            If it has ended already.
        """
        table = schema_delivery.silence
        with self._database.write() as connection:
            row = connection.execute(_one(silence_id).with_for_update()).mappings().first()
            silence = _seen(row, silence_id, scope)
            if silence.ends_at <= now:
                raise ConflictError(f"silence {silence.id} ended at {silence.ends_at:%Y-%m-%d %H:%M} UTC already")
            ended = replace(silence, ends_at=now, ended_by=who)
            change = update(table).where(table.c.id == silence.id)
            connection.execute(change.values(ends_at=ended.ends_at, ended_by=who))
        self._waiting.forget()
        return ended

    def get(self, silence_id: str, scope: Scope = EVERYTHING) -> Silence:
        """Return a silence.

        Raises
        ------
        NotFoundError
            If there is none, or it is out of scope.
        """
        with self._database.read() as connection:
            row = connection.execute(_one(silence_id)).mappings().first()
        return _seen(row, silence_id, scope)

    def page(
        self, now: datetime, *, ended: bool = False, limit: int = 100, after: str = "", scope: Scope = EVERYTHING
    ) -> list[Silence]:
        """Return silences by when they were made, the newest first.

        Parameters
        ----------
        ended
            Whether those that have ended are wanted too.
        after
            The last one of the page before.

        Raises
        ------
        FeedbackError
            If the page before had no such silence.
        """
        table = schema_delivery.silence
        query = select(table).order_by(table.c.created_at.desc(), table.c.id.desc())
        if not ended:
            query = query.where(table.c.ends_at > now)
        found: list[Silence] = []
        passed = after == ""
        with self._database.read() as connection:
            for row in connection.execute(query).mappings():
                silence = silence_of(row)
                if passed and is_confined(silence.matching, scope):
                    found.append(silence)
                passed = passed or silence.id == after
                if len(found) == limit:
                    break
        if not passed:
            raise FeedbackError("the cursor is not one that a page gave; begin without it", field="cursor")
        return found

    def active(self, now: datetime, connection: Connection | None = None) -> tuple[Silence, ...]:
        """Return the silences that keep messages quiet, the oldest first; at most a second old.

        Parameters
        ----------
        connection
            Of a transaction that is open already; without one a reader's.
        """
        return tuple(one for one in self._waiting.look(now, connection) if one.is_active(now))

    def tell_ended(self, now: datetime) -> int:
        """Tell of each silence that has ended, once, those whose messages it held back; return how many messages.

        A silence that held nothing back is told of to nobody.
        """
        table = schema_delivery.silence
        due = select(table).where(table.c.ends_at <= now - GRACE, table.c.noticed_at.is_(None))
        due = due.order_by(table.c.ends_at).limit(BATCH)
        with self._database.read() as connection:
            ended = [silence_of(row) for row in connection.execute(due).mappings()]
        return sum(self._tell(silence, now) for silence in ended)

    def _tell(self, silence: Silence, now: datetime) -> int:
        table = schema_delivery.silence
        # Who sets the moment tells of it; a second process finds it set, or waits here until it is.
        first = update(table).where(table.c.id == silence.id, table.c.noticed_at.is_(None)).values(noticed_at=now)
        with self._database.write() as connection:
            if connection.execute(first).rowcount == 0:
                return 0
            held = connection.execute(_held_by(silence)).mappings().all()
            notices = [_notice(silence, to, rows, now) for to, rows in _by_address(held).items()]
            write_notifications(connection, notices)
        return len(notices)


def silence_of(row: Row) -> Silence:
    """Return the silence of a row."""
    return Silence(matching=matching_from_dict(json.loads(row["matching"])), **{name: row[name] for name in AS_IT_IS})


def _row(silence: Silence) -> dict[str, Any]:
    values = {name: getattr(silence, name) for name in AS_IT_IS}
    return values | {"matching": json.dumps(silence.matching.as_dict())}


def _one(silence_id: str) -> Any:
    table = schema_delivery.silence
    return select(table).where(table.c.id == (silence_id if is_storable(silence_id) else ""))


def _seen(row: Row | None, silence_id: str, scope: Scope) -> Silence:
    silence = silence_of(row) if row is not None else None
    if silence is None or not is_confined(silence.matching, scope):
        raise NotFoundError(f"there is no silence {show(silence_id)}, or this key may not see it")
    return silence


def _read_unended(connection: Connection, now: datetime) -> tuple[Silence, ...]:
    table = schema_delivery.silence
    query = select(table).where(table.c.ends_at > now).order_by(table.c.created_at, table.c.id)
    return tuple(silence_of(row) for row in connection.execute(query).mappings())


def _held_by(silence: Silence) -> Any:
    """Return the query of the messages that a silence held back, with their alerts."""
    notification, alert = schema_delivery.notification, schema.alert
    wanted = ("id", "title", "rule", "severity", "state", "closed_at", "unit", "priority", "opened_at")
    return (
        select(
            *(notification.c[name] for name in ("recipient", "receiver", "address")),
            *(alert.c[name].label(f"alert_{name}") for name in wanted),
        )
        .join_from(notification, alert, notification.c.alert_id == alert.c.id)
        .where(notification.c.state == HELD, notification.c.due_at >= silence.starts_at - LONGEST_WAIT)
        .where(notification.c.held_reason == str(HeldReason.SILENCE), notification.c.held_by == silence.id)
        .order_by(alert.c.priority.desc(), alert.c.opened_at, alert.c.id)
    )


def _by_address(rows: Iterable[Row]) -> dict[Address, list[Row]]:
    """Return the messages by whom they were for; an alert that somebody has twice counts once."""
    found: dict[Address, dict[str, Row]] = {}
    for row in rows:
        to = Address(row["recipient"], row["receiver"], row["address"])
        found.setdefault(to, {})[row["alert_id"]] = row
    return {to: list(alerts.values()) for to, alerts in found.items()}


def _notice(silence: Silence, to: Address, rows: Sequence[Row], now: datetime) -> dict[str, Any]:
    """Return the row of the notification that tells one receiver what a silence kept quiet."""
    still_open = [row for row in rows if row["alert_closed_at"] is None]
    message = {
        "type": "silence.ended",
        "silence": silence.as_dict() | {"noticed_at": now.isoformat()},
        "alerts": len(rows),
        "open": len(still_open),
        "by_rule": dict(Counter(row["alert_rule"] for row in rows).most_common(MOST_TOLD)),
        # Those that still wait for somebody come first, the most urgent of them at the top.
        "top": [_told(row) for row in sorted(rows, key=lambda row: row["alert_closed_at"] is not None)[:MOST_TOLD]],
    }
    return {
        "id": f"nt_{silence.id}_{_place(to)}",
        "alert_id": None,
        "kind": ENDED,
        "severity": max((row["alert_severity"] for row in rows), key=lambda severity: Severity(severity).rank),
        "recipient": to.recipient,
        "receiver": to.receiver,
        "address": to.address,
        "state": PENDING,
        "message": json.dumps(message, ensure_ascii=False),
        "created_at": now,
        "due_at": now,
        "attempts": 0,
    }


def _told(row: Row) -> dict[str, Any]:
    told = {name: row[f"alert_{name}"] for name in ("id", "title", "rule", "severity", "state", "unit", "priority")}
    return told | {"opened_at": row["alert_opened_at"].isoformat()}


def _place(to: Address) -> str:
    """Return a short name of an address: one silence tells each address once."""
    return hashlib.sha256("\x1f".join((to.recipient, to.receiver, to.address or "")).encode()).hexdigest()[:12]
