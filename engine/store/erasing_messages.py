"""Messages about what is erased: none of them is sent any more, and none keeps what it said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, select, update

from engine.alerts.alert import AlertKind, HeldReason
from engine.alerts.system import SystemRule
from engine.privacy.naming import GONE, mapped
from engine.privacy.retention import Erasing
from engine.store import schema
from engine.store.messages import DEAD, HELD, PENDING
from engine.store.notifications import DROPPED
from engine.store.schema_delivery import notification as table
from engine.store.schema_delivery import notification_attempt as tries
from engine.store.scoping import chunks

BLANK = orjson.dumps({"type": "erased"}).decode()
ERASED = str(HeldReason.ERASED)
# What a receiver answered may repeat what it was sent; less than this says nothing.
LEAST_REPEATED = 8
UNSENT = (PENDING, HELD, DEAD)
OF_SUBJECT = ("customer", "employee", "attributes")


def erase_messages(connection: Connection, alert_ids: Sequence[str], how: Erasing, now: datetime) -> Counter[str]:
    """Erase all notifications of some alerts, and what other messages tell of them."""
    done: Counter[str] = Counter()
    for some in chunks(alert_ids):
        columns = (table.c.id, table.c.carried_by, table.c.state)
        rows = connection.execute(select(*columns).where(table.c.alert_id.in_(list(some)))).all()
        if not rows:
            continue
        ids = [row.id for row in rows]
        done += let_go(connection, _carriers(connection, [row.carried_by for row in rows]), set(ids), now)
        done += forget_answers(connection, [row.id for row in rows if row.state == DEAD])
        done += _delete(connection, ids) if how is Erasing.DELETE else _blank(connection, ids, now)
    return done


def _delete(connection: Connection, ids: Sequence[str]) -> Counter[str]:
    done: Counter[str] = Counter()
    for some in chunks(ids):
        done[tries.name] += connection.execute(delete(tries).where(tries.c.notification_id.in_(list(some)))).rowcount
        done[table.name] += connection.execute(delete(table).where(table.c.id.in_(list(some)))).rowcount
    return done


def _blank(connection: Connection, ids: Sequence[str], now: datetime) -> Counter[str]:
    done: Counter[str] = Counter()
    gone = {"message": BLANK, "address": None, "gathers": None, "carried_by": None, "held_by": None}
    gone |= {"held_reason": ERASED, "claimed_by": None}
    for some in chunks(ids):
        these = table.c.id.in_(list(some))
        unsent = {"state": DROPPED, "finished_at": now}
        connection.execute(update(table).where(these, table.c.state.in_(UNSENT)).values(unsent))
        done[table.name] += connection.execute(update(table).where(these).values(gone)).rowcount
        answers = update(tries).where(tries.c.notification_id.in_(list(some)), tries.c.detail != "")
        done[tries.name] += connection.execute(answers.values(detail="")).rowcount
    return done


def _carriers(connection: Connection, named: Iterable[str | None]) -> list[str]:
    """Return the messages that tell of others: those that are named, and those that tell of these."""
    groups = sorted({one for one in named if one})
    found = set(groups)
    for some in chunks(groups):
        above = select(table.c.carried_by).where(table.c.id.in_(list(some)), table.c.carried_by.is_not(None))
        found.update(connection.scalars(above))
    return sorted(found)


def let_go(connection: Connection, carriers: Sequence[str], gone: Collection[str], now: datetime) -> Counter[str]:
    """Let messages that combine others tell no more of some; one that is left with nothing is not sent."""
    done: Counter[str] = Counter()
    for some in chunks(carriers):
        query = select(table.c.id, table.c.state, table.c.message).where(table.c.id.in_(list(some)))
        for row in connection.execute(query).all():
            message = orjson.loads(row.message)
            items = message.get("items")
            if items is None:
                continue
            left = [one for one in items if one["notification"] not in gone]
            if len(left) == len(items):
                continue
            message |= {"items": left, "count": message["count"] - (len(items) - len(left))}
            after: dict[str, Any] = {"message": orjson.dumps(message).decode()}
            if not message["count"]:
                after |= {"message": BLANK, "gathers": None}
            if not message["count"] and row.state in UNSENT:
                after |= {"state": DROPPED, "held_reason": ERASED, "finished_at": now, "claimed_by": None}
            connection.execute(update(table).where(table.c.id == row.id).values(after))
            done[table.name] += 1
    return done


def forget_answers(connection: Connection, dead: Sequence[str]) -> Counter[str]:
    """Take the answers of receivers out of the alerts that tell of what was given up."""
    answers: set[str] = set()
    for some in chunks(dead):
        said = connection.scalars(select(tries.c.detail).where(tries.c.notification_id.in_(list(some))))
        # As long as the alert repeats it.
        answers.update(one[:500] for one in said if len(one) >= LEAST_REPEATED)
    if not answers:
        return Counter()
    alert, event = schema.alert, schema.alert_event
    theirs = select(alert.c.id).where(
        alert.c.kind == str(AlertKind.SYSTEM), alert.c.rule == str(SystemRule.DEAD_LETTER)
    )
    clean = _without(answers)
    done: Counter[str] = Counter()
    for column, of, is_json in (
        (alert.c.reasons, alert.c.id, True),
        (event.c.why, event.c.alert_id, False),
        (table.c.message, table.c.alert_id, True),
    ):
        key = next(iter(column.table.primary_key))
        changes = []
        for row in connection.execute(select(key.label("which"), column.label("said")).where(of.in_(theirs))):
            after = orjson.dumps(mapped(orjson.loads(row.said), clean)).decode() if is_json else clean(row.said)
            if after != row.said and (not is_json or orjson.loads(after) != orjson.loads(row.said)):
                changes.append({"which": row.which, "after": after})
        if changes:
            setting = update(column.table).where(key == bindparam("which")).values({column.name: bindparam("after")})
            connection.execute(setting, changes)
            done[column.table.name] += len(changes)
    return done


def _without(answers: Collection[str]) -> Any:
    longest = sorted(answers, key=len, reverse=True)

    def clean(text: str) -> str:
        for answer in longest:
            text = text.replace(answer, GONE)
        return text

    return clean


def erase_from_signals(
    connection: Connection, alert_ids: Sequence[str], keys: Collection[tuple[str, str]]
) -> Counter[str]:
    """Take records out of the messages of signals, which stand for many and are sent all the same."""
    done: Counter[str] = Counter()
    for some in chunks(alert_ids):
        query = select(table.c.id, table.c.message).where(table.c.alert_id.in_(list(some)))
        for row in connection.execute(query).all():
            message = orjson.loads(row.message)
            told = message.get("feedback")
            if told is None or (told.get("source"), told.get("id")) not in keys:
                continue
            written = orjson.dumps(of_nobody(message)).decode()
            connection.execute(update(table).where(table.c.id == row.id).values(message=written))
            done[table.name] += 1
    return done


def of_nobody(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a message says of a signal, without the record that made it cross."""
    left = {name: value for name, value in message.items() if name != "feedback"}
    left["alert"] = message["alert"] | {"source": "", "feedback_id": "", "evidence": []}
    if "subject" in message:
        left["subject"] = {name: value for name, value in message["subject"].items() if name not in OF_SUBJECT}
    return left
