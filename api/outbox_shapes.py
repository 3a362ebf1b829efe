"""What the API answers about the outbox and the receivers, as OpenAPI shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from api.shapes import NotificationOut, Shape


class NotificationsOut(Shape):
    """One page of notifications, in the order of their ids; the cursor leads to the next."""

    notifications: list[NotificationOut]
    cursor: str | None


class NotificationDetailOut(NotificationOut):
    """A notification with its message, as it was committed: receivers see no more of it than they may."""

    message: dict[str, Any]


class ReceiverStateOut(Shape):
    """How a receiver does: since when it is stopped, how many tries failed in a row."""

    name: str
    state: Literal["on", "stopped"]
    reason: str
    since: datetime
    failures: int
    failing_since: datetime | None
    last_sent_at: datetime | None


class ReceiverStatesOut(Shape):
    """The receivers that were ever sent to, in the order of their names."""

    receivers: list[ReceiverStateOut]


class StartedOut(Shape):
    """A receiver that is sent to again, and how many notifications are due for it now."""

    name: str
    due: int
