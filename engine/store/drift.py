"""What was read in a span, counted over its newest records, so that no question grows with the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Subquery, and_, case, exists, func, literal, select

from engine.drift import BINS, Span
from engine.reading import ReadingStatus
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.database import Database
from engine.store.scoping import in_scope

MOST_RECORDS = 2_000


class Drifts:
    """The spans of a store that drift is told from."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def span(self, since: datetime, until: datetime, scope: Scope = EVERYTHING, most: int = MOST_RECORDS) -> Span:
        """Count the newest records that were received in a span, each in its latest revision.

        Parameters
        ----------
        most
            How many records are looked at.
        """
        sample = _sample(since, until, scope, most)
        with self._database.read() as connection:
            statuses = _counts(connection, schema.reading.c.status, sample)
            models = _counts(connection, schema.reading.c.model, sample)
            labels, confidences = _labels(connection, sample)
        found = {ReadingStatus(name): count for name, count in statuses.items()}
        return Span(since, until, found, models, labels, confidences, sum(found.values()) >= most)


def _sample(since: datetime, until: datetime, scope: Scope, most: int) -> Subquery:
    feedback = schema.feedback
    later = feedback.alias("later")
    revised = exists().where(
        later.c.source == feedback.c.source, later.c.id == feedback.c.id, later.c.revision > feedback.c.revision
    )
    within = (feedback.c.received_at >= since, feedback.c.received_at < until)
    chosen = select(feedback.c.sequence, feedback.c.ordinal).where(*within, ~revised, *in_scope(feedback, scope))
    return chosen.order_by(feedback.c.received_at.desc(), feedback.c.sequence.desc()).limit(most).subquery()


def _counts(connection: Connection, column: Any, sample: Subquery) -> Mapping[str, int]:
    reading = schema.reading
    at = and_(reading.c.sequence == sample.c.sequence, reading.c.ordinal == sample.c.ordinal)
    query = select(column, func.count()).join_from(sample, reading, at).group_by(column).order_by(column)
    return {row[0]: row[1] for row in connection.execute(query)}


def _labels(connection: Connection, sample: Subquery) -> tuple[dict[str, dict[str, int]], tuple[int, ...]]:
    """Return how many records each label holds in, and how many labels hold with which tenth of confidence."""
    label = schema.reading_label
    # How many edges it reaches: databases do not agree on how a number is cut.
    place = sum((case((label.c.confidence >= edge / BINS, 1), else_=0) for edge in range(1, BINS)), literal(0))
    held = select(label.c.task, label.c.label, place.label("place"))
    of = held.join_from(sample, label, label.c.sequence == sample.c.sequence).subquery()
    query = select(*of.c, func.count()).group_by(*of.c)
    labels: dict[str, dict[str, int]] = {}
    bins = [0] * BINS
    for row in connection.execute(query):
        task, name, tenth, count = tuple(row)
        of_task = labels.setdefault(task, {})
        of_task[name] = of_task.get(name, 0) + count
        bins[tenth] += count
    return {task: dict(sorted(counts.items())) for task, counts in sorted(labels.items())}, tuple(bins)
