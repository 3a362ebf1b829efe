"""Alerts, listed and looked up."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from engine.alerts.alert import Alert
from engine.errors import FeedbackError, NotFoundError
from engine.names import is_storable
from engine.scope import EVERYTHING, Scope
from engine.store import schema, schema_delivery
from engine.store.codec import Row, alert_of
from engine.store.database import Database
from engine.store.notifications import told_of
from engine.store.records import in_scope
from engine.store.verdict_rows import latest_verdict

MOST_LINKED = 1_000


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts are wanted; None does not ask.

    Parameters
    ----------
    unit
        A unit and everything below it.
    since, until
        Opened at or after, and before.
    """

    rule: str | None = None
    severity: str | None = None
    state: str | None = None
    kind: str | None = None
    unit: str | None = None
    customer: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some alerts, newest first, and the cursor of the next page (None on the last)."""

    alerts: tuple[Alert, ...]
    cursor: str | None


class Alerts:
    """The alerts of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, wanted: AlertFilter, *, limit: int = 100, cursor: str | None = None, scope: Scope = EVERYTHING
    ) -> Page:
        """Return one page of alerts, newest first.

        Raises
        ------
        FeedbackError
            If the cursor is not one that a page gave.
        """
        table = schema.alert
        if not all(is_storable(value) for value in astuple(wanted) if isinstance(value, str)):
            return Page((), None)
        query = select(table).where(*in_scope(table, scope), *_conditions(wanted))
        if cursor is not None:
            opened_at, last = _decoded(cursor)
            query = query.where(
                or_(table.c.opened_at < opened_at, and_(table.c.opened_at == opened_at, table.c.id < last))
            )
        query = query.order_by(table.c.opened_at.desc(), table.c.id.desc()).limit(limit + 1)
        with self._database.read() as connection:
            alerts = [alert_of(row) for row in connection.execute(query).mappings()]
        more = len(alerts) > limit
        alerts = alerts[:limit]
        return Page(tuple(alerts), _encoded(alerts[-1]) if more else None)

    def one(self, alert_id: str, scope: Scope = EVERYTHING) -> tuple[Alert, dict[str, Any]]:
        """Return an alert with its latest verdict, its events, the feedback linked to it, and its notifications.

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
        more = {"verdict": verdict.as_dict() if verdict else None, "events": told, "feedback": linked}
        return alert_of(row), more | {"notifications": self.notifications([alert_id])}

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
    return [{**row, "occurred_at": row["occurred_at"].isoformat()} for row in rows]


def _event(row: Row) -> dict[str, Any]:
    return {"at": row["at"].isoformat(), "kind": row["kind"], "who": row["who"], "why": row["why"]}


def _conditions(wanted: AlertFilter) -> list[Any]:
    columns = schema.alert.c
    found: list[Any] = [
        columns[name] == value
        for name in ("rule", "severity", "state", "kind", "customer")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.unit is not None:
        found += in_scope(schema.alert, Scope(wanted.unit))
    if wanted.since is not None:
        found.append(columns.opened_at >= wanted.since)
    if wanted.until is not None:
        found.append(columns.opened_at < wanted.until)
    return found


def _encoded(alert: Alert) -> str:
    body = json.dumps([alert.opened_at.isoformat(), alert.id])
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[datetime, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        opened_at, last = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        moment = datetime.fromisoformat(opened_at)
        if moment.tzinfo is None or not isinstance(last, str) or not is_storable(last):
            raise ValueError
    except (ValueError, TypeError, binascii.Error) as problem:
        raise FeedbackError("the cursor is not one that a page gave; begin without it", field="cursor") from problem
    return moment, last
