"""The outbox's side of the store: claim what is due, record what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, update

from engine.alerts.alert import HeldReason
from engine.alerts.change_words import THANKS
from engine.alerts.system import SystemRule
from engine.program import OPERATORS
from engine.store import schema, schema_delivery
from engine.store.bulk import insert_rows
from engine.store.claims import Claimed, Outcome, Standing
from engine.store.database import Database
from engine.store.messages import DEAD, HELD, PENDING, SENT
from engine.store.receiver_states import ReceiverStates, hold_stopped, note, standings
from engine.store.schema_base import Row
from engine.store.scoping import chunks
from engine.store.system_alerts import gather

# An earlier commit's moment counts as now when the clock is behind it by no more than this, as it does for commits.
MOST_BEHIND = timedelta(minutes=5)
# Nothing waits longer by a schedule, or for what mutes it; who finds more has a clock that went back.
LONGEST_WAIT = timedelta(hours=25)
LONGEST_MUTE = timedelta(days=15)
STATES = {Standing.SENT: SENT, Standing.RETRY: PENDING, Standing.DEAD: DEAD, Standing.STOPPED: HELD}

Settle = Callable[[Connection, Sequence[Row], datetime], Sequence[Any]]
table = schema_delivery.notification
UNCLAIMED = (table.c.state == PENDING) & table.c.claimed_by.is_(None)


class OutboxRows:
    """The notifications of a store that wait to be sent."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.receivers = ReceiverStates(database)

    def call_when_added(self, call: Callable[[], object]) -> None:
        """Have something called whenever this process has committed notifications."""
        self._database.when_notified.append(call)

    def is_due(self, now: datetime, receivers: Collection[str]) -> bool:
        """Return whether something waits to be sent to one of some receivers."""
        with self._database.read() as connection:
            waiting = UNCLAIMED & table.c.receiver.in_(receivers) & (table.c.due_at <= moment(connection, now))
            return connection.execute(select(table.c.id).where(waiting).limit(1)).first() is not None

    def turn(
        self,
        worker: str,
        now: datetime,
        outcomes: Sequence[Outcome],
        room: Mapping[str, int],
        lease: timedelta,
        marks: Mapping[str, str] = MappingProxyType({}),
        settle: Settle | None = None,
    ) -> list[Claimed]:
        """Record what became of tries and claim what is due, in one transaction.

        Parameters
        ----------
        room
            By receiver, how many notifications may be claimed.
        marks
            By receiver, a mark of its address.
        settle
            Writes what is not to be sent of what is due, and returns what is.

        Returns
        -------
        list[Claimed]
            For the length of the lease, and as long as it is renewed, nobody else gets them.
        """
        with self._database.write() as connection:
            recorded = self._record(connection, worker, outcomes)
            if recorded:
                note(connection, recorded, marks)
                _tell_of_dead_letters(connection, recorded, now)
            now = moment(connection, now)
            rows = _hold_closed(connection, self._due(connection, now, room), now)
            sent: Sequence[Any] = settle(connection, rows, now) if settle and rows else rows
            for some in chunks([row["id"] for row in sent]):
                taken = {"due_at": now + lease, "claimed_by": worker, "held_reason": None, "held_by": None}
                connection.execute(update(table).where(table.c.id.in_(some)).values(taken))
        return [claimed_of(row) for row in sent]

    def _due(self, connection: Connection, now: datetime, room: Mapping[str, int]) -> list[Row]:
        """Return and lock what is due and nobody else locks, the first due first."""
        stopped = {one.name for one in standings(connection).values() if one.stopped is not None}
        hold_stopped(connection, stopped & set(room), now)
        rows: list[Row] = []
        for receiver in room.keys() - stopped:
            due = select(table).where(UNCLAIMED, table.c.receiver == receiver, table.c.due_at <= now)
            due = due.order_by(table.c.due_at, table.c.id).limit(room[receiver]).with_for_update(skip_locked=True)
            rows += connection.execute(due).mappings()
        return sorted(rows, key=lambda row: (row["due_at"], row["id"]))

    def _record(self, connection: Connection, worker: str, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Record tries and return them, without those that another worker took over when their lease had ended."""
        mine = self._still_mine(connection, worker, [one.claimed.id for one in outcomes])
        kept = [one for one in outcomes if mine.get(one.claimed.id) == one.claimed.attempts]
        if kept:
            connection.execute(_CHANGE, [_changed(one) for one in kept])
            insert_rows(connection, schema_delivery.notification_attempt, [_attempt(one) for one in kept])
        return kept

    def _still_mine(self, connection: Connection, worker: str, ids: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for some in chunks(sorted(ids)):
            query = select(table.c.id, table.c.attempts).where(table.c.id.in_(some), table.c.claimed_by == worker)
            found |= {row.id: row.attempts for row in connection.execute(query.order_by(table.c.id).with_for_update())}
        return found

    def renew(self, worker: str, ids: Collection[str], now: datetime, lease: timedelta) -> None:
        """Hold notifications for another lease; what another worker took over stays with it."""
        with self._database.write() as connection:
            for some in chunks(sorted(ids)):
                mine = table.c.id.in_(some) & (table.c.claimed_by == worker)
                connection.execute(update(table).where(mine).values(due_at=moment(connection, now) + lease))

    def release(self, worker: str, ids: Collection[str], now: datetime) -> None:
        """Give back what was claimed and not begun: it is due at once."""
        with self._database.write() as connection:
            for some in chunks(sorted(ids)):
                mine = table.c.id.in_(some) & (table.c.claimed_by == worker)
                connection.execute(update(table).where(mine).values(claimed_by=None, due_at=now))

    def expired(self, now: datetime) -> dict[str, tuple[str, datetime]]:
        """Return the notifications whose lease has ended by a clock: the worker that holds each, and until when."""
        ended = (table.c.state == PENDING) & table.c.claimed_by.is_not(None)
        query = select(table.c.id, table.c.claimed_by, table.c.due_at).where(ended, table.c.due_at <= now)
        with self._database.read() as connection:
            return {row.id: (row.claimed_by, row.due_at) for row in connection.execute(query)}

    def take_back(self, orphans: Mapping[str, tuple[str, datetime]]) -> None:
        """Let anybody claim what a dead worker holds, unless it was renewed meanwhile."""
        with self._database.write() as connection:
            for notification, (worker, until) in sorted(orphans.items()):
                held = (table.c.id == notification) & (table.c.claimed_by == worker) & (table.c.due_at == until)
                connection.execute(update(table).where(held).values(claimed_by=None))

    def bring_back(self, now: datetime, *, everything: bool) -> int:
        """Bring what waits for a moment that only a wrong clock can have named back to now, and say how many.

        Parameters
        ----------
        everything
            Whether the clock was just seen to go back: then all that waits is due now, since nobody can tell what
            was to wait for how long. Leases stay.
        """
        too_far = or_(
            table.c.held_reason.is_(None) & (table.c.due_at > now + LONGEST_WAIT),
            table.c.due_at > now + LONGEST_MUTE,
        )
        waiting: ColumnElement[bool] = UNCLAIMED & (table.c.due_at > now if everything else too_far)
        with self._database.write() as connection:
            return connection.execute(update(table).where(waiting).values(due_at=now)).rowcount

    def strangers(self, known: Collection[str]) -> list[str]:
        """Return the receivers that notifications wait for and that are not among the known ones."""
        query = select(table.c.receiver).where(table.c.state == PENDING, table.c.receiver.not_in(list(known)))
        with self._database.read() as connection:
            return sorted(connection.scalars(query.distinct()))

    def counts(self) -> dict[str, int]:
        """Return how many notifications stand in each state."""
        counts: Counter[str] = Counter()
        for (state, _), count in self.counts_by_receiver().items():
            counts[state] += count
        return dict(counts)

    def counts_by_receiver(self) -> dict[tuple[str, str], int]:
        """Return how many notifications stand in each state, by state and receiver."""
        query = select(table.c.state, table.c.receiver, func.count()).group_by(table.c.state, table.c.receiver)
        with self._database.read() as connection:
            return {(row.state, row.receiver): row[2] for row in connection.execute(query)}

    def oldest_due(self) -> dict[str, datetime]:
        """Return, by receiver, since when the oldest notification is due that nobody has claimed."""
        query = select(table.c.receiver, func.min(table.c.due_at).label("due_at")).where(UNCLAIMED)
        with self._database.read() as connection:
            return {row.receiver: row.due_at for row in connection.execute(query.group_by(table.c.receiver))}


_CHANGE = (
    update(table)
    .where(table.c.id == bindparam("which"))
    .values(
        state=bindparam("next_state"),
        attempts=bindparam("tries"),
        due_at=bindparam("next_due"),
        claimed_by=None,
        held_reason=bindparam("why_held"),
        finished_at=bindparam("ended"),
    )
)


def _hold_closed(connection: Connection, rows: list[Row], now: datetime) -> list[Row]:
    """Hold what tells of alerts that were closed meanwhile, and return the rest.

    Of a message to the customer it does not matter that the alert is closed: it closes the alert.
    """
    alert, closed = schema.alert, set[str]()
    for some in chunks(sorted({row["alert_id"] for row in rows if row["alert_id"] and row["kind"] != THANKS})):
        closed.update(
            connection.scalars(select(alert.c.id).where(alert.c.id.in_(some), alert.c.closed_at.is_not(None)))
        )
    over = [row["id"] for row in rows if row["alert_id"] in closed and row["kind"] != THANKS]
    for some in chunks(over):
        held = {"state": HELD, "held_reason": str(HeldReason.CLOSED), "finished_at": now}
        connection.execute(update(table).where(table.c.id.in_(some)).values(held))
    return [row for row in rows if row["id"] not in set(over)]


def _tell_of_dead_letters(connection: Connection, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Tell the operators of what was given up; not of what they did not take themselves."""
    dead: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.standing is Standing.DEAD and one.claimed.receiver != OPERATORS:
            dead.setdefault(one.claimed.receiver, []).append(one)
    for receiver, theirs in sorted(dead.items()):
        last = theirs[-1]
        which = f"{last.claimed.id} of alert {last.claimed.alert}" if last.claimed.alert else last.claimed.id
        more = f" (and {len(theirs) - 1} more)" if len(theirs) > 1 else ""
        gather(connection, SystemRule.DEAD_LETTER, receiver, f"{which}{more} was given up: {last.detail[:500]}", now)


def moment(connection: Connection, now: datetime) -> datetime:
    """Return what counts as now: the last commit's moment where the clock is a little behind it."""
    last = connection.scalar(select(schema.progress.c.moment))
    return last if last is not None and now < last <= now + MOST_BEHIND else now


def claimed_of(row: Mapping[str, Any]) -> Claimed:
    """Return what a worker needs to send a notification."""
    return Claimed(
        id=row["id"],
        alert=row["alert_id"],
        kind=row["kind"],
        recipient=row["recipient"],
        receiver=row["receiver"],
        address=row["address"],
        message=row["message"],
        attempts=row["attempts"],
        created_at=row["created_at"],
    )


def _changed(outcome: Outcome) -> dict[str, Any]:
    stopped = outcome.standing is Standing.STOPPED
    return {
        "which": outcome.claimed.id,
        "next_state": STATES[outcome.standing],
        "tries": outcome.claimed.attempts + 1,
        "next_due": outcome.due_at,
        "why_held": str(HeldReason.RECEIVER_STOPPED) if stopped else None,
        "ended": None if outcome.standing is Standing.RETRY else outcome.at,
    }


def _attempt(outcome: Outcome) -> dict[str, Any]:
    return {
        "notification_id": outcome.claimed.id,
        "number": outcome.claimed.attempts + 1,
        "at": outcome.at,
        "outcome": str(outcome.standing),
        "detail": outcome.detail[:1000],
    }
