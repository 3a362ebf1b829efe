"""Mutes at the moment of sending: what is due is held back, put off, or told of by another message.

The transaction that claims notifications asks here which of them are sent. A message that combines others (a group, a
digest) is a notification of its own, its carrier; what it tells of is put together when it is claimed, so nothing is
added to what is being sent or was tried before.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, text, update

from engine.alerts.alert import HeldReason
from engine.alerts.matching import Subject, subject_from_dict
from engine.alerts.severity import Severity
from engine.delivery.permitted import OF_MUTES
from engine.delivery.stages import DIGEST, GROUP, Carry, Due, Hold, Send, Stages, Verdict, Wait
from engine.people import Directory
from engine.program import Program
from engine.store import schema, schema_delivery
from engine.store.messages import AT_ONCE, HELD, PENDING, SENT
from engine.store.schema_base import Row
from engine.store.scoping import chunks
from engine.store.store import Store

# Any constant will do: processes that combine messages do so one after the other.
GATHER_LOCK = 4_817_203
CARRIERS = frozenset({GROUP, DIGEST})
MOST_ITEMS = 200

table = schema_delivery.notification


@dataclass(frozen=True)
class Mutes:
    """What keeps due notifications of a store from being sent, under one program."""

    store: Store
    program: Program

    def settle(self, connection: Connection, rows: Sequence[Row], now: datetime) -> list[dict[str, Any]]:
        """Decide what becomes of due notifications, write what is not sent, and return what is.

        Parameters
        ----------
        rows
            Pending notifications that this transaction holds the locks of.

        Returns
        -------
        list[dict[str, Any]]
            Those to send, in their order; carriers with what they tell of.
        """
        dues = {row["id"]: due_of(row) for row in rows}
        self._one_at_a_time(connection, list(dues.values()))
        settling = _Settling(connection, self, now)
        # Carriers first, so that nothing is added to one that is being sent.
        for row in sorted(rows, key=lambda row: row["kind"] not in CARRIERS):
            settling.take(dues[row["id"]])
        settling.write()
        filled = [settling.filled(row) for row in rows if row["id"] in settling.sent]
        return [row for row in filled if row is not None]

    def _one_at_a_time(self, connection: Connection, dues: Sequence[Due]) -> None:
        """Let transactions that combine messages, or count a budget, run one after the other."""
        if connection.dialect.name == "postgresql" and any(map(self._gathers, dues)):
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": GATHER_LOCK})

    def _gathers(self, due: Due) -> bool:
        spec = self.program.receivers.get(due.receiver)
        return due.group is not None or (spec is not None and spec.budget is not None)

    def decide(self, connection: Connection, due: Due, now: datetime) -> Verdict:
        """Return what would become of a notification now; nothing is written."""
        return Stages(self.program.receivers, _Lookups(connection, self, now)).decide(due, now)


def due_of(row: Row) -> Due:
    """Return a notification of the store as stages see it."""
    told = orjson.loads(row["message"])
    subject = told.get("subject")
    return Due(
        id=row["id"],
        kind=row["kind"],
        severity=Severity(row["severity"]),
        recipient=row["recipient"] or row["receiver"],
        receiver=row["receiver"],
        address=row["address"],
        attempts=row["attempts"],
        subject=subject_from_dict(subject) if subject else None,
        group=told.get("group") if row["kind"] not in CARRIERS else None,
        at_once=told.get(AT_ONCE, False),
    )


@dataclass
class _Lookups:
    """What stages ask, answered inside one transaction."""

    connection: Connection
    mutes: Mutes
    now: datetime
    sending: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        store = self.mutes.store
        self._silences = store.silences.active(self.now, self.connection)
        self._problems = store.problems.inhibiting(self.now, self.connection)
        self._directory: Directory | None = None
        self._counted: dict[tuple[str, str], int] = {}

    def silence(self, subject: Subject) -> str | None:
        """Return the silence that keeps a subject quiet, or None."""
        return next((one.id for one in self._silences if one.matching.fits(subject)), None)

    def problem(self, subject: Subject) -> str | None:
        """Return the open problem that keeps a subject quiet, or None."""
        return next((one.problem for one in self._problems if one.matching.fits(subject)), None)

    def zone(self, recipient: str) -> ZoneInfo | None:
        """Return the time zone of a person's own calendar, or None."""
        if self._directory is None:
            self._directory = self.mutes.store.people.directory_on(self.connection)
        person = self._directory.person(recipient)
        calendars = self.mutes.program.targets.calendars.by_name
        calendar = calendars.get(person.calendar) if person and person.calendar else None
        return calendar.zone if calendar else None

    def told_at(self, gathers: str) -> datetime | None:
        """Return when a group was last sent, or None."""
        last = select(func.max(table.c.finished_at)).where(table.c.gathers == gathers, table.c.state == SENT)
        found: datetime | None = self.connection.scalar(last)
        return found

    def used(self, due: Due, since: datetime) -> int:
        """Return how many messages a recipient was sent at a receiver since a moment, or is being sent."""
        key = (due.recipient, due.receiver)
        if key not in self._counted:
            mine = (table.c.recipient == due.recipient) & (table.c.receiver == due.receiver)
            sent = (table.c.state == SENT) & (table.c.finished_at >= since)
            sending = (table.c.state == PENDING) & table.c.claimed_by.is_not(None)
            count = select(func.count()).select_from(table).where(mine, or_(sent, sending))
            self._counted[key] = self.connection.scalar(count) or 0
        return self._counted[key] + self.sending[key]


