"""The shapes of what was taken out of feedback, and of who looked at it."""

from __future__ import annotations

from datetime import datetime

from api.shapes import Shape, StoredOut


class PrivateEvidenceOut(Shape):
    """Words that an alert stands on: offsets into the original text of a part."""

    alert: str
    part: int
    start: int
    end: int
    shows: str


class TakenOutOut(Shape):
    """What was taken out of a field."""

    field: str
    kind: str
    action: str
    value: str | float | bool


class PrivateOut(StoredOut):
    """A feedback as it came: the offsets of its sentences and of the evidence are those of the original texts."""

    evidence: list[PrivateEvidenceOut]
    taken_out: list[TakenOutOut]


class PrivateViewOut(Shape):
    """One look at what was taken out of a feedback."""

    id: int
    at: datetime
    who: str
    source: str
    feedback_id: str
    why: str


class PrivateViewsOut(Shape):
    """Looks, the newest first, and where the next page goes on."""

    views: list[PrivateViewOut]
    cursor: int | None
