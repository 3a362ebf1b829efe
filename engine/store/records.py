"""Feedback with its readings and decisions: written in one transaction a batch, looked up by key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Select, Table, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.alerts.alert import Alert, AlertKind, HeldBack, HeldReason
from engine.decision import Decision, Draft, Stored
from engine.feedback import feedback_from_dict
from engine.names import is_storable
from engine.reading import ReadingStatus
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.codec import Row, alert_of, alert_row, held_of, held_text, label_rows, reading_of, reading_row
from engine.store.database import Database
from engine.store.messages import notification_rows
from engine.store.versions import Versions

Key = tuple[str, str]
CHUNK = 500


def in_scope(table: Table, scope: Scope) -> list[Any]:
    """Return the conditions that keep a query inside a scope: the unit itself, or a path below it."""
    if scope.unit is None:
        return []
    unit, below = table.c.unit, scope.unit + "/"
    # Not LIKE, which ignores the case of letters on SQLite.
    return [or_(unit == scope.unit, func.substr(unit, 1, len(below)) == below)]


def chunks(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Yield pieces small enough for a database's limit on parameters."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


class Records:
    """The feedback of a store."""

    def __init__(self, database: Database, versions: Versions) -> None:
        self._database = database
        self._versions = versions
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    def commit(self, drafts: Sequence[Draft]) -> list[Decision]:
        """Write drafts with their alerts and notifications in one transaction, and return the decisions.

        Each takes the next sequence number. An alert whose fingerprint is there already is not opened
        again: it is held back as ``already_open``.

        Raises
        ------
        sqlalchemy.exc.IntegrityError
            If one of the keys and revisions was stored meanwhile; nothing is written then.
        """
        with self._database.write(ordered=True) as connection:
            last = connection.scalar(select(func.coalesce(func.max(schema.feedback.c.sequence), 0))) or 0
            numbered = [(last + place, draft) for place, draft in enumerate(drafts, start=1)]
            for _, draft in numbered:
                self._versions.keep_taxonomy(connection, draft.reading.taxonomy)
            connection.execute(schema.feedback.insert(), [_feedback_row(s, draft) for s, draft in numbered])
            return self._judged(connection, numbered, ordinal=0)

    def commit_later(self, numbered: Sequence[tuple[int, Draft]]) -> list[Decision]:
        """Write the second judgement of feedback that was stored unread; skips what another process judged."""
        with self._database.write(ordered=True) as connection:
            table = schema.feedback
            still = select(table.c.sequence).where(table.c.unread, table.c.sequence.in_([s for s, _ in numbered]))
            waiting = set(connection.scalars(still))
            numbered = [(sequence, draft) for sequence, draft in numbered if sequence in waiting]
            if not numbered:
                return []
            for _, draft in numbered:
                self._versions.keep_taxonomy(connection, draft.reading.taxonomy)
            decisions = self._judged(connection, numbered, ordinal=1)
            sequences = [sequence for sequence, _ in numbered]
            connection.execute(update(table).where(table.c.sequence.in_(sequences)).values(ordinal=1, unread=False))
            return decisions

    def _judged(self, connection: Connection, numbered: Sequence[tuple[int, Draft]], ordinal: int) -> list[Decision]:
        connection.execute(schema.reading.insert(), [reading_row(s, ordinal, d.reading) for s, d in numbered])
        labels = [row for sequence, draft in numbered for row in label_rows(sequence, draft.reading)]
        sequences = [sequence for sequence, _ in numbered]
        if ordinal:
            connection.execute(delete(schema.reading_label).where(schema.reading_label.c.sequence.in_(sequences)))
        if labels:
            connection.execute(schema.reading_label.insert(), labels)
        decisions = self._with_alerts(connection, numbered)
        rows = [
            {
                "sequence": decision.sequence,
                "ordinal": ordinal,
                "decided_at": decision.decided_at,
                "ruleset": decision.ruleset,
                "held_back": held_text(decision.held_back),
            }
            for decision in decisions
        ]
        connection.execute(schema.decision.insert(), rows)
        return decisions

    def _with_alerts(self, connection: Connection, numbered: Sequence[tuple[int, Draft]]) -> list[Decision]:
        wanted = [alert_row(alert, sequence) for sequence, draft in numbered for alert in draft.alerts]
        opened: set[str] = set()
        for some in chunks(wanted):
            statement = self._insert(schema.alert).on_conflict_do_nothing().returning(schema.alert.c.id)
            opened.update(connection.scalars(statement, list(some)))
        decisions = [_decided(sequence, draft, opened) for sequence, draft in numbered]
        events = [_opened_event(alert) for decision in decisions for alert in decision.alerts]
        if events:
            connection.execute(schema.alert_event.insert(), events)
        messages = [
            row
            for decision, (_, draft) in zip(decisions, numbered, strict=True)
            for row in notification_rows(decision, draft.feedback)
        ]
        if messages:
            connection.execute(schema.notification.insert(), messages)
        return decisions

    def find(self, keys: Sequence[Key], scope: Scope = EVERYTHING) -> dict[Key, Stored]:
        """Return the latest revision of each key that is stored and in scope."""
        table = schema.feedback
        found: dict[Key, Stored] = {}
        keys = [key for key in keys if all(map(is_storable, key))]
        with self._database.read() as connection:
            for some in chunks(keys):
                by_key = tuple_(table.c.source, table.c.id).in_(list(some))
                query = _records().where(by_key, *in_scope(table, scope)).order_by(table.c.revision)
                for stored in self._stored(connection, query):
                    found[stored.feedback.key] = stored
        return found

    def at(self, sequences: Sequence[int]) -> list[Stored]:
        """Return the records of some commits, each in its own revision, in the order of commits."""
        found: list[Stored] = []
        with self._database.read() as connection:
            for some in chunks(sorted(set(sequences))):
                found += self._stored(connection, _records().where(schema.feedback.c.sequence.in_(list(some))))
        return sorted(found, key=lambda stored: stored.decision.sequence)

    def unread(self, limit: int) -> list[Stored]:
        """Return feedback that waits to be read, oldest first."""
        table = schema.feedback
        with self._database.read() as connection:
            return self._stored(connection, _records().where(table.c.unread).order_by(table.c.sequence).limit(limit))

    def count(self) -> int:
        """Return how many records are stored, each revision counted."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(schema.feedback)) or 0

    def _stored(self, connection: Connection, query: Select[Any]) -> list[Stored]:
        rows = connection.execute(query).mappings().all()
        alerts: dict[int, list[Alert]] = {}
        for some in chunks([row["sequence"] for row in rows]):
            by_sequence = (
                select(schema.alert).where(schema.alert.c.sequence.in_(list(some))).order_by(schema.alert.c.id)
            )
            for alert in connection.execute(by_sequence).mappings():
                alerts.setdefault(alert["sequence"], []).append(alert_of(alert))
        return [self._one(connection, row, alerts.get(row["sequence"], [])) for row in rows]

    def _one(self, connection: Connection, row: Row, alerts: Sequence[Alert]) -> Stored:
        reading = reading_of(row, self._versions.taxonomy(connection, row["taxonomy"]))
        decision = Decision(
            source=row["source"],
            id=row["id"],
            revision=row["revision"],
            sequence=row["sequence"],
            decided_at=row["decided_at"],
            ruleset=row["ruleset"],
            reading=reading,
            alerts=tuple(alerts),
            held_back=held_of(row["held_back"]),
        )
        return Stored(
            feedback=feedback_from_dict(orjson.loads(row["record"])),
            content_hash=row["content_hash"],
            received_at=row["received_at"],
            occurred_at=row["occurred_at"],
            notify=row["notify"],
            decision=decision,
        )


