"""Coaching: what customers say of one employee, for the employee and those who manage them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from engine.errors import NoteError
from engine.insights.asked import Asked
from engine.insights.bins import Bin
from engine.insights.columns import Columns, Mask
from engine.insights.kinds import Kind
from engine.insights.seeing import Seeing
from engine.insights.telling import Share
from engine.names import is_storable

PRAISE = "praise"
ALERTED = "alerted"
MOST_NOTE = 4_000
MOST_TOPICS = 100
TOPIC = Kind("topic")


@dataclass(frozen=True, slots=True)
class Tally:
    """How much feedback there is, how much of it is praise, and of how much an alert was opened.

    Parameters
    ----------
    name
        The topic; None for all feedback.
    behind
        The conditions of all of it, of the praise, and of what has an alert.
    """

    name: str | None
    feedback: int
    praise: int
    alerts: int
    behind: Asked
    behind_praise: Asked
    behind_alerts: Asked

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values, with 95% Wilson intervals of both shares."""
        told: dict[str, Any] = {"name": self.name, "feedback": self.feedback}
        for name in ("praise", "alerts"):
            count = getattr(self, name)
            share = Share(count, self.feedback).as_dict()
            told |= {name: count} | {f"{name}_{what}": value for what, value in share.items()}
        return told | {
            "behind": self.behind.as_params(),
            "behind_praise": self.behind_praise.as_params(),
            "behind_alerts": self.behind_alerts.as_params(),
        }


@dataclass(frozen=True, slots=True)
class Note:
    """What a manager noted for an employee.

    Parameters
    ----------
    author
        The id of who wrote it.
    source, feedback_id
        The feedback that it is about, if it is about one.
    """

    id: int
    employee: str
    author: str
    at: datetime
    note: str
    source: str | None = None
    feedback_id: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        about = None if self.source is None else {"source": self.source, "id": self.feedback_id}
        return {"id": self.id, "author": self.author, "at": self.at.isoformat(), "note": self.note, "feedback": about}


@dataclass(frozen=True, slots=True)
class Coaching:
    """What customers say of an employee in a span.

    Parameters
    ----------
    seeing
        How who asked stands to the employee.
    topics
        By topic, the largest first; a node of the tree also where only something below it is named.
    weeks
        By week: the trend.
    notes
        The newest first.
    """

    employee: str
    name: str | None
    seeing: Seeing
    total: Tally
    topics: tuple[Tally, ...]
    weeks: tuple[tuple[Bin, Tally], ...]
    notes: tuple[Note, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "employee": self.employee,
            "name": self.name,
            "seeing": str(self.seeing),
            "total": self.total.as_dict(),
            "topics": [one.as_dict() for one in self.topics],
            "weeks": [
                {"start": span.start.isoformat(), "end": span.end.isoformat(), **_unnamed(one)}
                for span, one in self.weeks
            ],
            "notes": [one.as_dict() for one in self.notes],
        }


def _unnamed(tally: Tally) -> dict[str, Any]:
    return {name: value for name, value in tally.as_dict().items() if name != "name"}


def check_note(note: str) -> str:
    """Return a note without space around it.

    Raises
    ------
    NoteError
        If it is empty, too long, or cannot be stored.
    """
    text = note.strip()
    if not text or len(text) > MOST_NOTE or not is_storable(text):
        raise NoteError(f"a note has 1 to {MOST_NOTE:,} characters", field="note")
    return text


def tallied(
    columns: Columns, bins: Sequence[Bin], asked: Asked, marked: Mapping[str, Asked]
) -> tuple[Tally, tuple[Tally, ...], tuple[tuple[Bin, Tally], ...]]:
    """Return the tally of all feedback, those by topic, and those by week.

    Parameters
    ----------
    asked, marked
        The conditions of all of it; of the praise, and of what has an alert.
    """
    features = TOPIC.features(columns)
    masks = [np.ones(len(columns), bool), columns.marks[PRAISE], columns.marks[ALERTED]]
    conditions = [asked, marked[PRAISE], marked[ALERTED]]
    by_topic = np.stack([features.counts(mask) for mask in masks])
    topics = [
        _tally(name, by_topic[:, place].tolist(), [TOPIC.narrowed(one, name) for one in conditions])
        for place, name in enumerate(features.names)
    ]
    topics.sort(key=lambda one: (-one.feedback, one.name or ""))
    weeks = np.stack([_by_bin(columns, bins, mask) for mask in masks])
    trend = [
        (span, _tally(None, weeks[:, place].tolist(), [one.within(span.start, span.end) for one in conditions]))
        for place, span in enumerate(bins)
    ]
    total = _tally(None, [int(mask.sum()) for mask in masks], conditions)
    return total, tuple(topics[:MOST_TOPICS]), tuple(trend)


def _by_bin(columns: Columns, bins: Sequence[Bin], mask: Mask) -> Any:
    return np.bincount(columns.places(bins)[mask], minlength=len(bins))


def _tally(name: str | None, counts: Sequence[int], conditions: Sequence[Asked]) -> Tally:
    return Tally(name, counts[0], counts[1], counts[2], conditions[0], conditions[1], conditions[2])
