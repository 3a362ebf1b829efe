"""The shapes of recordings, as they are sent and as they were heard."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.shapes import DecisionOut, Shape


class RecordingRecordIn(Shape):
    """What is known of a recording: a feedback without its words."""

    id: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,200}$", examples=["voicemail-4711"])
    source: str = Field("default", pattern=r"^[A-Za-z0-9._:-]{1,200}$")
    question: str | None = Field(None, description="what the voice box asked")
    speakers: dict[Literal["all", "left", "right"], Literal["customer", "agent", "other"]] | None = Field(
        None,
        description="who speaks: all of it (the customer, where this is not said), or left and right, heard apart",
        examples=[{"left": "agent", "right": "customer"}],
    )
    scores: dict[str, float | None] = Field(default_factory=dict, examples=[{"nps": 2}])
    attributes: dict[str, str | float | bool | None] = Field(default_factory=dict)
    channel: str | None = None
    customer: str | None = None
    employee: str | None = None
    unit: str | None = Field(None, description="a path such as emea/uk/leeds")
    occurred_at: datetime | None = Field(None, description="ISO 8601; naive times take the program's zone")


class RecordingIn(Shape):
    """The parts of the form: the recording, and what is known of it."""

    audio: str = Field(
        description="WAV, MP3, FLAC or OGG by its content, at most 25 MiB and 15 minutes",
        json_schema_extra={"contentMediaType": "application/octet-stream"},
    )
    record: RecordingRecordIn


class HeardOut(Shape):
    """What became of the recording."""

    seconds: float
    language: str | None = Field(description="null where the speech model knows only English")
    unclear_seconds: float = Field(description="in which somebody seems to speak and was not understood")
    model: str


class RecordingDecidedOut(Shape):
    """The decision; `heard` is null where the same recording was decided before, and was not heard again."""

    decisions: list[DecisionOut]
    heard: HeardOut | None
