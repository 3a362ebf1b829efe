"""Alerts, listed and looked up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from engine.alerts.alert import Alert
from engine.errors import NotFoundError
from engine.names import is_storable
from engine.scope import EVERYTHING, Scope
from engine.store import schema, schema_delivery
from engine.store.alert_counts import Waiting, waiting
from engine.store.alert_filter import AlertFilter, Sort, after, cursor_of, order_of, standing_in
from engine.store.beside import Beside, beside
from engine.store.changes import attempts_of
from engine.store.codec import alert_of
from engine.store.database import Database
from engine.store.notifications import told_of
from engine.store.schema_base import Row
from engine.store.scoping import chunks, in_scope
from engine.store.verdict_rows import latest_verdict

MOST_LINKED = 1_000
MOST_EARLIER = 20
MOST_RULES = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Some alerts in their order, and the cursor of the next page (None on the last)."""

    alerts: tuple[Alert, ...]
    cursor: str | None


class Alerts:
    """The alerts of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        wanted: AlertFilter,
        *,
        sort: Sort = Sort.NEWEST,
        limit: int = 100,
        cursor: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> Page:
        """Return one page of alerts: newest first, or as a queue of what is not closed.

        Raises
        ------
        FeedbackError
            If the cursor is not one that a page in this order gave.
        """
        table = schema.alert
        further = [] if cursor is None else after(cursor, sort)
        if not wanted.is_storable:
            return Page((), None)
        standing = standing_in(sort, wanted.kind)
        query = select(table).where(*in_scope(table, scope), *wanted.conditions(), *standing, *further)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(*order_of(sort)).limit(limit + 1)).mappings()
            alerts = [alert_of(row) for row in rows]
        more = len(alerts) > limit
        alerts = alerts[:limit]
        return Page(tuple(alerts), cursor_of(alerts[-1], sort) if more else None)

    def count(self, wanted: AlertFilter, most: int, *, sort: Sort = Sort.NEWEST, scope: Scope = EVERYTHING) -> int:
        """Return how many alerts there are, counted no further than ``most``."""
        table = schema.alert
        if not wanted.is_storable:
            return 0
        standing = standing_in(sort, wanted.kind)
        some = select(table.c.id).where(*in_scope(table, scope), *wanted.conditions(), *standing).limit(most)
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(some.subquery())) or 0

    def waiting(self, now: datetime, most: int, scope: Scope = EVERYTHING) -> Waiting:
        """Return how many alerts wait in each queue, among the first ``most``."""
        with self._database.read() as connection:
            return waiting(connection, now, most, scope)

    def some(self, alert_ids: Sequence[str], scope: Scope = EVERYTHING) -> dict[str, Alert]:
        """Return alerts by their ids, as far as they are there and in scope."""
        table = schema.alert
        found: dict[str, Alert] = {}
        with self._database.read() as connection:
            for few in chunks([one for one in alert_ids if is_storable(one)]):
                query = select(table).where(table.c.id.in_(list(few)), *in_scope(table, scope))
                found |= {row["id"]: alert_of(row) for row in connection.execute(query).mappings()}
        return found

    def rules(self, scope: Scope = EVERYTHING) -> list[tuple[str, str]]:
        """Return the rules that opened alerts which are not closed, each with a title, by title."""
        table = schema.alert
        query = select(table.c.rule, func.max(table.c.title)).where(table.c.closed_at.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(query.where(*in_scope(table, scope)).group_by(table.c.rule).limit(MOST_RULES))
            return sorted(((rule, title) for rule, title in rows), key=lambda one: (one[1].casefold(), one[0]))

    def one(self, alert_id: str, scope: Scope = EVERYTHING) -> tuple[Alert, dict[str, Any]]:
        """Return an alert with everything that belongs to it.

        That is its latest verdict, its events, the attempts to reach the customer, the feedback linked to it, the
        earlier alerts of the same customer, and its notifications.

        Raises
        ------
        NotFoundError
            If there is none, or it is out of scope.
        """
        table = schema.alert
        with self._database.read() as connection:
            query = select(table).where(table.c.id == alert_id, *in_scope(table, scope))
            row = connection.execute(query).mappings().first() if is_storable(alert_id) else None
            if row is None:
                raise NotFoundError(f"there is no alert {alert_id[:60]}, or this key may not see it")
            events = schema.alert_event
            history = connection.execute(select(events).where(events.c.alert_id == alert_id).order_by(events.c.id))
            told = [_event(event) for event in history.mappings()]
            verdict = latest_verdict(connection, alert_id)
            linked = _linked(connection, alert_id, scope)
            attempts = [attempt.as_dict() for attempt in attempts_of(connection, alert_id)]
            earlier = _earlier(connection, row, scope)
        more = {"verdict": verdict.as_dict() if verdict else None, "events": told, "feedback": linked}
        more |= {"attempts": attempts, "earlier": earlier}
        return alert_of(row), more | {"notifications": self.notifications([alert_id])}

    def beside(
        self, alert: Alert, wanted: AlertFilter, *, sort: Sort = Sort.PRIORITY, scope: Scope = EVERYTHING
    ) -> Beside:
        """Return what stands before and after an alert in a queue, also once the alert has left it."""
        with self._database.read() as connection:
            return beside(connection, alert, wanted, sort, scope)

    def of_feedback(self, source: str, feedback_id: str) -> list[Alert]:
        """Return every alert of a feedback, of all its revisions."""
        table = schema.alert
        query = select(table).where(table.c.source == source, table.c.feedback_id == feedback_id)
        with self._database.read() as connection:
            return [alert_of(row) for row in connection.execute(query.order_by(table.c.id)).mappings()]

    def linked_to(self, source: str, feedback_id: str) -> list[Alert]:
        """Return the alerts that a feedback is linked to: signals that it stands behind, and what held it back."""
        table, link, feedback = schema.alert, schema.alert_feedback, schema.feedback
        theirs = select(link.c.alert_id).join_from(link, feedback, feedback.c.sequence == link.c.sequence)
        theirs = theirs.where(feedback.c.source == source, feedback.c.id == feedback_id)
        query = select(table).where(table.c.id.in_(theirs))
        with self._database.read() as connection:
            return [alert_of(row) for row in connection.execute(query.order_by(table.c.id)).mappings()]

    def notifications(self, alert_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return the notifications of alerts with their attempts, as plain JSON values."""
        table = schema_delivery.notification
        with self._database.read() as connection:
            query = select(table).where(table.c.alert_id.in_(alert_ids)).order_by(table.c.id)
            return told_of(connection, connection.execute(query).mappings().all())


