"""The signals and problems of a span."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from engine.alerts.alert import AlertKind
from engine.insights.asked import Asked
from engine.insights.happenings import Happenings, ProblemLine, SignalLine
from engine.rules.grouping import say_key
from engine.scope import Scope
from engine.store import schema, schema_followup
from engine.store.schema_search import search_entry
from engine.store.scoping import chunks, in_scope

MOST = 500


def happenings(connection: Connection, since: datetime, until: datetime, scope: Scope) -> Happenings:
    """Return the signals opened in a span, and the problems, the newest first."""
    signals = _signals(connection, since, until, scope)
    problems = _problems(connection, since, until, scope)
    more = len(signals) > MOST or len(problems) > MOST
    return Happenings(tuple(signals[:MOST]), tuple(problems[:MOST]), more)


def _signals(connection: Connection, since: datetime, until: datetime, scope: Scope) -> list[SignalLine]:
    table = schema.alert
    named = ("id", "rule", "title", "severity", "state", "opened_at", "started_at", "ended_at", "problem")
    within = (table.c.opened_at >= since, table.c.opened_at < until, table.c.kind == str(AlertKind.SIGNAL))
    query = select(*(table.c[name] for name in named), table.c.key).where(*within, *in_scope(table, scope))
    query = query.order_by(table.c.opened_at.desc(), table.c.id).limit(MOST + 1)
    rows = connection.execute(query).mappings().all()
    counts = _behind(connection, [row["id"] for row in rows], scope)
    return [
        SignalLine(
            **{name: row[name] for name in named},
            key=None if row["key"] is None else say_key(row["key"]),
            feedback=counts.get(row["id"], 0),
            behind=Asked(behind=row["id"]),
        )
        for row in rows
    ]


def _behind(connection: Connection, alerts: Sequence[str], scope: Scope) -> dict[str, int]:
    """Return how much feedback that may be seen stands behind each of some signals; of its latest revision."""
    link, feedback, entry = schema.alert_feedback, schema.feedback, search_entry
    then = feedback.alias("then")
    same = and_(feedback.c.source == then.c.source, feedback.c.id == then.c.id)
    joined: Any = select(link.c.alert_id, func.count(entry.c.sequence.distinct()))
    joined = joined.join_from(link, then, then.c.sequence == link.c.sequence).join(feedback, same)
    joined = joined.join(entry, entry.c.sequence == feedback.c.sequence)
    found: dict[str, int] = {}
    for some in chunks(alerts):
        query = joined.where(link.c.alert_id.in_(list(some)), *in_scope(entry, scope)).group_by(link.c.alert_id)
        found.update((row[0], row[1]) for row in connection.execute(query))
    return found


def _problems(connection: Connection, since: datetime, until: datetime, scope: Scope) -> list[ProblemLine]:
    table, alert = schema_followup.problem, schema.alert
    named = ("id", "title", "topic", "unit", "state", "created_at", "solved_at")
    within = (table.c.created_at >= since, table.c.created_at < until, *in_scope(table, scope))
    counted = (
        select(func.count())
        .select_from(alert)
        .where(alert.c.problem == table.c.id, *in_scope(alert, scope))
        .scalar_subquery()
    )
    query = select(*(table.c[name] for name in named), counted.label("alerts")).where(*within)
    query = query.order_by(table.c.created_at.desc(), table.c.id).limit(MOST + 1)
    return [ProblemLine(**row) for row in connection.execute(query).mappings()]
