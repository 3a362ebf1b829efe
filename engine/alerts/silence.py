"""The silence: somebody keeps messages quiet for a while, and says why."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.alerts.matching import Matching
from engine.alerts.matching_loader import matching_of_json
from engine.entries import Entry
from engine.errors import SilenceError
from engine.program import Program
from engine.taxonomy import Taxonomy

FIELDS = ("matching", "reason", "starts", "ends")
MOST_REASON = 500
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Silence:
    """What is kept quiet from one moment up to another: alerts still open, and send no messages.

    Parameters
    ----------
    matching
        Which alerts.
    ended_by
        Who ended it early; None of one that ends by time.
    noticed_at
        When its end was told of.
    """

    id: str
    matching: Matching
    author: str
    reason: str
    created_at: datetime
    starts_at: datetime
    ends_at: datetime
    ended_by: str | None = None
    noticed_at: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        """Return whether it keeps messages quiet at a moment."""
        return self.starts_at <= now < self.ends_at

    def state(self, now: datetime) -> str:
        """Return where it stands: pending, active or ended."""
        if self.is_active(now):
            return "active"
        return "pending" if now < self.starts_at < self.ends_at else "ended"

    def as_dict(self) -> dict[str, Any]:
        """Return the silence as plain JSON values."""
        return {
            "id": self.id,
            "matching": self.matching.as_dict(),
            "said": self.matching.said,
            "author": self.author,
            "reason": self.reason,
            "created_at": self.created_at.isoformat(),
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "ended_by": self.ended_by,
            "noticed_at": self.noticed_at.isoformat() if self.noticed_at else None,
        }


def admit_silence(record: Any, author: str, now: datetime, program: Program, taxonomy: Taxonomy) -> Silence:
    """Return the silence that a record means: ``{matching, reason, ends, starts?}``.

    Moments are ISO 8601, or spans: ``starts`` from now on, ``ends`` from the start on.

    Raises
    ------
    SilenceError
        With the field, for the first thing that is wrong.
    MatchingError
        If what it keeps quiet is not valid.
    """
    entry = Entry(record, FIELDS, SilenceError)
    if entry.get("matching") is None:
        raise entry.fail("matching", "matching is missing: which alerts are kept quiet, such as {rule: late-delivery}")
    matching = matching_of_json(entry.get("matching"), program, taxonomy)
    reason = entry.needed("reason", "why, for whoever wonders about the quiet", most=MOST_REASON)
    starts_at = entry.moment("starts", now, program.zone) or now
    ends_at = entry.moment("ends", starts_at, program.zone)
    if ends_at is None:
        raise entry.fail("ends", "ends is missing: a silence ends by itself; write 4h, 7d or 2026-03-01T14:30")
    if ends_at <= max(starts_at, now):
        raise entry.fail("ends", "the silence would end before it starts, or before now")
    if ends_at - max(starts_at, now) > LONGEST:
        raise entry.fail("ends", "a silence lasts a year at most")
    return Silence(f"si_{secrets.token_hex(8)}", matching, author, reason, now, starts_at, ends_at)
