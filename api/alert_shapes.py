"""What the API takes and answers about alerts, as OpenAPI shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.shapes import AlertBrief, ByTask, NotificationOut, Shape


class EvidenceSpanOut(Shape):
    """Words that an alert stands on: offsets into a part's text, and what they show."""

    part: int
    start: int
    end: int
    shows: str


class AlertOut(AlertBrief):
    """An alert."""

    rule_version: str
    title: str
    state: Literal["open", "acknowledged", "in_progress", "resolved", "dismissed"]
    source: str
    feedback_id: str
    sequence: int
    opened_at: datetime
    unit: str | None
    customer: str | None
    receiver: str
    key: str | None
    started_at: datetime | None
    ended_at: datetime | None
    employee: str | None
    evidence: list[EvidenceSpanOut]
    confidence: float
    priority: int
    route: str
    version: int
    holder: str | None
    team: str | None
    in_attainment: bool
    follow_up_due: datetime | None
    close_due: datetime | None
    followed_up_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    root_cause: str | None
    remedy: str | None
    judged: Literal["right", "wrong_label", "not_actionable", "duplicate"] | None
    problem: str | None


class AlertsOut(Shape):
    """One page of alerts, newest first; the cursor leads to the next."""

    alerts: list[AlertOut]
    cursor: str | None


class EventOut(Shape):
    """One change of an alert."""

    at: datetime
    kind: str
    who: str
    why: str


class VerdictIn(Shape):
    """What a person says about an alert."""

    verdict: Literal["right", "wrong_label", "not_actionable", "duplicate"]
    labels: ByTask | None = Field(
        None, description="of wrong_label: the right labels by task", examples=[{"intent": ["praise"], "topic": []}]
    )
    note: str | None = Field(None, max_length=2_000)


class VerdictOut(Shape):
    """A verdict on record."""

    verdict: Literal["right", "wrong_label", "not_actionable", "duplicate"]
    labels: ByTask | None
    note: str
    who: str
    at: datetime


class LinkedOut(Shape):
    """Feedback behind a signal, or linked to an alert while its cooldown ran."""

    source: str
    id: str
    revision: int
    sequence: int
    occurred_at: datetime


class AlertDetailOut(AlertOut):
    """An alert with its latest verdict, its history and its notifications."""

    verdict: VerdictOut | None
    events: list[EventOut]
    feedback: list[LinkedOut]
    notifications: list[NotificationOut]
