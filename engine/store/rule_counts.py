"""The alerts of a span, counted by rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from engine.alerts.alert import AlertKind
from engine.alerts.attainment import Line
from engine.alerts.precision import precision_of
from engine.alerts.verdict import VerdictKind
from engine.insights.rule_trust import RuleLine
from engine.scope import Scope
from engine.store import schema
from engine.store.scoping import in_scope

WEEK = timedelta(days=7)


def rule_lines(
    connection: Connection, since: datetime, until: datetime, attained: Mapping[str | None, Line], scope: Scope
) -> list[RuleLine]:
    """Return a line a rule that opened anything in a span, the busiest first."""
    table = schema.alert
    query = select(table.c.rule, table.c.kind, table.c.verdict, func.count()).where(
        table.c.opened_at >= since,
        table.c.opened_at < until,
        table.c.kind != str(AlertKind.SYSTEM),
        *in_scope(table, scope),
    )
    kinds: dict[str, dict[str, int]] = {}
    verdicts: dict[str, list[VerdictKind]] = {}
    for rule, kind, verdict, count in connection.execute(query.group_by(table.c.rule, table.c.kind, table.c.verdict)):
        own = kinds.setdefault(rule, {})
        own[kind] = own.get(kind, 0) + count
        if verdict is not None and kind != AlertKind.REVIEW:
            verdicts.setdefault(rule, []).extend([VerdictKind(verdict)] * count)
    weeks = max((until - since) / WEEK, 1e-9)
    lines = [
        RuleLine(
            rule=rule,
            alerts=own.get(AlertKind.ALERT, 0),
            reviews=own.get(AlertKind.REVIEW, 0),
            signals=own.get(AlertKind.SIGNAL, 0),
            a_week=own.get(AlertKind.ALERT, 0) / weeks,
            precision=precision_of(verdicts.get(rule, ())),
            attainment=attained.get(rule),
            since=since,
            until=until,
        )
        for rule, own in kinds.items()
    ]
    return sorted(lines, key=lambda line: (-line.alerts, -line.signals, line.rule))