class _Settling:
    """One transaction's decisions."""

    def __init__(self, connection: Connection, mutes: Mutes, now: datetime) -> None:
        self.sent: set[str] = set()
        self._connection = connection
        self._now = now
        self._lookups = _Lookups(connection, mutes, now)
        self._stages = Stages(mutes.program.receivers, self._lookups)
        self._carriers: dict[str, str] = {}
        self._changes: list[dict[str, Any]] = []

    def take(self, due: Due) -> None:
        """Decide on one notification."""
        verdict = self._stages.decide(due, self._now)
        if isinstance(verdict, Send):
            self.sent.add(due.id)
            self._lookups.sending[due.recipient, due.receiver] += 1
        elif isinstance(verdict, Wait):
            self._change(due, PENDING, verdict.reason, due_at=verdict.until)
        elif isinstance(verdict, Hold):
            self._change(due, HELD, verdict.reason, by=verdict.by)
        else:
            self._change(due, HELD, verdict.reason, carrier=self._carrier(due, verdict))

    def _change(
        self,
        due: Due,
        state: str,
        reason: HeldReason,
        *,
        by: str | None = None,
        carrier: str | None = None,
        due_at: datetime | None = None,
    ) -> None:
        change = {"which": due.id, "next_state": state, "why": str(reason), "by": by, "carrier": carrier}
        self._changes.append(change | {"next_due": due_at or self._now})

    def _carrier(self, due: Due, carry: Carry) -> str:
        """Return the message that will tell of a notification: one that waits, or a new one."""
        found = self._carriers.get(carry.gathers) or self._waiting(carry)
        if found is None:
            found = self._new(due, carry)
        self._carriers[carry.gathers] = found
        self._raise(found, due.severity)
        return found

    def _waiting(self, carry: Carry) -> str | None:
        """Return a carrier that nobody has claimed yet; one that is being claimed at this moment is left alone."""
        newest = (
            select(table.c.id, table.c.message)
            .where(table.c.gathers == carry.gathers, table.c.state == PENDING)
            .where(table.c.claimed_by.is_(None), table.c.attempts == 0, table.c.id.not_in(self.sent))
            .order_by(table.c.created_at.desc(), table.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = self._connection.execute(newest).first()
        # One that was given back may have been sent all the same.
        return None if row is None or _is_filled(row.message) else row.id

    def _new(self, due: Due, carry: Carry) -> str:
        # With the moment: what somebody had tried again may be combined a second time.
        name = hashlib.sha256(f"{carry.gathers}\x1f{due.id}\x1f{self._now.isoformat()}".encode()).hexdigest()[:24]
        row = {
            "id": f"nt_{carry.kind}_{name}",
            "alert_id": None,
            "kind": carry.kind,
            "severity": str(due.severity),
            "recipient": due.recipient,
            "receiver": due.receiver,
            "address": due.address,
            "state": PENDING,
            "gathers": carry.gathers,
            "message": orjson.dumps({"type": carry.kind, "by": (due.group or {}).get("by", {})}).decode(),
            "created_at": self._now,
            "due_at": carry.due,
            "attempts": 0,
        }
        self._connection.execute(table.insert(), row)
        return str(row["id"])

    def _raise(self, carrier: str, severity: Severity) -> None:
        """Let a carrier be as grave as the gravest that it tells of."""
        below = [str(one) for one in Severity if one.rank < severity.rank]
        change = update(table).where(table.c.id == carrier, table.c.severity.in_(below))
        self._connection.execute(change.values(severity=str(severity)))

    def write(self) -> None:
        """Write what is not sent."""
        if self._changes:
            self._connection.execute(_CHANGE, self._changes)

    def filled(self, row: Row) -> dict[str, Any] | None:
        """Return a notification to send; a carrier, the first time, with what it tells of: under its id always that.

        None of a carrier whose alerts were all closed meanwhile: it is held.
        """
        if row["kind"] not in CARRIERS or _is_filled(row["message"]):
            return dict(row)
        _let_go_of_closed(self._connection, row["id"])
        told = _told(self._connection, row["id"])
        if not told["count"]:
            held = {"state": HELD, "held_reason": str(HeldReason.CLOSED), "finished_at": self._now}
            self._connection.execute(update(table).where(table.c.id == row["id"]).values(held))
            return None
        message = orjson.loads(row["message"]) | told
        written = orjson.dumps(message).decode()
        self._connection.execute(update(table).where(table.c.id == row["id"]).values(message=written))
        return {**row, "message": written}


_CHANGE = (
    update(table)
    .where(table.c.id == bindparam("which"))
    .values(
        state=bindparam("next_state"),
        held_reason=bindparam("why"),
        held_by=bindparam("by"),
        carried_by=bindparam("carrier"),
        due_at=bindparam("next_due"),
    )
)


def _is_filled(message: str) -> bool:
    """Return whether the message of a carrier says what it tells of."""
    return "items" in orjson.loads(message)


def _carried(carrier: str) -> ColumnElement[bool]:
    """Return the condition of what a carrier tells of: notifications, and those of the groups among them."""
    groups = select(table.c.id).where(table.c.carried_by == carrier, table.c.kind == GROUP)
    return or_(table.c.carried_by == carrier, table.c.carried_by.in_(groups)) & (table.c.kind != GROUP)


def _let_go_of_closed(connection: Connection, carrier: str) -> None:
    """Let a carrier tell no more of alerts that were closed while it waited."""
    closed = select(schema.alert.c.id).where(schema.alert.c.closed_at.is_not(None))
    theirs = select(table.c.id).where(_carried(carrier), table.c.alert_id.in_(closed))
    held = {"held_reason": str(HeldReason.CLOSED), "carried_by": None}
    ids = list(connection.scalars(theirs))
    for some in chunks(ids):
        connection.execute(update(table).where(table.c.id.in_(list(some))).values(held))


def _told(connection: Connection, carrier: str) -> dict[str, Any]:
    """Return what a carrier tells of: notifications, and those of the groups among them, the first come first."""
    carried = _carried(carrier)
    count = connection.scalar(select(func.count()).select_from(table).where(carried)) or 0
    query = select(table.c.id, table.c.message).where(carried).order_by(table.c.created_at, table.c.id)
    rows = connection.execute(query.limit(MOST_ITEMS)).all()
    return {"count": count, "items": [_item(row.id, orjson.loads(row.message)) for row in rows]}


def _item(notification: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a carrier tells of one message; what only mutes need is left out."""
    return {"notification": notification} | {key: value for key, value in message.items() if key not in OF_MUTES}