def _linked(connection: Connection, alert_id: str, scope: Scope) -> list[dict[str, Any]]:
    """Return the feedback behind a signal, or what a cooldown linked to an alert, the newest first."""
    link, feedback = schema.alert_feedback, schema.feedback
    named = ("source", "id", "revision", "sequence", "occurred_at")
    query = select(*(feedback.c[name] for name in named)).join_from(link, feedback)
    query = query.where(link.c.alert_id == alert_id, *in_scope(feedback, scope))
    rows = connection.execute(query.order_by(feedback.c.sequence.desc()).limit(MOST_LINKED)).mappings()
    return [{name: row[name] for name in named} | {"occurred_at": row["occurred_at"].isoformat()} for row in rows]


def _earlier(connection: Connection, row: Row, scope: Scope) -> dict[str, Any]:
    """Return how many alerts the customer of an alert had before it, and the latest of them."""
    table = schema.alert
    if row["customer"] is None:
        return {"count": 0, "alerts": []}
    theirs = (table.c.customer == row["customer"], table.c.opened_at < row["opened_at"], *in_scope(table, scope))
    count = connection.scalar(select(func.count()).select_from(table).where(*theirs))
    query = select(table).where(*theirs).order_by(table.c.opened_at.desc(), table.c.id.desc()).limit(MOST_EARLIER)
    return {"count": count, "alerts": [_brief(alert_of(one)) for one in connection.execute(query).mappings()]}


def _brief(alert: Alert) -> dict[str, Any]:
    told = alert.as_dict()
    return {name: told[name] for name in ("id", "rule", "title", "severity", "kind", "state", "opened_at", "judged")}


def _event(row: Row) -> dict[str, Any]:
    told = {"at": row["at"].isoformat(), "kind": row["kind"], "who": row["who"], "why": row["why"]}
    return told | {"data": json.loads(row["data"])}
