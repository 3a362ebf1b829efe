"""What the store and the outbox say to each other: what is claimed, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """What became of a try: sent, to be tried again, given up, or the receiver wants nothing more."""

    SENT = "sent"
    RETRY = "retry"
    DEAD = "dead"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notification that this worker may send while it holds it.

    Parameters
    ----------
    attempts
        How often it was tried before.
    recipient, address
        Whom it is for, and where the receiver reaches that person; no address where the receiver is the address.
    """

    id: str
    alert: str | None
    kind: str
    recipient: str
    receiver: str
    address: str | None
    message: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try, and when the notification is due again."""

    claimed: Claimed
    standing: Standing
    detail: str
    at: datetime
    due_at: datetime
