"""Feedback: one record from a customer, as the engine keeps it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Speaker = Literal["customer", "agent", "other"]
AttributeValue = str | float | bool

MAX_PART_CHARACTERS = 20_000
MAX_RECORD_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class Part:
    """One answer or turn of a feedback.

    Parameters
    ----------
    text
        The words, at most 20,000 characters.
    question
        What was asked, where this answers a survey question.
    speaker
        Who said it; only the customer's parts are rolled up into the record's labels.
    start, end
        Seconds from the start of the recording, for speech.
    confidence
        The speech recogniser's confidence, 0 to 1.
    """

    text: str
    question: str | None = None
    speaker: Speaker = "customer"
    start: float | None = None
    end: float | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """One record from a customer, validated and cast by the program.

    Two records are the same record when ``source`` and ``id`` agree, and have the same content when
    `content_hash` agrees. ``occurred_at`` is None when the sender did not say: the store then uses
    the moment of receipt, and a repeated delivery still has the same content.
    """

    id: str
    parts: tuple[Part, ...]
    source: str = "default"
    scores: Mapping[str, float] = field(default_factory=dict)
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    channel: str | None = None
    customer: str | None = None
    employee: str | None = None
    unit: str | None = None
    occurred_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Source and id, which name the record."""
        return (self.source, self.id)

    @property
    def text(self) -> str:
        """The customer's own words: the customer's parts joined by line breaks."""
        return "\n".join(part.text for part in self.parts if part.speaker == "customer")

    def as_dict(self) -> dict[str, Any]:
        """Return the record as plain JSON values, without what is absent."""
        parts = []
        for part in self.parts:
            entry: dict[str, Any] = {"text": part.text}
            if part.speaker != "customer":
                entry["speaker"] = part.speaker
            for name in ("question", "start", "end", "confidence"):
                value = getattr(part, name)
                if value is not None:
                    entry[name] = value
            parts.append(entry)
        record: dict[str, Any] = {"source": self.source, "id": self.id, "parts": parts}
        if self.scores:
            record["scores"] = dict(self.scores)
        if self.attributes:
            record["attributes"] = dict(self.attributes)
        for name in ("channel", "customer", "employee", "unit"):
            value = getattr(self, name)
            if value is not None:
                record[name] = value
        if self.occurred_at is not None:
            record["occurred_at"] = self.occurred_at.isoformat()
        return record

    def content_hash(self) -> str:
        """Return the SHA-256 of everything the sender said, independent of key order."""
        return hash_of(self.as_dict())


_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hash_of(record: Mapping[str, Any]) -> str:
    """Return the `Feedback.content_hash` of what `Feedback.as_dict` returned."""
    return hashlib.sha256(_CANONICAL.encode(record).encode("utf-8", "surrogatepass")).hexdigest()


def feedback_from_dict(record: Mapping[str, Any]) -> Feedback:
    """Rebuild a `Feedback` from what `Feedback.as_dict` returned (trusted: no validation)."""
    occurred_at = record.get("occurred_at")
    return Feedback(
        id=record["id"],
        source=record["source"],
        parts=tuple(Part(**part) for part in record["parts"]),
        scores=record.get("scores", {}),
        attributes=record.get("attributes", {}),
        channel=record.get("channel"),
        customer=record.get("customer"),
        employee=record.get("employee"),
        unit=record.get("unit"),
        occurred_at=datetime.fromisoformat(occurred_at) if occurred_at else None,
    )
