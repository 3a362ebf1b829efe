"""How an alert stands against its two clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.alerts.alert import Alert


def clocks_of(alert: Alert, now: datetime) -> dict[str, Any]:
    """Return both clocks as plain JSON values: first follow-up, and closing.

    Each has when it is due, when it was met (an attempt, the last resolve), whether that was in time (None while it
    runs), whether it is overdue, and the seconds that are left, below 0 where it is late. A clock that nobody sets,
    and closing once an alert is dismissed, runs no more.
    """
    dismissed = alert.is_closed and alert.resolved_at is None
    return {
        "follow_up": _clock(alert.follow_up_due, alert.followed_up_at, now, runs=not alert.is_closed),
        "close": _clock(alert.close_due, alert.resolved_at, now, runs=not dismissed),
    }


def _clock(due: datetime | None, met_at: datetime | None, now: datetime, *, runs: bool) -> dict[str, Any]:
    left = (due - now).total_seconds() if due is not None and met_at is None and runs else None
    return {
        "due": due.isoformat() if due else None,
        "met_at": met_at.isoformat() if met_at else None,
        "in_time": met_at <= due if due is not None and met_at is not None else None,
        "overdue": left is not None and left < 0,
        "left_s": None if left is None else round(left),
    }
