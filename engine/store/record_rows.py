"""The rows of feedback, readings and decisions, and the query that brings them together again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from engine.decision import Decision, Draft
from engine.feedback import hash_of
from engine.reading import ReadingStatus
from engine.store import schema
from engine.store.bulk import insert_rows
from engine.store.codec import found_text, held_text, label_rows, reading_row

Key = tuple[str, str]
Numbered = tuple[int, Draft]


def write_readings(connection: Connection, numbered: Sequence[Numbered], ordinal: int) -> None:
    """Write the readings of commits, and which labels hold."""
    insert_rows(connection, schema.reading, [reading_row(s, ordinal, d.reading) for s, d in numbered])
    labels = [row for sequence, draft in numbered for row in label_rows(sequence, draft.reading)]
    insert_rows(connection, schema.reading_label, labels)


def feedback_row(sequence: int, draft: Draft, received_at: datetime) -> dict[str, Any]:
    """Return the row of a feedback that is received at a moment."""
    feedback, record = draft.feedback, draft.feedback.as_dict()
    return {
        "sequence": sequence,
        "source": feedback.source,
        "id": feedback.id,
        "revision": draft.revision,
        "content_hash": feedback.content_hash() if feedback.received or feedback.recording else hash_of(record),
        "record": orjson.dumps(record).decode(),
        "received_at": received_at,
        "occurred_at": occurred(feedback.occurred_at, received_at),
        "unit": feedback.unit,
        "channel": feedback.channel,
        "customer": feedback.customer,
        "ordinal": 0,
        "unread": draft.reading.status is ReadingStatus.UNREAD,
        "notify": draft.notify,
        "sealed": feedback.sealed,
    }


def decision_row(decision: Decision, ordinal: int) -> dict[str, Any]:
    """Return the row of a decision."""
    return {
        "sequence": decision.sequence,
        "ordinal": ordinal,
        "decided_at": decision.decided_at,
        "ruleset": decision.ruleset,
        "held_back": held_text(decision.held_back),
        "found": found_text(decision.found),
    }


def occurred(said: datetime | None, received_at: datetime) -> datetime:
    """Return when a feedback occurred: as the sender said, else when it was received."""
    return said or received_at


def has_key(keys: Sequence[Key]) -> ColumnElement[bool]:
    """Return the condition that a feedback has one of some keys: by source, which databases find faster than pairs."""
    by_source: dict[str, list[str]] = {}
    for source, feedback_id in keys:
        by_source.setdefault(source, []).append(feedback_id)
    table = schema.feedback
    return or_(*(and_(table.c.source == source, table.c.id.in_(ids)) for source, ids in by_source.items()))


def latest() -> Select[Any]:
    """Return the query of feedback with its latest reading and decision."""
    feedback, reading, decision = schema.feedback, schema.reading, schema.decision
    at = and_(reading.c.sequence == feedback.c.sequence, reading.c.ordinal == feedback.c.ordinal)
    then = and_(decision.c.sequence == feedback.c.sequence, decision.c.ordinal == feedback.c.ordinal)
    readings = [column for column in reading.c if column.name not in ("sequence", "ordinal")]
    chosen = select(
        feedback, *readings, decision.c.decided_at, decision.c.ruleset, decision.c.held_back, decision.c.found
    )
    return chosen.join_from(feedback, reading, at).join(decision, then)
