"""How often a topic came up in stored feedback: counted from its labels, the latest revision of each record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from engine.alerts.problem import Problem
from engine.alerts.rates import Rate, RateChange
from engine.scope import Scope
from engine.store import schema
from engine.store.records import in_scope
from engine.taxonomy import taxonomy_from_dict

DAYS = 28
TOPIC = "topic"


def rate_change(connection: Connection, problem: Problem, now: datetime, days: int = DAYS) -> RateChange | None:
    """Return the rate of a problem's topic, in its unit, in the days before it was opened and since.

    Since it was solved, or since it was opened while it is not. None where the problem has no topic.
    """
    if problem.topic is None:
        return None
    leaves = _leaves(connection, problem.topic)
    opened = problem.created_at
    before = _rate(connection, leaves, problem.unit, opened - timedelta(days=days), opened)
    since = problem.solved_at or opened
    after = _rate(connection, leaves, problem.unit, since, max(since, now))
    return RateChange(problem.topic, problem.unit, before, after)


def _leaves(connection: Connection, topic: str) -> list[str]:
    """Return the leaves at or below a topic, in every tree that feedback was read with."""
    found: set[str] = set()
    for content in connection.scalars(select(schema.taxonomy.c.content)):
        leaves = taxonomy_from_dict(json.loads(content)).leaves[TOPIC]
        found.update(leaf for leaf in leaves if leaf == topic or leaf.startswith(topic + "/"))
    return sorted(found)


def _rate(connection: Connection, leaves: Sequence[str], unit: str | None, since: datetime, until: datetime) -> Rate:
    feedback, label = schema.feedback, schema.reading_label
    within = _within(feedback, unit, since, until)
    counted = select(func.count()).select_from(feedback).where(*within)
    of = (connection.scalar(counted) or 0) - _replaced(connection, unit, since, until)
    if not leaves:
        return Rate(since, until, 0, of)
    newer = feedback.alias("newer")
    # A topic with several leaves may hold twice for one feedback.
    with_topic = (
        select(func.count(feedback.c.sequence.distinct()))
        .join_from(label, feedback, feedback.c.sequence == label.c.sequence)
        .where(label.c.task == TOPIC, label.c.label.in_(leaves), *within)
        .where(~select(newer.c.sequence).where(_follows(newer, feedback)).exists())
    )
    return Rate(since, until, connection.scalar(with_topic) or 0, of)


def _replaced(connection: Connection, unit: str | None, since: datetime, until: datetime) -> int:
    """Return how many records of a span have a later revision: they are few, and found from there."""
    feedback = schema.feedback
    newer = feedback.alias("newer")
    query = select(func.count()).join_from(newer, feedback, _follows(newer, feedback))
    return connection.scalar(query.where(newer.c.revision > 1, *_within(feedback, unit, since, until))) or 0


def _follows(newer: Any, older: Any) -> ColumnElement[bool]:
    return and_(newer.c.source == older.c.source, newer.c.id == older.c.id, newer.c.revision == older.c.revision + 1)


def _within(feedback: Any, unit: str | None, since: datetime, until: datetime) -> list[Any]:
    return [feedback.c.occurred_at >= since, feedback.c.occurred_at < until, *in_scope(feedback, Scope(unit))]
