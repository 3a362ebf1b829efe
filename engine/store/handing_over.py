"""What waits for a receiver that was retired goes to another one instead."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update

from engine.alerts.alert import HeldReason
from engine.alerts.change_words import THANKS
from engine.program import Program, ReceiverSpec
from engine.store import schema
from engine.store.database import NOTIFIES, Database
from engine.store.fallbacks import FALLBACK
from engine.store.messages import HELD, PENDING
from engine.store.schema_base import Row
from engine.store.schema_delivery import notification as table

MOST = 1_000


class HandingOver:
    """Messages to receivers that are no more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def send(self, program: Program, now: datetime) -> int:
        """Have what waits for retired receivers sent to those that get it instead, and return how many that are.

        A process that does not know yet that a receiver is retired may write for it a moment longer: this is asked
        again and again.
        """
        given = ((name, program.receivers[to]) for name, to in program.retired.items() if to in program.receivers)
        return sum(self._hand_over(name, to, now) for name, to in given)

    def _hand_over(self, name: str, to: ReceiverSpec, now: datetime) -> int:
        stopped = (table.c.state == HELD) & (table.c.held_reason == str(HeldReason.RECEIVER_STOPPED))
        # A customer's thanks are no business of anybody else's; what is being sent at this moment may still arrive.
        waiting = select(table).where(table.c.receiver == name, table.c.kind != THANKS, table.c.claimed_by.is_(None))
        waiting = waiting.where(or_(table.c.state == PENDING, stopped)).order_by(table.c.id).limit(MOST)
        with self._database.read() as connection:
            if connection.execute(waiting.limit(1)).first() is None:
                return 0
        with self._database.write() as connection:
            rows = connection.execute(waiting.with_for_update(skip_locked=True)).mappings().all()
            for row in rows:
                change = update(table).where(table.c.id == row["id"])
                connection.execute(change.values(_moved(row, to) | {"due_at": now}))
            why = f"{name} was retired: {to.name} is told instead"
            events = [
                {"alert_id": alert, "at": now, "kind": FALLBACK, "who": "heedful", "why": why}
                for alert in sorted({row["alert_id"] for row in rows if row["alert_id"] is not None})
            ]
            if events:
                connection.execute(insert(schema.alert_event), events)
            connection.info[NOTIFIES] = True
        return len(rows)


def _moved(row: Row, to: ReceiverSpec) -> dict[str, Any]:
    """Return what changes in a notification: where it goes, and that nothing holds it; its tries stay counted."""
    address = row["address"] if to.takes_address else None
    whom = to.name if row["recipient"] == row["receiver"] or address is None else row["recipient"]
    free = {"state": PENDING, "held_reason": None, "held_by": None}
    return free | {"receiver": to.name, "recipient": whom, "address": address}
