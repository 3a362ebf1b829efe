"""What is still stored of what windows counted: for the course of a signal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from engine.alerts.alert import Alert
from engine.rules.course import Course, course_of
from engine.rules.rule import Rule
from engine.rules.tallies import Counted, Tallies, stamp
from engine.store import schema
from engine.store.counters import COUNTED
from engine.store.database import Database

# Of more counts no course is drawn: a page must not read a million rows.
MOST = 100_000
# How much is shown before a signal began and after it ended, in spans of its window.
BEFORE, AFTER = 1, 1


class Courses:
    """The courses of a store's signals."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, rule: Rule, signal: Alert, now: datetime) -> Course | None:
        """Return what a signal's window held around it; None where that is not kept any more, or is too much."""
        window, counters = rule.window, rule.counters
        if window is None or counters is None or signal.key is None or signal.started_at is None:
            return None
        since = signal.started_at - window.within * BEFORE
        until = min(now, (signal.ended_at or now) + window.within * AFTER)
        table = schema.counted
        names = dict.fromkeys((counters.own, counters.everything))
        query = select(*COUNTED).where(table.c.counter.in_(names), table.c.key == signal.key)
        query = query.where(table.c.at > stamp(since - window.within), table.c.at <= stamp(until))
        with self._database.read() as connection:
            kept = connection.scalar(select(schema.counter.c.since).where(schema.counter.c.id == counters.own))
            if kept is None or kept > stamp(since):
                return None
            rows = connection.execute(query.order_by(table.c.id).limit(MOST + 1)).all()
        if len(rows) > MOST:
            return None
        tallies = Tallies()
        tallies.add(Counted(*row) for row in rows)
        return course_of(window, tallies, counters, signal.key, since, until)
