"""What is told of an alert: written with the alert, sent later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from engine.alerts.addressing import Addressed
from engine.alerts.alert import Alert, AlertKind, HeldBack, HeldReason
from engine.delivery.contents import feedback_told
from engine.feedback import Feedback
from engine.store import schema, schema_delivery
from engine.store.bulk import insert_rows
from engine.store.database import NOTIFIES
from engine.store.scoping import chunks

PENDING, SENT, DEAD, HELD = "pending", "sent", "dead", "held"
# In a message that somebody has asked to be sent now: nothing mutes it.
AT_ONCE = "at_once"
# What holds for one message, and not for those that tell of the same alert later.
OF_ONE = frozenset({"group", AT_ONCE})


def notification_rows(
    opened: Sequence[Addressed], held_back: Sequence[HeldBack], feedback: Feedback
) -> list[dict[str, Any]]:
    """Return the rows of the notifications of a decision's alerts: one a destination, none for reviews."""
    why_silent = silenced(held_back)
    return [
        row
        for one in opened
        if one.alert.kind is not AlertKind.REVIEW
        for row in opened_rows(
            one, why_silent.get(one.alert.rule), {"feedback": feedback_told(feedback, one.alert.evidence)}
        )
    ]


def silenced(held_back: Sequence[HeldBack]) -> dict[str, HeldReason]:
    """Return the rules whose alerts send nothing, each with the reason."""
    silent = (HeldReason.STALE, HeldReason.NOTIFY_OFF)
    return {held.rule: held.reason for held in held_back if held.reason in silent}


def signal_rows(signal: Addressed, stale_before: datetime, *, notify: bool) -> list[dict[str, Any]]:
    """Return the rows of the notifications of a signal that time opened, and no feedback."""
    why = None if notify else HeldReason.NOTIFY_OFF
    return opened_rows(signal, HeldReason.STALE if notify and signal.alert.opened_at < stale_before else why, {})


def write_notifications(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write notifications; who delivers is woken once they are committed."""
    if rows:
        insert_rows(connection, schema_delivery.notification, rows)
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
    for some in chunks(sorted({sequence for _, sequence in links})):
        asked.update(connection.scalars(select(table.c.sequence).where(table.c.notify, table.c.sequence.in_(some))))
    return {alert for alert, sequence in links if sequence in asked}


def opened_rows(opened: Addressed, held: HeldReason | None, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of the notifications that tell of an alert, one a destination.

    Parameters
    ----------
    held
        Why they are not sent; None sends them.
    told
        What their messages say beside the alert.
    """
    alert = opened.alert
    body = {
        "type": "signal.opened" if alert.kind is AlertKind.SIGNAL else "alert.opened",
        "alert": alert.as_dict(),
        "subject": opened.subject.as_dict(),
        **told,
    }
    whole = orjson.dumps(body).decode()
    return [
        {
            "id": _notification_id(alert, number),
            "alert_id": alert.id,
            "kind": "opened",
            "severity": str(alert.severity),
            "recipient": to.recipient,
            "receiver": to.receiver,
            "address": to.address,
            "state": HELD if held else PENDING,
            "held_reason": str(held) if held else None,
            "message": orjson.dumps(body | {"group": to.gathered.as_dict()}).decode() if to.gathered else whole,
            "created_at": alert.opened_at,
            "due_at": alert.opened_at,
            "attempts": 0,
        }
        for number, to in enumerate(opened.destinations, start=1)
    ]


def opened_event(opened: Addressed) -> dict[str, Any]:
    """Return the row of the event with which an alert begins."""
    alert = opened.alert
    told = {"sent_to": [one.recipient for one in opened.destinations], "because": opened.why}
    return {
        "alert_id": alert.id,
        "at": alert.opened_at,
        "kind": "opened",
        "who": "heedful",
        "why": f"rule {alert.rule} ({alert.rule_version}) matched",
        "data": orjson.dumps(told).decode(),
    }


def _notification_id(alert: Alert, number: int) -> str:
    """Return the id of the notification to one of an alert's destinations: the same in every replay."""
    further = "" if number == 1 else f"_{number}"
    return f"nt_{alert.id.removeprefix('al_')}{further}"
