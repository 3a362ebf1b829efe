"""The customers behind a problem: of the alerts that are linked to it, and of the feedback behind its signals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice
from typing import Any

import orjson
from sqlalchemy import Connection, Select, and_, case, select, true

from engine.alerts.alert import AlertKind
from engine.scope import Scope
from engine.store import schema
from engine.store.scoping import in_scope

AT_ONCE = 500
# How many alerts a row names; what is more is counted.
MOST_ALERTS = 20


@dataclass(frozen=True, slots=True)
class BehindRow:
    """A customer behind a problem; or a feedback of nobody in particular.

    Parameters
    ----------
    customer
        None where the feedback names none: then it has a row of its own.
    source, feedback_id, occurred_at, unit, channel, scores
        Of the customer's latest feedback.
    feedback
        How many feedback of the customer are behind the problem.
    alerts
        Ids and states of the first alerts, the newest first.
    more_alerts
        How many there are beside these.
    holders
        Who holds these alerts.
    """

    customer: str | None
    source: str
    feedback_id: str
    occurred_at: datetime
    unit: str | None
    channel: str | None
    scores: dict[str, float]
    feedback: int
    alerts: tuple[tuple[str, str], ...]
    more_alerts: int
    holders: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "customer": self.customer,
            "source": self.source,
            "feedback_id": self.feedback_id,
            "occurred_at": self.occurred_at.isoformat(),
            "unit": self.unit,
            "channel": self.channel,
            "scores": self.scores,
            "feedback": self.feedback,
            "alerts": [{"id": alert, "state": state} for alert, state in self.alerts],
            "more_alerts": self.more_alerts,
            "holders": list(self.holders),
        }


def behind(connection: Connection, problem_id: str, scope: Scope) -> Iterator[BehindRow]:
    """Yield one row a customer, by name, then one a feedback without a customer; some hundred at a time.

    The database sorts; here is never more in memory than the feedback of one customer.
    """
    for anonymous in (False, True):
        rows = _streamed(connection, _query(problem_id, scope, anonymous=anonymous))
        grouped = (_gathered(list(group)) for _, group in groupby(rows, key=_anonymous if anonymous else _customer))
        while some := list(islice(grouped, AT_ONCE)):
            yield from _with_scores(connection, some)


def _query(problem_id: str, scope: Scope, *, anonymous: bool) -> Select[Any]:
    """Return the query of feedback and alerts: those that alerts are about, and those that stand behind them."""
    feedback, alert, link = schema.feedback, schema.alert, schema.alert_feedback
    named = ("customer", "source", "id", "sequence", "occurred_at", "unit", "channel")
    chosen = [feedback.c[name].label(name) for name in named]
    # Of an alert that is out of scope the feedback behind it is shown where that is in scope, and not the alert.
    seen = and_(true(), *in_scope(alert, scope))
    told = ("id", "state", "holder", "opened_at")
    chosen += [case((seen, alert.c[name])).label(f"alert_{name}") for name in told]
    of_problem = [alert.c.problem == problem_id, *in_scope(feedback, scope)]
    of_problem.append(feedback.c.customer.is_(None) if anonymous else feedback.c.customer.is_not(None))
    # A signal's own feedback is the one that made it cross, or any before: what is behind it is linked.
    about = select(*chosen).join_from(alert, feedback, feedback.c.sequence == alert.c.sequence)
    about = about.where(*of_problem, alert.c.kind != str(AlertKind.SIGNAL))
    linked = select(*chosen).join_from(alert, link, link.c.alert_id == alert.c.id)
    linked = linked.join(feedback, feedback.c.sequence == link.c.sequence).where(*of_problem)
    both = about.union(linked).subquery()
    by = [both.c.source, both.c.id] if anonymous else [both.c.customer]
    return select(both).order_by(*by, both.c.occurred_at.desc(), both.c.sequence.desc(), both.c.alert_id)


def _streamed(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    with connection.execute(query.execution_options(yield_per=AT_ONCE)) as rows:
        yield from rows


def _customer(row: Any) -> str:
    customer: str = row.customer
    return customer


def _anonymous(row: Any) -> tuple[str, str]:
    return row.source, row.id


def _gathered(rows: Sequence[Any]) -> tuple[int, BehindRow]:
    """Return a customer's row, without the scores, and the commit of the latest feedback, which has them."""
    latest = rows[0]
    shown = [row for row in rows if row.alert_id is not None]
    newest = sorted(shown, key=lambda row: (row.alert_opened_at, row.alert_id), reverse=True)
    alerts = dict.fromkeys((row.alert_id, row.alert_state) for row in newest)
    return latest.sequence, BehindRow(
        customer=latest.customer,
        source=latest.source,
        feedback_id=latest.id,
        occurred_at=latest.occurred_at,
        unit=latest.unit,
        channel=latest.channel,
        scores={},
        feedback=len({(row.source, row.id) for row in rows}),
        alerts=tuple(alerts)[:MOST_ALERTS],
        more_alerts=max(0, len(alerts) - MOST_ALERTS),
        holders=tuple(dict.fromkeys(row.alert_holder for row in newest if row.alert_holder)),
    )


def _with_scores(connection: Connection, some: Iterable[tuple[int, BehindRow]]) -> Iterator[BehindRow]:
    rows = list(some)
    table = schema.feedback
    query = select(table.c.sequence, table.c.record).where(table.c.sequence.in_([sequence for sequence, _ in rows]))
    scores = {row.sequence: orjson.loads(row.record).get("scores", {}) for row in connection.execute(query)}
    for sequence, row in rows:
        yield replace(row, scores=scores[sequence])
