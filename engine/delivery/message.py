"""The message of a notification: a stable id and a JSON body."""

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
        JSON text.
    sent_at
        The moment of this attempt.
    """

    id: str
    body: str
    sent_at: datetime
