"""Retention: which records have reached their age, what each rule does today, and what it would do."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, exists, func, or_, select

from engine.alerts.alert import AlertKind
from engine.privacy.retention import Erasing, RetentionRule
from engine.store import schema
from engine.store.database import Database
from engine.store.erasing_work import Phase, Work
from engine.store.record_rows import Key

if TYPE_CHECKING:
    from engine.store.erasing import Erasures


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule of retention would erase.

    Parameters
    ----------
    due
        Records that have reached their age.
    waiting
        Of these, those that stay as long as an alert about them is open.
    next_at
        When the next record reaches its age; None if there is none.
    """

    rule: RetentionRule
    due: int
    waiting: int
    next_at: datetime | None


class Retention:
    """The retention of a store.

    Parameters
    ----------
    erasures
        What does it.
    """

    def __init__(self, database: Database, erasures: Erasures) -> None:
        self._database = database
        self._erasures = erasures
        self._looked: dict[str, str] = {}

    def due(self, rules: Sequence[RetentionRule], now: datetime) -> list[str]:
        """Write down what rules do today, and return the erasures that this made: each rule once a day."""
        today, made = f"{now:%Y-%m-%d}", []
        for rule in rules:
            if self._looked.get(rule.said) == today:
                continue
            found = self._erasures.start_retention(rule.said, rule.erasing, work_of(rule, now), now)
            if found is not None:
                made.append(found)
            self._looked[rule.said] = today
        return made

    def preview(self, rules: Sequence[RetentionRule], now: datetime) -> list[Preview]:
        """Return what each rule would do now, and when it has more to do."""
        with self._database.read() as connection:
            return [self._preview(connection, rule, now) for rule in rules]

    def _preview(self, connection: Connection, rule: RetentionRule, now: datetime) -> Preview:
        table, work = schema.feedback, work_of(rule, now)
        cutoff = now - rule.after
        aged = _aged(work, rule.erasing, cutoff)
        count = select(func.count()).select_from(table).where(*aged)
        due = connection.scalar(count) or 0
        waiting = connection.scalar(count.where(_has_open_alert())) or 0
        of = [table.c.received_at > cutoff, *_of(work, rule.erasing)]
        first: datetime | None = connection.scalar(select(func.min(table.c.received_at)).where(*of))
        return Preview(rule, due, waiting, None if first is None else first + rule.after)


def work_of(rule: RetentionRule, now: datetime) -> Work:
    """Return what a rule has to do at a moment."""
    return Work(
        phase=Phase.RECORDS,
        salt=randomness.token_hex(16),
        cutoff=(now - rule.after).isoformat(),
        channel=rule.channel,
        source=rule.source,
    )


def aged_keys(
    connection: Connection, work: Work, erasing: Erasing, most: int
) -> tuple[list[Key], tuple[str, int] | None]:
    """Return the next records that have reached their age, the oldest first, and how far that is.

    A record is as old as its latest revision. One about which an alert is open stays until that is closed.
    """
    table = schema.feedback
    cutoff = datetime.fromisoformat(work.cutoff or "")
    query: Select[Any] = select(table.c.sequence, table.c.source, table.c.id, table.c.received_at)
    query = query.where(*_aged(work, erasing, cutoff), ~_has_open_alert())
    if work.after is not None:
        at, sequence = datetime.fromisoformat(work.after[0]), work.after[1]
        query = query.where(or_(table.c.received_at > at, and_(table.c.received_at == at, table.c.sequence > sequence)))
    rows = connection.execute(query.order_by(table.c.received_at, table.c.sequence).limit(most)).all()
    after = (rows[-1].received_at.isoformat(), rows[-1].sequence) if rows else work.after
    return list(dict.fromkeys((row.source, row.id) for row in rows)), after


def _aged(work: Work, erasing: Erasing, cutoff: datetime) -> list[Any]:
    table = schema.feedback
    later = table.alias("later")
    revised = exists().where(
        later.c.source == table.c.source, later.c.id == table.c.id, later.c.revision > table.c.revision
    )
    return [table.c.received_at <= cutoff, ~revised, *_of(work, erasing)]


def _of(work: Work, erasing: Erasing) -> list[Any]:
    table = schema.feedback
    found: list[Any] = [] if erasing is Erasing.DELETE else [table.c.erased_at.is_(None)]
    found += [] if work.channel is None else [table.c.channel == work.channel]
    return found + ([] if work.source is None else [table.c.source == work.source])


def _has_open_alert() -> Any:
    table, alert = schema.feedback, schema.alert
    return exists().where(
        alert.c.source == table.c.source,
        alert.c.feedback_id == table.c.id,
        alert.c.kind == str(AlertKind.ALERT),
        alert.c.closed_at.is_(None),
    )
