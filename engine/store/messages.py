"""What is told of an alert: written with the alert, sent later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from engine.alerts.alert import Alert, AlertKind, HeldReason
from engine.decision import Decision
from engine.feedback import Feedback
from engine.store import schema, schema_delivery
from engine.store.database import NOTIFIES

PENDING, SENT, DEAD, HELD = "pending", "sent", "dead", "held"
EXCERPT = 500
CHUNK = 500


def notification_rows(decision: Decision, feedback: Feedback) -> list[dict[str, Any]]:
    """Return the rows of the notifications of a decision's alerts: one an alert, none for reviews."""
    why_silent = {
        held.rule: held.reason
        for held in decision.held_back
        if held.reason in (HeldReason.STALE, HeldReason.NOTIFY_OFF)
    }
    return [
        _row(alert, why_silent.get(alert.rule), {"feedback": _told(feedback)})
        for alert in decision.alerts
        if alert.kind is not AlertKind.REVIEW
    ]


def signal_row(alert: Alert, *, stale_before: datetime, notify: bool) -> dict[str, Any]:
    """Return the row of the notification of a signal that time opened, and no feedback."""
    why = None if notify else HeldReason.NOTIFY_OFF
    return _row(alert, HeldReason.STALE if notify and alert.opened_at < stale_before else why, {})


def write_notifications(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write notifications; who delivers is woken once they are committed."""
    if rows:
        connection.execute(schema_delivery.notification.insert(), list(rows))
        connection.info[NOTIFIES] = True


def notifying(connection: Connection, links: Sequence[tuple[str, int]]) -> set[str]:
    """Return the alerts behind which stands feedback whose sender asks for messages.

    Parameters
    ----------
    links
        Alerts, each with a commit behind it.
    """
    table = schema.feedback
    asked: set[int] = set()
    sequences = sorted({sequence for _, sequence in links})
    for start in range(0, len(sequences), CHUNK):
        some = sequences[start : start + CHUNK]
        asked.update(connection.scalars(select(table.c.sequence).where(table.c.notify, table.c.sequence.in_(some))))
    return {alert for alert, sequence in links if sequence in asked}


def _row(alert: Alert, held: HeldReason | None, told: dict[str, Any]) -> dict[str, Any]:
    kind = "signal.opened" if alert.kind is AlertKind.SIGNAL else "alert.opened"
    return {
        "id": f"nt_{alert.id.removeprefix('al_')}",
        "alert_id": alert.id,
        "receiver": alert.receiver,
        "state": HELD if held else PENDING,
        "held_reason": str(held) if held else None,
        "message": orjson.dumps({"type": kind, "alert": alert.as_dict(), **told}).decode(),
        "created_at": alert.opened_at,
        "due_at": alert.opened_at,
        "attempts": 0,
    }


def _told(feedback: Feedback) -> dict[str, Any]:
    text = feedback.text
    return {
        "source": feedback.source,
        "id": feedback.id,
        "text": text if len(text) <= EXCERPT else text[:EXCERPT] + "...",
        "scores": dict(feedback.scores),
        "channel": feedback.channel,
        "unit": feedback.unit,
    }
