"""Shapes of what is told about languages."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.shapes import Shape


class LanguageCountOut(Shape):
    """How much feedback of one language ended with one status."""

    language: str | None = Field(description="ISO 639-1; null where it could not be told")
    status: Literal["read", "empty", "unsure", "unsupported_language", "unread"]
    feedback: int


class LanguagesOut(Shape):
    """The feedback that was received in a span, by language and status, the most first."""

    since: datetime
    until: datetime
    feedback: int
    unsupported: int = Field(description="how much of it was in a language that nobody reads")
    languages: list[LanguageCountOut]
