"""Attainment, counted in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Interval, and_, case, func, literal, or_, select
from sqlalchemy.sql import expression

from engine.alerts.attainment import OUT, Attainment, Counts, Line, Question
from engine.names import is_storable
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.database import Database
from engine.store.scoping import in_scope
from engine.targets import Clock

DUE = {Clock.FOLLOW_UP: "follow_up_due", Clock.CLOSE: "close_due"}
REACHED = {Clock.FOLLOW_UP: "followed_up_at", Clock.CLOSE: "resolved_at"}
MICROSECONDS = 1_000_000


class Attainments:
    """What was promised in a store, and kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def report(self, asked: Question, now: datetime, scope: Scope = EVERYTHING) -> Attainment:
        """Return the attainment over a span."""
        named = (asked.rule, asked.holder, asked.team, asked.unit, asked.severity, asked.intent)
        if not all(is_storable(one) for one in named if one is not None):
            return Attainment(asked, now, _together([]))
        with self._database.read() as connection:
            lines = self._lines(connection, asked, now, scope)
        groups = sorted(lines, key=lambda line: (-line.alerts, line.name or ""))
        return Attainment(asked, now, _together(lines), groups if asked.by is not None else ())

    def _lines(self, connection: Connection, asked: Question, now: datetime, scope: Scope) -> list[Line]:
        table = schema.alert
        # One pass in the order of opening, over the index alone: SQLite's planner thinks too little of that.
        hint = "INDEXED BY ix_alert_attainment"
        by = literal(None) if asked.by is None else table.c[str(asked.by)]
        sums = [func.count().label("alerts")]
        for clock in Clock:
            own = asked.goal.within if asked.goal is not None and asked.goal.clock is clock else None
            sums += [count.label(f"{clock}_{name}") for name, count in self._counts(clock, own, now).items()]
        query = (
            select(by.label("name"), *sums).with_hint(table, hint, "sqlite").where(*_wanted(asked, scope)).group_by(by)
        )
        return [_line(row) for row in connection.execute(query).mappings() if row["alerts"]]

    def _counts(self, clock: Clock, within: timedelta | None, now: datetime) -> Mapping[str, ColumnElement[int]]:
        """Return how many have a target, met it, and may still do so."""
        columns = schema.alert.c
        due, reached = columns[DUE[clock]], columns[REACHED[clock]]
        if within is None:
            everything, in_time, still = func.count(due), reached <= due, due >= now
        else:
            everything, in_time, still = func.count(), self._within(reached, within), columns.opened_at >= now - within
        return {"all": everything, "met": _count(in_time), "pending": _count(and_(reached.is_(None), still))}

    def _within(self, reached: ColumnElement[Any], within: timedelta) -> ColumnElement[bool]:
        """Return whether a moment came within a span of the opening, to the microsecond."""
        opened = schema.alert.c.opened_at
        if self._database.dialect == "postgresql":
            return reached <= opened + literal(within, Interval())
        return _stamp(reached) - _stamp(opened) <= within // timedelta(microseconds=1)


def _count(holds: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((holds, 1)))


def _stamp(moment: ColumnElement[Any]) -> ColumnElement[int]:
    """Return a moment of SQLite, which is a text, in microseconds."""
    seconds = expression.cast(func.strftime("%s", moment), schema.BigKey)
    return seconds * MICROSECONDS + expression.cast(func.substr(moment, 21, 6), schema.BigKey)


def _wanted(asked: Question, scope: Scope) -> list[Any]:
    columns = schema.alert.c
    found: list[Any] = [columns.opened_at >= asked.since, columns.opened_at < asked.until, columns.in_attainment]
    found.append(or_(columns.verdict.is_(None), columns.verdict.not_in([str(one) for one in OUT])))
    for name in ("rule", "holder", "team", "severity"):
        value = getattr(asked, name)
        if value is not None:
            found.append(columns[name] == value)
    found += in_scope(schema.alert, scope)
    if asked.unit is not None:
        found += in_scope(schema.alert, Scope(asked.unit))
    if asked.intent is not None:
        found.append(columns.sequence.in_(_of_intent(asked.intent)))
    return found


def _of_intent(intent: str) -> Any:
    """Return the query of the commits whose feedback has an intent, or one below it."""
    label = schema.reading_label
    below = intent + "/"
    named = or_(label.c.label == intent, func.substr(label.c.label, 1, len(below)) == below)
    return select(label.c.sequence).where(label.c.task == "intent", named)


def _line(row: Mapping[Any, Any]) -> Line:
    clocks = {}
    for clock in Clock:
        everything, met, pending = (int(row[f"{clock}_{name}"]) for name in ("all", "met", "pending"))
        clocks[clock] = Counts(met, everything - met - pending, pending)
    return Line(row["name"], int(row["alerts"]), clocks)


def _together(lines: Sequence[Line]) -> Line:
    """Return several groups as one."""
    clocks = {}
    for clock in Clock:
        counts = [line.clocks[clock] for line in lines]
        sums = (sum(getattr(one, name) for one in counts) for name in ("met", "missed", "pending"))
        clocks[clock] = Counts(*sums)
    return Line(None, sum(line.alerts for line in lines), clocks)
