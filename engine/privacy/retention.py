"""Retention: for how long feedback is kept, by age and channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from engine.durations import say_duration


class Erasing(StrEnum):
    """How a trace is erased.

    ``anonymise`` takes the words, the people and the attributes, and leaves scores, labels, times and units to count.
    ``delete`` takes the record with everything that came of it.
    """

    ANONYMISE = "anonymise"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """What becomes of feedback that was received longer ago than a span.

    Parameters
    ----------
    after
        The age, by ``received_at``.
    erasing
        What is done then.
    channel, source
        Only feedback of this channel and source; None is any.
    """

    after: timedelta
    erasing: Erasing
    channel: str | None = None
    source: str | None = None

    @property
    def said(self) -> str:
        """The rule in words."""
        only = [f"{name} {value}" for name, value in (("channel", self.channel), ("source", self.source)) if value]
        return f"{self.erasing} after {say_duration(self.after)}{', ' if only else ''}{' and '.join(only)}"
