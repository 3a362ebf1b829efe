"""What the API takes and answers about alerts, as OpenAPI shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.shapes import AlertBrief, ByTask, NotificationOut, Shape


class EvidenceSpanOut(Shape):
    """Words that an alert stands on: offsets into a part's text, and what they show."""

    part: int
    start: int
    end: int
    shows: str
    starts: float | None = Field(None, description="of speech: seconds from the start of the recording")
    ends: float | None = Field(None, description="of speech: seconds from the start of the recording")


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
    """One page of alerts in their order; the cursor leads to the next."""

    alerts: list[AlertOut]
    cursor: str | None


class EventOut(Shape):
    """One change of an alert: who, when, why, and what it changed."""

    at: datetime
    kind: str
    who: str
    why: str
    data: dict[str, Any]


class AttemptOut(Shape):
    """One try to reach the customer."""

    at: datetime
    who: str
    channel: Literal["phone", "email", "sms", "chat", "video", "social", "letter", "in_person", "other"]
    outcome: Literal[
        "reached", "callback_agreed", "declined", "voicemail", "sent", "no_answer", "wrong_contact", "bounced"
    ]
    remedy: str | None
    root_cause: str | None
    note: str


class ClockOut(Shape):
    """One clock of an alert; `left_s` is below 0 where it is late, and null where it does not run."""

    due: datetime | None
    met_at: datetime | None
    in_time: bool | None
    overdue: bool
    left_s: int | None


class ClocksOut(Shape):
    """The two clocks of an alert: first follow-up, and closing."""

    follow_up: ClockOut
    close: ClockOut


class EarlierAlertOut(Shape):
    """An earlier alert of the same customer."""

    id: str
    rule: str
    title: str
    severity: Literal["low", "medium", "high", "critical"]
    kind: Literal["alert", "review", "signal", "system"]
    state: Literal["open", "acknowledged", "in_progress", "resolved", "dismissed"]
    opened_at: datetime
    judged: Literal["right", "wrong_label", "not_actionable", "duplicate"] | None


class EarlierOut(Shape):
    """How many earlier alerts a customer has, and the latest 20."""

    count: int
    alerts: list[EarlierAlertOut]


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
    """An alert with its latest verdict, its history, its clocks, its attempts and its notifications."""

    verdict: VerdictOut | None
    events: list[EventOut]
    feedback: list[LinkedOut]
    attempts: list[AttemptOut]
    earlier: EarlierOut
    notifications: list[NotificationOut]
    clocks: ClocksOut


class ChangedOut(Shape):
    """Alerts that were changed together, as they are now."""

    alerts: list[AlertOut]
