"""Feedback: one record from a customer, as the engine keeps it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Speaker = Literal["customer", "agent", "other"]
AttributeValue = str | float | bool

MAX_PART_CHARACTERS = 20_000
MAX_RECORD_CHARACTERS = 400_000
GUESSED = "guessed"


@dataclass(frozen=True, slots=True)
class Cue:
    """When some of a spoken part was said: from a code point of its text on, up to the next cue.

    Parameters
    ----------
    at
        Code-point offset into the part's text.
    start, end
        Seconds from the start of the recording.
    confidence
        The speech recogniser's confidence in these words, 0 to 1.
    """

    at: int
    start: float
    end: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Redaction:
    """Where personal data stood in a record: what stands there now is of another kind, or nothing.

    Parameters
    ----------
    field
        ``parts.0.text``, ``parts.0.question``, ``attributes.NAME``, ``customer``, ``employee`` or ``channel``.
    start, end
        Half-open code-point offsets of what stands there now, into the stored text of the field.
    kind
        What it was, such as ``phone``.
    action
        What became of it: mask, hash or drop.
    """

    field: str
    start: int
    end: int
    kind: str
    action: str


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
    cues
        When which words were said, by their offset, for speech.
    """

    text: str
    question: str | None = None
    speaker: Speaker = "customer"
    start: float | None = None
    end: float | None = None
    confidence: float | None = None
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class Feedback:
    """One record from a customer, validated and cast by the program.

    Two records are the same record when ``source`` and ``id`` agree, and have the same content when
    `content_hash` agrees. ``occurred_at`` is None when the sender did not say: the store then uses
    the moment of receipt, and a repeated delivery still has the same content.

    Parameters
    ----------
    redactions
        Where personal data stood before it was taken out.
    received
        The hashes of what the sender said, before personal data was taken out: the one to store, then others that it
        may be stored under. Empty as long as nobody looked.
    recording
        Of which recording these are the words, and how it was heard: the recording's hash, and who speaks on which
        channel. The recording is what the sender said; the words are what was made of it.
    sealed
        What was taken out, encrypted; None where it is not kept. It is stored beside the record, never inside.
    speakers_guessed
        Whether nothing but the words of a transcript said which of its speakers is the customer.
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
    redactions: tuple[Redaction, ...] = ()
    received: tuple[str, ...] = ()
    recording: str | None = None
    sealed: bytes | None = None
    speakers_guessed: bool = False

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
            if part.cues:
                entry["cues"] = [_cue(cue) for cue in part.cues]
            parts.append(entry)
        record: dict[str, Any] = {"source": self.source, "id": self.id, "parts": parts}
        if self.scores:
            record["scores"] = dict(self.scores)
        if self.attributes:
            record["attributes"] = dict(self.attributes)
        for name in ("channel", "customer", "employee", "unit", "recording"):
            value = getattr(self, name)
            if value is not None:
                record[name] = value
        if self.occurred_at is not None:
            record["occurred_at"] = self.occurred_at.isoformat()
        if self.speakers_guessed:
            record["speakers"] = GUESSED
        if self.redactions:
            record["redactions"] = [asdict(one) for one in self.redactions]
        return record

    def as_sent(self) -> dict[str, Any]:
        """Return what the sender sent: for a recording, that one in place of the words that were heard in it."""
        record = self.as_dict()
        if self.recording is not None:
            questions = dict.fromkeys(part.question for part in self.parts if part.question is not None)
            record["parts"] = [{"question": question} for question in questions]
        return record

    def content_hash(self) -> str:
        """Return the hash of everything the sender said, independent of key order, as it is stored."""
        return self.received[0] if self.received else hash_of(self.as_sent())

    def is_as_stored(self, content_hash: str) -> bool:
        """Return whether a stored hash is that of the same content."""
        return content_hash in (self.received or (self.content_hash(),))


def _cue(cue: Cue) -> dict[str, Any]:
    sure = {} if cue.confidence is None else {"confidence": cue.confidence}
    return {"at": cue.at, "start": cue.start, "end": cue.end, **sure}


_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hash_of(record: Mapping[str, Any]) -> str:
    """Return the `Feedback.content_hash` of what `Feedback.as_sent` returned."""
    return hashlib.sha256(_CANONICAL.encode(record).encode("utf-8", "surrogatepass")).hexdigest()


def feedback_from_dict(record: Mapping[str, Any]) -> Feedback:
    """Rebuild a `Feedback` from what `Feedback.as_dict` returned (trusted: no validation)."""
    occurred_at = record.get("occurred_at")
    return Feedback(
        id=record["id"],
        source=record["source"],
        parts=tuple(_part(part) for part in record["parts"]),
        scores=record.get("scores", {}),
        attributes=record.get("attributes", {}),
        channel=record.get("channel"),
        customer=record.get("customer"),
        employee=record.get("employee"),
        unit=record.get("unit"),
        occurred_at=datetime.fromisoformat(occurred_at) if occurred_at else None,
        recording=record.get("recording"),
        redactions=tuple(Redaction(**one) for one in record.get("redactions", ())),
        speakers_guessed=record.get("speakers") == GUESSED,
    )


def _part(part: Mapping[str, Any]) -> Part:
    cues = part.get("cues")
    return Part(**{**part, "cues": tuple(Cue(**cue) for cue in cues)}) if cues else Part(**part)
