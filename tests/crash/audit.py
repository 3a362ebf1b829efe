"""What a store and a receiver hold after everything: what was promised is there, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, Table, func, select, text

from engine.store import schema, schema_delivery, schema_followup
from engine.store.store import Store
from tests.crash.house import House

# Events that tell of something and change nothing about the alert.
UNVERSIONED = ("again", "escalated", "fallback")


@dataclass
class Audit:
    """Counts, and whatever is not as it was promised."""

    kills: int
    acknowledged: int
    records: int
    decisions: int
    alerts: int
    notifications: int
    messages: int
    duplicates: int
    wrong: list[str] = field(default_factory=list)


def audit(house: House, store: Store) -> Audit:
    """Compare what senders were promised, what is stored, and what the receiver took."""
    with store.database.read() as connection:
        found = Audit(
            kills=house.deaths,
            acknowledged=len(house.load.acknowledged),
            records=_count(connection, schema.feedback),
            decisions=_count(connection, schema.decision),
            alerts=_count(connection, schema.alert),
            notifications=_count(connection, schema_delivery.notification),
            messages=len(house.receiver.taken),
            duplicates=sum(house.receiver.taken.values()) - len(house.receiver.taken),
            wrong=list(house.load.surprises),
        )
        for check in (_promises, _history, _changes, _messages, _integrity):
            found.wrong += check(house, connection)
    if not found.acknowledged == found.records == found.decisions:
        found.wrong.append(f"{found.acknowledged} acknowledged, {found.records} stored, {found.decisions} decided")
    return found


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _promises(house: House, connection: Connection) -> Iterator[str]:
    """Every record's alerts: those that its kind must raise, and those that its sender was told of."""
    table = schema.alert
    of: dict[str, list[tuple[str, str]]] = {}
    for row in connection.execute(
        select(table.c.feedback_id, table.c.rule, table.c.id).where(table.c.kind != "system")
    ):
        of.setdefault(row.feedback_id, []).append((row.rule, row.id))
    for feedback_id in connection.scalars(select(schema.feedback.c.id)):
        raised, wanted = Counter(rule for rule, _ in of.get(feedback_id, [])), house.setup.kind(feedback_id).raises
        if raised != Counter(wanted):
            yield f"{feedback_id} raised {dict(raised)}, not {set(wanted)}"
    for feedback_id, decision in house.load.acknowledged.items():
        told = {alert["id"] for alert in decision["alerts"]}
        if told != {alert for _, alert in of.get(feedback_id, [])}:
            yield f"the sender of {feedback_id} was told of {told}"


def _history(house: House, connection: Connection) -> Iterator[str]:
    """Every alert was opened once, and its version counts its events."""
    table, events = schema.alert, schema.alert_event
    opened = Counter(connection.scalars(select(events.c.alert_id).where(events.c.kind == "opened")))
    counted = Counter(connection.scalars(select(events.c.alert_id).where(events.c.kind.not_in(UNVERSIONED))))
    for row in connection.execute(select(table.c.id, table.c.version)):
        if opened[row.id] != 1:
            yield f"{row.id} was opened {opened[row.id]} times"
        if counted[row.id] != row.version:
            yield f"{row.id} has version {row.version} and {counted[row.id]} events"


def _changes(house: House, connection: Connection) -> Iterator[str]:
    """What a person was told is changed is changed; what is done by itself was done once."""
    table = schema.alert
    states = {row.id: row.state for row in connection.execute(select(table.c.id, table.c.state))}
    yield from (f"{one} is {states[one]} again" for one in house.load.changed if states[one] != "acknowledged")
    customers = Counter(connection.scalars(select(schema_followup.thanked.c.customer)))
    yield from (f"{customer} was thanked {times} times" for customer, times in customers.items() if times > 1)
    steps = set(connection.execute(select(schema_followup.escalation.c.alert_id)).scalars())
    told = schema_delivery.notification
    escalated = set(connection.execute(select(told.c.alert_id).where(told.c.kind == "escalated")).scalars())
    if steps != escalated:
        yield f"{len(steps)} alerts are escalated, and of {len(escalated)} somebody was told"


def _messages(house: House, connection: Connection) -> Iterator[str]:
    """Every message reached the receiver; what reached it is on record; nothing has two ids."""
    table = schema_delivery.notification
    rows = connection.execute(select(table)).mappings().all()
    states = {row["id"]: row["state"] for row in rows}
    for row in rows:
        if row["state"] == "held" and (row["carried_by"] or row["held_reason"] == "closed"):
            carrier = states.get(row["carried_by"], "sent")
            if carrier != "sent":
                yield f"{row['id']} is told by {row['carried_by']}, which is {carrier}"
        elif row["receiver"] == "nowhere" and row["state"] == "dead":
            continue
        elif row["state"] != "sent":
            yield f"{row['id']} is {row['state']}"
        elif not house.receiver.taken[row["id"]]:
            yield f"{row['id']} is sent and did not arrive"
    known = {row["id"] for row in rows}
    yield from (f"{message} arrived and is not on record" for message in house.receiver.taken if message not in known)
    told = Counter((row["alert_id"], row["kind"], row["recipient"]) for row in rows if row["alert_id"])
    yield from (f"{what} is told {times} times" for what, times in told.items() if times > 1)
    asked = schema.alert.c.kind != "review"
    told_of = select(table.c.alert_id).where(table.c.alert_id.is_not(None))
    silent = select(schema.alert.c.id).where(asked, schema.alert.c.id.not_in(told_of))
    yield from (f"nobody is told of {alert}" for alert in connection.scalars(silent))


def _integrity(house: House, connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        said = connection.execute(text("PRAGMA integrity_check")).scalars().all()
        if said != ["ok"]:
            yield f"integrity: {said}"
        yield from (f"foreign key: {row}" for row in connection.execute(text("PRAGMA foreign_key_check")).all())
