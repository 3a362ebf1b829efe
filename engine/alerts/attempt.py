"""The attempt: one try to reach the customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Channel(StrEnum):
    """How a customer was tried to reach."""

    PHONE = "phone"
    EMAIL = "email"
    SMS = "sms"
    CHAT = "chat"
    VIDEO = "video"
    SOCIAL = "social"
    LETTER = "letter"
    IN_PERSON = "in_person"
    OTHER = "other"


class AttemptOutcome(StrEnum):
    """What became of it: spoken with, left word or sent, or not reached."""

    REACHED = "reached"
    CALLBACK_AGREED = "callback_agreed"
    DECLINED = "declined"
    VOICEMAIL = "voicemail"
    SENT = "sent"
    NO_ANSWER = "no_answer"
    WRONG_CONTACT = "wrong_contact"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach the customer, as it is on record."""

    at: datetime
    who: str
    channel: Channel
    outcome: AttemptOutcome
    remedy: str | None = None
    root_cause: str | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "at": self.at.isoformat(),
            "who": self.who,
            "channel": str(self.channel),
            "outcome": str(self.outcome),
            "remedy": self.remedy,
            "root_cause": self.root_cause,
            "note": self.note,
        }
