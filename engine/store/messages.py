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
from engine.store import schema

PENDING, SENT, DEAD, HELD = "pending", "sent", "dead", "held"
EXCERPT = 500
CHUNK = 500


def notification_rows(decision: Decision, feedback: Feedback) -> list[dict[str, Any]]:
    """Return the rows of the notifications of a decision's alerts: one an alert, none for reviews."""
    quiet = silenced(decision)
    return [
        _row(alert, quiet.get(alert.rule), {"feedback": told_of(feedback)})
        for alert in decision.alerts
        if alert.kind is not AlertKind.REVIEW
    ]


def silenced(decision: Decision) -> dict[str, HeldReason]:
    """Return the rules whose alerts of a decision send nothing, each with the reason."""
    silent = (HeldReason.STALE, HeldReason.NOTIFY_OFF)
    return {held.rule: held.reason for held in decision.held_back if held.reason in silent}


def signal_row(alert: Alert, *, stale_before: datetime, notify: bool) -> dict[str, Any]:
    """Return the row of the notification of a signal that time opened, and no feedback."""
    why = None if notify else HeldReason.NOTIFY_OFF
    return _row(alert, HeldReason.STALE if notify and alert.opened_at < stale_before else why, {})


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


def told_of(feedback: Feedback) -> dict[str, Any]:
    """Return what a message tells of a feedback."""
    text = feedback.text
    return {
        "source": feedback.source,
        "id": feedback.id,
        "text": text if len(text) <= EXCERPT else text[:EXCERPT] + "...",
        "scores": dict(feedback.scores),
        "channel": feedback.channel,
        "unit": feedback.unit,
    }
