"""Examples: records that a rule should fire on, or stay quiet on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PinnedSentence:
    """A sentence with the labels that its author says it has.

    Parameters
    ----------
    part, start, end
        Where it stands: half-open code-point offsets into that part's text.
    labels
        By task and leaf path, the confidence, 0 to 1.
    """

    part: int
    start: int
    end: int
    labels: Mapping[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Crowd:
    """How often an example comes, for rules that watch a span of time.

    Parameters
    ----------
    repeat
        Copies of the example, each with an id and, unless the example names one, a customer of its own.
    within
        They are spread evenly over this time.
    others
        Feedback beside it that matches nothing.
    quiet
        How long nothing comes after it.
    """

    repeat: int = 1
    within: timedelta = MINUTE
    others: int = 0
    quiet: timedelta = timedelta()

    @property
    def size(self) -> int:
        """How many feedback it is."""
        return self.repeat + self.others


@dataclass(frozen=True)
class Example:
    """A record that a rule should fire on, or stay quiet on.

    Parameters
    ----------
    record
        What a sender would send, without an id.
    fires
        Whether the rule should fire.
    line, column
        Where it stands.
    pinned
        The sentences with their labels, where the author gave them; else empty, and a model says.
    crowd
        How often it comes; None for an example that says nothing of it.
    """

    record: Mapping[str, Any]
    fires: bool
    line: int
    column: int
    pinned: tuple[PinnedSentence, ...] = ()
    crowd: Crowd | None = None
