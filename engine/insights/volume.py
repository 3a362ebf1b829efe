"""How much feedback came, and of how much of it an alert was opened, over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from engine.insights.asked import Asked
from engine.insights.bins import Bin
from engine.insights.columns import Columns, Counts, Mask
from engine.insights.telling import Share

ALERTED = "alerted"
PATTERN = "pattern"
# The conditions of everything, and what makes of them those of what is marked.
Behind = tuple[Asked, Callable[[Asked], Asked]]


@dataclass(frozen=True, slots=True)
class Volume:
    """A bin: how much feedback, and how much of it is marked.

    Parameters
    ----------
    behind
        The conditions of all feedback in it.
    marked
        The conditions of what is marked.
    """

    start: str
    end: str
    share: Share
    behind: Asked
    marked: Asked

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "start": self.start,
            "end": self.end,
            "feedback": self.share.of,
            "count": self.share.count,
            **self.share.as_dict(),
            "behind": self.behind.as_params(),
            "behind_count": self.marked.as_params(),
        }


@dataclass(frozen=True, slots=True)
class VolumeReport:
    """Bins, and everything together."""

    bins: tuple[Volume, ...]
    total: Volume

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"total": self.total.as_dict(), "bins": [one.as_dict() for one in self.bins]}


def alerted(asked: Asked) -> Asked:
    """Return the conditions of those among the asked that have an alert."""
    return replace(asked, alerted=True)


def patterned(asked: Asked) -> Asked:
    """Return the conditions of those among the asked whose alerts are part of a pattern."""
    return replace(asked, pattern=True)


def volume(columns: Columns, bins: Sequence[Bin], asked: Asked) -> VolumeReport:
    """Return how much feedback came, and how much of it has an alert."""
    everything = np.ones(len(columns), bool)
    return _report(columns.places(bins), bins, everything, columns.marks[ALERTED], (asked, alerted))


def patterns(columns: Columns, bins: Sequence[Bin], asked: Asked) -> VolumeReport:
    """Return how much feedback has an alert, and of how much of that the alert is part of a pattern."""
    marks = columns.marks
    both = marks[ALERTED] & marks[PATTERN]
    return _report(columns.places(bins), bins, marks[ALERTED], both, (alerted(asked), patterned))


def _report(places: Counts, bins: Sequence[Bin], everything: Mask, marked: Mask, behind: Behind) -> VolumeReport:
    of, few = (np.bincount(places[mask], minlength=len(bins)).tolist() for mask in (everything, marked))
    found = tuple(_one(one, Share(count, all_), behind) for one, count, all_ in zip(bins, few, of, strict=True))
    asked, marking = behind
    start, end = (bins[0].start, bins[-1].end) if bins else (asked.since, asked.until)
    return VolumeReport(found, Volume(_said(start), _said(end), Share(sum(few), sum(of)), asked, marking(asked)))


def _one(span: Bin, share: Share, behind: Behind) -> Volume:
    asked, marking = behind
    then = asked.within(span.start, span.end)
    return Volume(_said(span.start), _said(span.end), share, then, marking(then))


def _said(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()
