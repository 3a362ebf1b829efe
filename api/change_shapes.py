"""What the API takes to change alerts, as OpenAPI shows it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.shapes import ByTask, Shape

VERSION = "the alert's version that was seen; another is refused with 412"
PERSON = "the person in whose name a key of role admin or agent acts; both go on record"


class FeedbackKeyIn(Shape):
    """Which feedback."""

    source: str = "default"
    id: str


class AttemptIn(Shape):
    """A try to reach the customer."""

    channel: Literal["phone", "email", "sms", "chat", "video", "social", "letter", "in_person", "other"]
    outcome: Literal[
        "reached", "callback_agreed", "declined", "voicemail", "sent", "no_answer", "wrong_contact", "bounced"
    ]
    remedy: str | None = Field(None, max_length=200, description="what was done for the customer")
    root_cause: str | None = Field(None, max_length=200, description="what was behind it")
    note: str | None = Field(None, max_length=2_000)
    version: int | None = Field(None, ge=1, description=VERSION)
    person: str | None = Field(None, description=PERSON)


class WhatIn(Shape):
    """What is done with alerts; each action takes its own fields and no others, and all of them a note."""

    action: Literal[
        "acknowledge", "start", "assign", "note", "attempt", "resolve", "dismiss", "reopen", "link", "verdict"
    ]
    note: str | None = Field(None, max_length=2_000, description="why; a dismissal needs it, or a verdict before")
    to: str | None = Field(None, description="of assign: a person, a team, or null for nobody")
    channel: str | None = Field(None, description="of attempt")
    outcome: str | None = Field(None, description="of attempt")
    remedy: str | None = Field(None, max_length=200, description="of attempt and resolve")
    root_cause: str | None = Field(None, max_length=200, description="of attempt and resolve")
    feedback: FeedbackKeyIn | None = Field(None, description="of link")
    verdict: Literal["right", "wrong_label", "not_actionable", "duplicate"] | None = Field(
        None, description="of verdict"
    )
    labels: ByTask | None = Field(None, description="of the verdict wrong_label: the right labels by task")
    person: str | None = Field(None, description=PERSON)


class ChangeIn(WhatIn):
    """A change of one alert."""

    version: int | None = Field(None, ge=1, description=VERSION)


class SeenIn(Shape):
    """An alert, in the version that was seen."""

    id: str
    version: int | None = Field(None, ge=1, description=VERSION)


class ChangesIn(WhatIn):
    """One change of several alerts: of all, or of none."""

    alerts: list[SeenIn] = Field(min_length=1, max_length=1_000)
