"""The message of a notification: a stable id and a JSON body, for one recipient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Message:
    """What a receiver gets.

    Parameters
    ----------
    id
        The same in every attempt, so that a receiver can drop what it has.
    body
        JSON text, as it was committed.
    sent_at
        The moment of this attempt.
    address
        Where the receiver reaches the recipient; None where the receiver is the address.
    kind
        What the notification is: opened, escalated, fallback, thanks, group, digest, silence_ended.
    recipient
        Whom it is for: a person's id, or a receiver's name. Links in the message act in that name.
    """

    id: str
    body: str
    sent_at: datetime
    address: str | None = None
    kind: str = "opened"
    recipient: str = ""
