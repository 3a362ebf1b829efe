"""How often a topic came up in stored feedback: counted from its labels, the latest revision of each record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from engine.alerts.problem import Problem
from engine.alerts.rates import Rate, RateChange
from engine.scope import Scope
from engine.store import schema
from engine.store.scoping import in_scope
from engine.taxonomy import taxonomy_from_dict

DAYS = 28
TOPIC = "topic"


def rate_change(connection: Connection, problem: Problem, now: datetime, days: int = DAYS) -> RateChange | None:
    """Return the rate of a problem's topic, in its unit, in the days before it was opened and since.

    Since it was solved, or since it was opened while it is not. None where the problem has no topic.
    """
    if problem.topic is None:
        return None
    leaves = leaves_of(connection, problem.topic)
    opened = problem.created_at
    before = _rate(connection, leaves, problem.unit, opened - timedelta(days=days), opened)
    since = problem.solved_at or opened
    after = _rate(connection, leaves, problem.unit, since, max(since, now))
    return RateChange(problem.topic, problem.unit, before, after)


def leaves_of(connection: Connection, topic: str) -> list[str]:
    """Return the leaves at or below a topic, in every tree that feedback was read with."""
    found: set[str] = set()
    for content in connection.scalars(select(schema.taxonomy.c.content)):
        leaves = taxonomy_from_dict(json.loads(content)).leaves[TOPIC]
        found.update(leaf for leaf in leaves if leaf == topic or leaf.startswith(topic + "/"))
    return sorted(found)


def _rate(connection: Connection, leaves: Sequence[str], unit: str | None, since: datetime, until: datetime) -> Rate:
    feedback, label = schema.feedback, schema.reading_label
    within = _within(feedback, unit, since, until)
    everything = select(func.count()).select_from(feedback).where(*within)
    # Outer joins, so that each is gone through in this order: labels and later revisions are few beside the feedback.
    with_topic = select(_different(label, within)).join_from(
        label, feedback, feedback.c.sequence == label.c.sequence, isouter=True
    )
    replaced, replaced_topic = _replaced(connection, leaves, within)
    of = (connection.scalar(everything) or 0) - replaced
    count = (connection.scalar(with_topic.where(*_about(leaves))) or 0) - replaced_topic
    return Rate(since, until, count, of)


def _replaced(connection: Connection, leaves: Sequence[str], within: Sequence[Any]) -> tuple[int, int]:
    """Return how many records of a span have a later revision, and how many of these are about the topic."""
    feedback, label = schema.feedback, schema.reading_label
    newer = feedback.alias("newer")
    follows = and_(
        newer.c.source == feedback.c.source,
        newer.c.id == feedback.c.id,
        feedback.c.revision == newer.c.revision - 1,
    )
    topic = and_(label.c.sequence == feedback.c.sequence, *_about(leaves))
    joined = newer.outerjoin(feedback, follows).outerjoin(label, topic)
    query = select(_different(feedback, within), _different(label, within)).select_from(joined)
    row = connection.execute(query.where(newer.c.revision > 1)).one()
    return row[0], row[1]


def _different(table: Any, within: Sequence[Any]) -> Any:
    """Return the count of different feedback of a span: a topic with several leaves may hold twice for one."""
    return func.count(case((and_(*within), table.c.sequence)).distinct())


def _about(leaves: Sequence[str]) -> tuple[Any, Any]:
    label = schema.reading_label
    return label.c.task == TOPIC, label.c.label.in_(leaves)


def _within(feedback: Any, unit: str | None, since: datetime, until: datetime) -> list[Any]:
    return [feedback.c.occurred_at >= since, feedback.c.occurred_at < until, *in_scope(feedback, Scope(unit))]
