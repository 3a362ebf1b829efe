"""Alerts about records that are erased, with all that people wrote and recorded on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Table, bindparam, delete, select, update

from engine.alerts.alert import AlertKind, AlertState
from engine.alerts.changes import HEEDFUL, Action
from engine.privacy.naming import Names
from engine.privacy.retention import Erasing
from engine.store import schema, schema_delivery, schema_followup
from engine.store.erasing_counts import Keys, rename_signals
from engine.store.erasing_messages import erase_from_signals, erase_messages
from engine.store.scoping import chunks

Key = tuple[str, str]


@dataclass(frozen=True)
class Manner:
    """How records are erased.

    Parameters
    ----------
    names
        Of the customer; none where records have reached their age.
    kept
        Remedies and root causes that the program declares: they name nobody.
    """

    how: Erasing
    names: Names
    kept: Collection[str]
    now: datetime

    @property
    def deletes(self) -> bool:
        """Whether rows are deleted, and not written over."""
        return self.how is Erasing.DELETE


# What belongs to one alert, children first; notifications go on their own.
OF_ALERT: tuple[tuple[Table, Column[Any]], ...] = (
    (schema.alert_event, schema.alert_event.c.alert_id),
    (schema.verdict, schema.verdict.c.alert_id),
    (schema_followup.attempt, schema_followup.attempt.c.alert_id),
    (schema_followup.escalation, schema_followup.escalation.c.alert_id),
    (schema_followup.thanked, schema_followup.thanked.c.alert_id),
    (schema.alert_feedback, schema.alert_feedback.c.alert_id),
    (schema.episode, schema.episode.c.alert_id),
    (schema_delivery.expectation, schema_delivery.expectation.c.alert_id),
    (schema.alert, schema.alert.c.id),
)
# What an event of an alert keeps: which change it was, and nothing that somebody wrote.
KEPT_DATA = frozenset(
    {"from", "to", "holder", "team", "verdict", "channel", "outcome", "through", "problem", "notification", "receiver"}
    | {"sent_to", "remedy", "root_cause"}
)
OPENED = "opened"
VOCABULARY = ("remedy", "root_cause")


def own_alerts(connection: Connection, keys: Sequence[Key]) -> list[str]:
    """Return the alerts about some records, of all their revisions; signals stand for many records."""
    return _ids(connection, keys, signals=False)


def touched_signals(connection: Connection, keys: Sequence[Key], sequences: Sequence[int]) -> list[str]:
    """Return the signals that some records made cross, or stand behind."""
    alert, link = schema.alert, schema.alert_feedback
    found = set(_ids(connection, keys, signals=True))
    for some in chunks(sequences):
        # Two queries, each by an index: both at once go through every alert.
        linked = select(alert.c.id).join_from(link, alert, alert.c.id == link.c.alert_id)
        for query in (linked.where(link.c.sequence.in_(some)), select(alert.c.id).where(alert.c.sequence.in_(some))):
            found.update(connection.scalars(query.where(alert.c.kind == str(AlertKind.SIGNAL))))
    return sorted(found)


def _ids(connection: Connection, keys: Sequence[Key], *, signals: bool) -> list[str]:
    table = schema.alert
    kind = table.c.kind == str(AlertKind.SIGNAL)
    found: list[str] = []
    by_source: dict[str, list[str]] = {}
    for source, feedback_id in keys:
        by_source.setdefault(source, []).append(feedback_id)
    for source, ids in by_source.items():
        for some in chunks(ids):
            theirs = (table.c.source == source, table.c.feedback_id.in_(list(some)), kind if signals else ~kind)
            found += connection.scalars(select(table.c.id).where(*theirs))
    return sorted(found)


def erase_alerts(connection: Connection, alert_ids: Sequence[str], manner: Manner) -> Counter[str]:
    """Erase alerts that are about the customer alone, with their messages and their history."""
    done = erase_messages(connection, alert_ids, manner.how, manner.now)
    if manner.deletes:
        return done + _delete(connection, alert_ids, manner.now)
    return done + _blank(connection, alert_ids, manner.kept, manner.now)


def _delete(connection: Connection, alert_ids: Sequence[str], now: datetime) -> Counter[str]:
    done: Counter[str] = Counter()
    for some in chunks(alert_ids):
        _tell_problems(connection, list(some), now)
        for table, column in OF_ALERT:
            done[table.name] += connection.execute(delete(table).where(column.in_(list(some)))).rowcount
    return done


def _tell_problems(connection: Connection, alert_ids: Sequence[str], now: datetime) -> None:
    """Say in the history of problems how many of their alerts were erased, so that their counts can be told."""
    alert, event = schema.alert, schema_followup.problem_event
    linked = select(alert.c.problem).where(alert.c.id.in_(alert_ids), alert.c.problem.is_not(None))
    counts = Counter(connection.scalars(linked))
    known = set(
        connection.scalars(select(schema_followup.problem.c.id).where(schema_followup.problem.c.id.in_(counts)))
    )
    for problem, count in sorted(counts.items()):
        if problem in known:
            data = orjson.dumps({"alerts": count}).decode()
            row = {"problem_id": problem, "at": now, "kind": "alerts_erased", "who": HEEDFUL, "data": data}
            connection.execute(event.insert(), row | {"why": f"{count} linked alerts were erased with their customer"})


def _blank(connection: Connection, alert_ids: Sequence[str], kept: Collection[str], now: datetime) -> Counter[str]:
    alert, done = schema.alert, Counter[str]()
    nothing = {"customer": None, "employee": None, "key": None, "reasons": "[]", "evidence": "[]"}
    for some in chunks(alert_ids):
        ids = list(some)
        done[alert.name] += connection.execute(update(alert).where(alert.c.id.in_(ids)).values(nothing)).rowcount
        done += _blank_history(connection, ids, kept)
        _dismiss(connection, ids, now)
    return done


def _dismiss(connection: Connection, alert_ids: Sequence[str], now: datetime) -> None:
    """Close what is open: nobody can follow it up any more. What was promised counts as it did."""
    alert, event = schema.alert, schema.alert_event
    of = (alert.c.id.in_(alert_ids), alert.c.closed_at.is_(None))
    rows = connection.execute(select(alert.c.id, alert.c.state).where(*of)).all()
    if not rows:
        return
    closed = {"state": str(AlertState.DISMISSED), "closed_at": now, "watch_at": None, "version": alert.c.version + 1}
    connection.execute(update(alert).where(*of).values(closed))
    told = {"at": now, "kind": str(Action.DISMISS), "who": HEEDFUL, "why": "its customer was forgotten"}
    moved = [orjson.dumps({"from": row.state, "to": str(AlertState.DISMISSED)}).decode() for row in rows]
    connection.execute(
        event.insert(), [told | {"alert_id": row.id, "data": data} for row, data in zip(rows, moved, strict=True)]
    )


def _blank_history(connection: Connection, ids: Sequence[str], kept: Collection[str]) -> Counter[str]:
    verdict, attempt, thanked = schema.verdict, schema_followup.attempt, schema_followup.thanked
    event = schema.alert_event
    done: Counter[str] = Counter()
    for table, column in ((schema.alert, schema.alert.c.id), (attempt, attempt.c.alert_id)):
        for name in VOCABULARY:
            strange = (column.in_(ids), table.c[name].is_not(None), table.c[name].not_in(list(kept)))
            connection.execute(update(table).where(*strange).values({name: None}))
    for table in (verdict, attempt):
        these = (table.c.alert_id.in_(ids), table.c.note != "")
        done[table.name] += connection.execute(update(table).where(*these).values(note="")).rowcount
    gone = connection.execute(delete(thanked).where(thanked.c.alert_id.in_(ids)))
    done[thanked.name] += gone.rowcount
    rows = connection.execute(
        select(event.c.id, event.c.kind, event.c.why, event.c.data).where(event.c.alert_id.in_(ids))
    )
    changes = [
        {"which": row.id, "new_why": row.why if row.kind == OPENED else "", "new_data": _kept_data(row.data, kept)}
        for row in rows
    ]
    if changes:
        setting = update(event).where(event.c.id == bindparam("which"))
        connection.execute(setting.values(why=bindparam("new_why"), data=bindparam("new_data")), changes)
    done[event.name] += len(changes)
    return done


def _kept_data(text: str, kept: Collection[str]) -> str:
    data: Mapping[str, Any] = orjson.loads(text)
    left = {name: value for name, value in data.items() if name in KEPT_DATA}
    for name in VOCABULARY:
        if left.get(name) not in kept:
            left.pop(name, None)
    return orjson.dumps(left).decode()


def erase_in_signals(
    connection: Connection, signals: Sequence[str], keys: Keys, records: Sequence[Key], manner: Manner
) -> Counter[str]:
    """Take records out of the signals that they stand behind.

    A signal about everybody goes on: it only forgets which record made it cross. One that was about the customer
    alone is erased like any other alert; its course goes on under a key that names nobody, or is deleted with it.
    """
    alert, done, own = schema.alert, Counter[str](), []
    for some in chunks(signals):
        columns = (alert.c.id, alert.c.key, alert.c.customer, alert.c.source, alert.c.feedback_id)
        for row in connection.execute(select(*columns).where(alert.c.id.in_(list(some)))).all():
            if row.customer in keys.names or (row.key and keys.known(row.key) != row.key):
                own.append(row.id)
            elif (row.source, row.feedback_id) in records:
                after = {"evidence": "[]"} | ({"source": "", "feedback_id": ""} if manner.deletes else {})
                connection.execute(update(alert).where(alert.c.id == row.id).values(after))
                done[alert.name] += 1
    shared = sorted(set(signals) - set(own))
    done += rename_signals(connection, keys, own)
    done += erase_from_signals(connection, shared, set(records)) + erase_alerts(connection, own, manner)
    if not manner.deletes:
        # Ids of messages are made of their alert's.
        done += erase_messages(connection, own, Erasing.DELETE, manner.now)
        for one in own:
            _give_new_id(connection, one, manner.names.token(one))
    return done


def _give_new_id(connection: Connection, alert_id: str, token: str) -> None:
    """Give a signal another id: its own is a hash of the customer, and of what a new customer's signal may be."""
    alert, new = schema.alert, f"al_{token}"
    row = connection.execute(select(alert).where(alert.c.id == alert_id)).mappings().one()
    connection.execute(alert.insert(), dict(row) | {"id": new, "fingerprint": token})
    for table, column in OF_ALERT:
        if table is not alert:
            connection.execute(update(table).where(column == alert_id).values({column.name: new}))
    connection.execute(delete(alert).where(alert.c.id == alert_id))
