"""How the shares of labels, sentiments and segments change over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.insights.asked import Asked
from engine.insights.bins import Bin
from engine.insights.columns import Columns, Mask
from engine.insights.kinds import SENTIMENT, UNIT, Kind
from engine.insights.telling import Share, rounded
from engine.taxonomy import TASKS

READ = "read"
MOST_SERIES = 100


@dataclass(frozen=True, slots=True)
class Depth:
    """Which nodes of a tree are shown: the topmost, those right below a node, or the lowest ones that are named."""

    under: str | None = None
    leaves: bool = False

    def shows(self, name: str, names: frozenset[str]) -> bool:
        """Return whether a node is shown, among all that are there."""
        if self.leaves:
            inside = self.under is None or name.startswith(f"{self.under}/")
            return inside and not any(other.startswith(f"{name}/") for other in names)
        top, _, last = name.rpartition("/")
        return bool(last) and (top or None) == self.under


@dataclass(frozen=True, slots=True)
class Series:
    """How many records of each bin have a name.

    Parameters
    ----------
    behind
        The conditions of all of them; with those of a bin the conditions of the bin's.
    """

    name: str
    total: Share
    shares: tuple[Share, ...]
    behind: Asked

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "name": self.name,
            "count": self.total.count,
            **self.total.as_dict(),
            "counts": [one.count for one in self.shares],
            "shares": [rounded(one.value) for one in self.shares],
            "behind": self.behind.as_params(),
        }


@dataclass(frozen=True, slots=True)
class Trends:
    """Series over bins, the largest first."""

    bins: tuple[Bin, ...]
    totals: tuple[int, ...]
    series: tuple[Series, ...]
    behind: Asked

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        bins = [
            {
                "start": one.start.isoformat(),
                "end": one.end.isoformat(),
                "feedback": of,
                "behind": self.behind.within(one.start, one.end).as_params(),
            }
            for one, of in zip(self.bins, self.totals, strict=True)
        ]
        return {
            "feedback": sum(self.totals),
            "behind": self.behind.as_params(),
            "bins": bins,
            "series": [one.as_dict() for one in self.series],
        }


def trends(columns: Columns, bins: Sequence[Bin], kind: Kind, asked: Asked, depth: Depth) -> Trends:
    """Return how many records of each bin have which labels, sentiments or values.

    Of labels and sentiments the shares are of what was read.
    """
    of_read = kind.name in (*TASKS, SENTIMENT) and not kind.is_attribute
    mask, asked = _read(columns, asked) if of_read else (np.ones(len(columns), bool), asked)
    places, features = columns.places(bins), kind.features(columns)
    totals = np.bincount(places[mask], minlength=len(bins)).tolist()
    counts = features.counts_by(places, len(bins), mask)
    sums = counts.sum(axis=0)
    tree = kind.name in (*TASKS, UNIT) and not kind.is_attribute
    names = frozenset(features.names)
    shown = [
        (-int(sums[place]), name, place)
        for place, name in enumerate(features.names)
        if sums[place] and (not tree or depth.shows(name, names))
    ]
    series = tuple(
        Series(
            name=name,
            total=Share(-less, sum(totals)),
            shares=tuple(map(Share, counts[:, place].tolist(), totals)),
            behind=kind.narrowed(asked, name),
        )
        for less, name, place in sorted(shown)[:MOST_SERIES]
    )
    return Trends(tuple(bins), tuple(totals), series, asked)


def _read(columns: Columns, asked: Asked) -> tuple[Mask, Asked]:
    """Return which records were read, and the conditions of these among the asked."""
    status = columns.coded["status"]
    read = np.array([value == READ for value in status.values], bool)
    mask: Mask = read[status.codes] if len(status.codes) else np.zeros(0, bool)
    return mask, replace(asked, statuses=(READ,))
