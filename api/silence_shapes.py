"""What the API takes and answers about silences, as OpenAPI shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.shapes import Shape


class SilenceIn(Shape):
    """A silence that is to begin."""

    matching: dict[str, Any] = Field(
        description="which alerts, by the conditions of a route; all of them must hold",
        examples=[{"rule": "late-delivery", "unit": "emea/uk"}],
    )
    reason: str = Field(max_length=500)
    ends: str = Field(description="a moment, or a span from the start on; at most a year", examples=["4h"])
    starts: str | None = Field(None, description="a moment, or a span from now on; else now")


class SilenceOut(Shape):
    """A silence."""

    id: str
    matching: dict[str, Any]
    said: str
    state: Literal["pending", "active", "ended"]
    author: str
    reason: str
    created_at: datetime
    starts_at: datetime
    ends_at: datetime
    ended_by: str | None
    noticed_at: datetime | None


class SilencesOut(Shape):
    """One page of silences, the newest first; the cursor leads to the next."""

    silences: list[SilenceOut]
    cursor: str | None
