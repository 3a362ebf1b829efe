"""Alerts counted by rule, topic and unit, for suggestions of what may be a problem."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from engine.alerts.alert import AlertKind
from engine.alerts.suggesting import WEEKS, Group, Suggestion, Tally, suggested
from engine.scope import Scope
from engine.store import schema
from engine.store.scoping import in_scope

WEEK = timedelta(days=7)
MOST = 20
MOST_ALERTS = 50
TOPIC = "topic"
KINDS = (str(AlertKind.ALERT), str(AlertKind.SIGNAL))


def suggestions(connection: Connection, now: datetime, scope: Scope, most: int = MOST) -> list[Suggestion]:
    """Return which open alerts of the last seven days may belong together, patterns first."""
    weeks = _whole_weeks(connection, now)
    tallies = _tallies(connection.execute(_by_rule(now, scope)), "rule", weeks)
    tallies |= _tallies(connection.execute(_by_topic(now, scope)), "topic", weeks)
    found = suggested(tallies)[:most]
    return [replace(one, alerts=_waiting(connection, one.group, now, scope)) for one in found]


def _whole_weeks(connection: Connection, now: datetime) -> int:
    """Return how many whole weeks before the last one the store knows of, at most four."""
    table = schema.feedback
    first = connection.scalar(select(table.c.received_at).order_by(table.c.sequence).limit(1))
    return 0 if first is None else max(0, min(WEEKS, (now - first) // WEEK - 1))


def _opened(now: datetime, scope: Scope) -> list[Any]:
    alert = schema.alert
    span = (alert.c.opened_at > now - WEEK * (WEEKS + 1), alert.c.opened_at <= now)
    return [*span, alert.c.kind.in_(KINDS), *in_scope(alert, scope)]


def _week(now: datetime) -> Any:
    """Return which week an alert was opened in: 0 is the last one."""
    opened = schema.alert.c.opened_at
    return case(*((opened > now - WEEK * (week + 1), week) for week in range(WEEKS)), else_=WEEKS)


def _is_waiting() -> Any:
    alert = schema.alert
    return (alert.c.closed_at.is_(None)) & (alert.c.problem.is_(None))


def _by_rule(now: datetime, scope: Scope) -> Select[Any]:
    alert = schema.alert
    week = _week(now).label("week")
    counts = (func.count().label("opened"), func.sum(case((_is_waiting(), 1), else_=0)).label("waiting"))
    query = select(alert.c.rule.label("name"), alert.c.unit, week, *counts).where(*_opened(now, scope))
    return query.group_by(alert.c.rule, alert.c.unit, week)


def _by_topic(now: datetime, scope: Scope) -> Select[Any]:
    """Return the counts by topic; several rules may open alerts about one feedback: here it counts once."""
    alert, label = schema.alert, schema.reading_label
    week = _week(now).label("week")
    one, topic = alert.c.sequence.distinct(), label.c.label
    waiting = case((_is_waiting(), alert.c.sequence)).distinct()
    query = select(topic.label("name"), alert.c.unit, week, func.count(one).label("opened"), func.count(waiting))
    query = query.join_from(alert, label, (label.c.sequence == alert.c.sequence) & (label.c.task == TOPIC))
    query = query.where(*_opened(now, scope), alert.c.kind == str(AlertKind.ALERT))
    return query.group_by(topic, alert.c.unit, week)


def _tallies(rows: Iterable[Any], by: str, weeks: int) -> dict[Group, Tally]:
    """Return the counts of each name everywhere, and in each unit where that is not all of it."""
    opened: dict[Group, list[int]] = defaultdict(lambda: [0] * (WEEKS + 1))
    waiting: dict[Group, int] = defaultdict(int)
    units: dict[str, set[str | None]] = defaultdict(set)
    for name, unit, week, count, still in rows:
        units[name].add(unit)
        for group in {Group(by, name), Group(by, name, unit)}:
            opened[group][week] += count
            waiting[group] += still if week == 0 else 0
    return {
        group: Tally(counts[0], tuple(counts[1 : weeks + 1]), waiting[group])
        for group, counts in opened.items()
        if len(units[group.name]) > 1 or group.unit in units[group.name]
    }


def _waiting(connection: Connection, group: Group, now: datetime, scope: Scope) -> tuple[str, ...]:
    """Return the most urgent open alerts of a group, linked to no problem yet."""
    alert, label = schema.alert, schema.reading_label
    query = select(alert.c.id).where(*_opened(now, scope), _is_waiting(), alert.c.opened_at > now - WEEK)
    if group.unit is not None:
        query = query.where(alert.c.unit == group.unit)
    if group.by == "rule":
        query = query.where(alert.c.rule == group.name)
    else:
        query = query.join_from(alert, label, (label.c.sequence == alert.c.sequence) & (label.c.task == TOPIC))
        query = query.where(label.c.label == group.name, alert.c.kind == str(AlertKind.ALERT))
    query = query.order_by(alert.c.priority.desc(), alert.c.opened_at, alert.c.id).limit(MOST_ALERTS)
    return tuple(connection.scalars(query))
