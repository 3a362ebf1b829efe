"""What is known of receivers: whether they are stopped, and since when they fail."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.alerts.alert import HeldReason
from engine.errors import ConflictError, FeedbackError
from engine.names import is_storable
from engine.program import OPERATORS
from engine.store.claims import Outcome, Standing
from engine.store.database import NOTIFIES, Database
from engine.store.messages import HELD, PENDING
from engine.store.schema_base import Row
from engine.store.schema_delivery import notification, receiver_state

ON, STOPPED = "on", "stopped"
# How the reason begins of a receiver that somebody paused: it starts again by nothing but somebody's word.
PAUSED = "paused by "
MOST_WHY = 500


@dataclass(frozen=True, slots=True)
class ReceiverStanding:
    """How a receiver does.

    Parameters
    ----------
    stopped
        Why nothing is sent to it; None while it is on.
    since
        Since when it is stopped or on.
    failures
        How many tries failed in a row.
    failing_since
        When the first of them did.
    last_sent_at
        When it last took a message.
    """

    name: str
    stopped: str | None
    since: datetime
    failures: int
    failing_since: datetime | None
    last_sent_at: datetime | None

    @property
    def is_paused(self) -> bool:
        """Whether somebody stopped it, and not its own refusal."""
        return self.stopped is not None and self.stopped.startswith(PAUSED)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "name": self.name,
            "state": STOPPED if self.stopped is not None else ON,
            "reason": self.stopped or "",
            "since": self.since.isoformat(),
            "failures": self.failures,
            "failing_since": self.failing_since.isoformat() if self.failing_since else None,
            "last_sent_at": self.last_sent_at.isoformat() if self.last_sent_at else None,
        }


class ReceiverStates:
    """What a store knows of receivers; nothing of those that were never sent to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, ReceiverStanding]:
        """Return how each receiver does, by name."""
        with self._database.read() as connection:
            return standings(connection)

    def start(self, name: str, now: datetime) -> int:
        """Send to a stopped receiver again, and say how many notifications were held for it."""
        with self._database.write() as connection:
            return started(connection, name, now)

    def pause(self, name: str, who: str, why: str, now: datetime) -> ReceiverStanding:
        """Hold what is for a receiver until somebody starts it again; what is being sent at this moment still arrives.

        Raises
        ------
        FeedbackError
            If no reason is given, or one that cannot be stored.
        ConflictError
            If it is stopped already, or if it is the operators', who must always be told.
        """
        why = why.strip()
        if not why or len(why) > MOST_WHY or not why.isprintable() or not is_storable(why):
            raise FeedbackError(f"why is a line of 1 to {MOST_WHY} characters: it stands in the history", field="why")
        if name == OPERATORS:
            raise ConflictError(f"{OPERATORS} is told of what fails everywhere else, and cannot be paused")
        with self._database.write() as connection:
            locked = select(receiver_state).where(receiver_state.c.name == name).with_for_update()
            row = connection.execute(locked).mappings().first()
            before = _standing(row) if row else ReceiverStanding(name, None, now, 0, None, None)
            if before.stopped is not None:
                raise ConflictError(f"{name} is stopped already: {before.stopped}")
            paused = replace(before, stopped=f"{PAUSED}{who[:200]}: {why}", since=now)
            _write(connection, paused)
        return paused

    def start_moved(self, addresses: Mapping[str, str], now: datetime) -> list[str]:
        """Start the stopped receivers whose address is another one by now.

        Parameters
        ----------
        addresses
            By receiver, a mark of its address that says nothing about it.
        """
        moved = []
        with self._database.write() as connection:
            for name, one in standings(connection).items():
                stays = one.stopped is None or one.is_paused
                if not stays and name in addresses and f"[{addresses[name]}]" not in (one.stopped or ""):
                    started(connection, name, now)
                    moved.append(name)
        return moved


def standings(connection: Connection) -> dict[str, ReceiverStanding]:
    """Return how each receiver does, by name."""
    rows = connection.execute(select(receiver_state).order_by(receiver_state.c.name)).mappings()
    return {row["name"]: _standing(row) for row in rows}


def started(connection: Connection, name: str, now: datetime) -> int:
    """Send to a receiver again: what was held for it is due now."""
    on = {"state": ON, "reason": "", "since": now, "failures": 0, "failing_since": None}
    connection.execute(update(receiver_state).where(receiver_state.c.name == name).values(on))
    held = (notification.c.state == HELD) & (notification.c.held_reason == str(HeldReason.RECEIVER_STOPPED))
    due = {"state": PENDING, "held_reason": None, "due_at": now, "finished_at": None, "claimed_by": None}
    change = update(notification).where(held, notification.c.receiver == name).values(due)
    connection.info[NOTIFIES] = True
    return connection.execute(change).rowcount


def note(connection: Connection, outcomes: Sequence[Outcome], marks: Mapping[str, str]) -> None:
    """Note how receivers took what was tried, in the order it was; one that is gone is stopped.

    Parameters
    ----------
    marks
        By receiver, a mark of its address: a stop ends when it is another one.
    """
    for name in sorted({one.claimed.receiver for one in outcomes}):
        theirs = [one for one in outcomes if one.claimed.receiver == name]
        locked = select(receiver_state).where(receiver_state.c.name == name).with_for_update()
        row = connection.execute(locked).mappings().first()
        before = _standing(row) if row else ReceiverStanding(name, None, theirs[0].at, 0, None, None)
        _write(connection, _after(before, theirs, marks.get(name, "")))


def hold_stopped(connection: Connection, receivers: Collection[str], now: datetime) -> None:
    """Hold what waits for receivers that are stopped."""
    for name in sorted(receivers):
        waiting = (notification.c.state == PENDING) & notification.c.claimed_by.is_(None)
        held = {"state": HELD, "held_reason": str(HeldReason.RECEIVER_STOPPED), "finished_at": now}
        connection.execute(update(notification).where(waiting, notification.c.receiver == name).values(held))


def _after(before: ReceiverStanding, outcomes: Sequence[Outcome], mark: str) -> ReceiverStanding:
    stopped, since = before.stopped, before.since
    failures, failing_since, last_sent_at = before.failures, before.failing_since, before.last_sent_at
    for one in sorted(outcomes, key=lambda one: one.at):
        if one.standing is Standing.SENT:
            failures, failing_since, last_sent_at = 0, None, one.at
            continue
        failures, failing_since = failures + 1, failing_since or one.at
        if one.standing is Standing.STOPPED and stopped is None:
            stopped, since = f"{one.detail[:900]} [{mark}]", one.at
    return ReceiverStanding(before.name, stopped, since, failures, failing_since, last_sent_at)


def _write(connection: Connection, after: ReceiverStanding) -> None:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    values = {
        "state": ON if after.stopped is None else STOPPED,
        "reason": after.stopped or "",
        "since": after.since,
        "failures": after.failures,
        "failing_since": after.failing_since,
        "last_sent_at": after.last_sent_at,
    }
    new = insert(receiver_state).values(name=after.name, **values)
    connection.execute(new.on_conflict_do_update(index_elements=["name"], set_=values))


def _standing(row: Row) -> ReceiverStanding:
    return ReceiverStanding(
        name=row["name"],
        stopped=row["reason"] if row["state"] == STOPPED else None,
        since=row["since"],
        failures=row["failures"],
        failing_since=row["failing_since"],
        last_sent_at=row["last_sent_at"],
    )
