"""The outbox's side of the store: claim what is due, record what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from engine.store import schema_delivery
from engine.store.database import Database
from engine.store.messages import PENDING


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notification that this worker may send until its lease ends."""

    id: str
    receiver: str
    message: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt: the notification's next state, and when it is due again."""

    state: str
    detail: str
    at: datetime
    due_at: datetime


class OutboxRows:
    """The notifications of a store that wait to be sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, worker: str, now: datetime, lease: timedelta, limit: int) -> list[Claimed]:
        """Claim due notifications: for the length of the lease nobody else gets them.

        A worker that dies leaves them due again when its lease ends.
        """
        table = schema_delivery.notification
        due = (
            select(table)
            .where(table.c.state == PENDING, table.c.due_at <= now)
            .order_by(table.c.due_at, table.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        with self._database.write() as connection:
            rows = connection.execute(due).mappings().all()
            ids = [row["id"] for row in rows]
            if ids:
                until = {"due_at": now + lease, "claimed_by": worker}
                connection.execute(update(table).where(table.c.id.in_(ids)).values(until))
        return [Claimed(row["id"], row["receiver"], row["message"], row["attempts"], row["created_at"]) for row in rows]

    def record(self, claimed: Claimed, worker: str, outcome: Outcome) -> bool:
        """Record an attempt; False if the lease had ended and another worker took over."""
        table = schema_delivery.notification
        number = claimed.attempts + 1
        values: dict[str, Any] = {"state": outcome.state, "attempts": number, "due_at": outcome.due_at}
        values |= {"claimed_by": None, "finished_at": None if outcome.state == PENDING else outcome.at}
        change = update(table).where(
            table.c.id == claimed.id, table.c.claimed_by == worker, table.c.attempts == claimed.attempts
        )
        row = {
            "notification_id": claimed.id,
            "number": number,
            "at": outcome.at,
            "outcome": "retry" if outcome.state == PENDING else outcome.state,
            "detail": outcome.detail[:1000],
        }
        with self._database.write() as connection:
            if connection.execute(change.values(values)).rowcount == 0:
                return False
            connection.execute(schema_delivery.notification_attempt.insert(), row)
        return True

    def counts(self) -> dict[str, int]:
        """Return how many notifications stand in each state."""
        table = schema_delivery.notification
        with self._database.read() as connection:
            rows = connection.execute(select(table.c.state, func.count()).group_by(table.c.state)).all()
        return {row.state: row[1] for row in rows}