def _records() -> Select[Any]:
    """Return the query of feedback with its latest reading and decision."""
    feedback, reading, decision = schema.feedback, schema.reading, schema.decision
    at = and_(reading.c.sequence == feedback.c.sequence, reading.c.ordinal == feedback.c.ordinal)
    then = and_(decision.c.sequence == feedback.c.sequence, decision.c.ordinal == feedback.c.ordinal)
    readings = [column for column in reading.c if column.name not in ("sequence", "ordinal")]
    chosen = select(feedback, *readings, decision.c.decided_at, decision.c.ruleset, decision.c.held_back)
    return chosen.join_from(feedback, reading, at).join(decision, then)


def _feedback_row(sequence: int, draft: Draft) -> dict[str, Any]:
    feedback = draft.feedback
    return {
        "sequence": sequence,
        "source": feedback.source,
        "id": feedback.id,
        "revision": draft.revision,
        "content_hash": feedback.content_hash(),
        "record": orjson.dumps(feedback.as_dict()).decode(),
        "received_at": draft.received_at,
        "occurred_at": occurred(draft.feedback.occurred_at, draft.received_at),
        "unit": feedback.unit,
        "channel": feedback.channel,
        "customer": feedback.customer,
        "ordinal": 0,
        "unread": draft.reading.status is ReadingStatus.UNREAD,
        "notify": draft.silent is not HeldReason.NOTIFY_OFF,
    }


def occurred(said: datetime | None, received_at: datetime) -> datetime:
    """Return when a feedback occurred: as the sender said, else when it was received."""
    return said or received_at


def _decided(sequence: int, draft: Draft, opened: set[str]) -> Decision:
    alerts = tuple(replace(alert, sequence=sequence) for alert in draft.alerts if alert.id in opened)
    again = tuple(HeldBack(a.rule, HeldReason.ALREADY_OPEN) for a in draft.alerts if a.id not in opened)
    silent = tuple(HeldBack(a.rule, draft.silent) for a in alerts if draft.silent and a.kind is AlertKind.ALERT)
    return Decision(
        source=draft.feedback.source,
        id=draft.feedback.id,
        revision=draft.revision,
        sequence=sequence,
        decided_at=draft.decided_at,
        ruleset=draft.ruleset,
        reading=draft.reading,
        alerts=tuple(sorted(alerts, key=lambda alert: alert.id)),
        held_back=draft.held_back + again + silent,
    )


def _opened_event(alert: Alert) -> dict[str, Any]:
    why = f"rule {alert.rule} ({alert.rule_version}) matched"
    return {"alert_id": alert.id, "at": alert.opened_at, "kind": "opened", "who": "heedful", "why": why}
