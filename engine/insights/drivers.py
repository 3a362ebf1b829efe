"""What stands out among some feedback, such as that with alerts, against the rest: which topics, units, values.

Compared is how large a share of each has something. A difference is told where chance would not explain it, taking
into account how many were looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.insights.asked import Asked
from engine.insights.columns import Columns
from engine.insights.intervals import LEAST_EXPECTED, adjusted, difference_p, expected, ratio_of
from engine.insights.kinds import Kind
from engine.insights.telling import Share, rounded

TARGET = "target"
# What a difference must stay below: the share of accidents among all that are told of.
LEVEL = 0.05
LEAST_RECORDS = 20
MOST = 200


class Finding(StrEnum):
    """What is told of a difference."""

    OVER = "over"
    UNDER = "under"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Driver:
    """How often something is among the target, and among the rest.

    Parameters
    ----------
    p, q
        The chance of a difference like this without one; and the share of accidents if all that are as clear count.
    behind, behind_all
        The conditions of the target's records that have it, and of all that have it.
    """

    kind: Kind
    name: str
    target: Share
    rest: Share
    p: float
    q: float
    behind: Asked
    behind_all: Asked

    @property
    def finding(self) -> Finding:
        """Whether it is over- or under-represented."""
        if self.q >= LEVEL:
            return Finding.UNCLEAR
        more = self.target.count * self.rest.of > self.rest.count * self.target.of
        return Finding.OVER if more else Finding.UNDER

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values; a ratio to nothing is null."""
        ratio = ratio_of(self.target.count, self.target.of, self.rest.count, self.rest.of)
        return {
            "kind": str(self.kind),
            "name": self.name,
            "count": self.target.count,
            "of": self.target.of,
            "share": rounded(self.target.value),
            "rest_count": self.rest.count,
            "rest_of": self.rest.of,
            "rest_share": rounded(self.rest.value),
            "ratio": rounded(ratio.value, 4),
            "low": rounded(ratio.low, 4),
            "high": rounded(ratio.high, 4),
            "p": float(f"{self.p:.3g}"),
            "q": float(f"{self.q:.3g}"),
            "finding": str(self.finding),
            "behind": self.behind.as_params(),
            "behind_all": self.behind_all.as_params(),
        }


@dataclass(frozen=True, slots=True)
class Drivers:
    """What stands out, the clearest first.

    Parameters
    ----------
    target, rest
        How many records are compared with how many.
    tried
        How many differences were looked at: the others have too few records to tell.
    """

    target: int
    rest: int
    tried: int
    drivers: tuple[Driver, ...]
    behind: Asked
    behind_all: Asked

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "target": self.target,
            "rest": self.rest,
            "tried": self.tried,
            "behind": self.behind.as_params(),
            "behind_all": self.behind_all.as_params(),
            "drivers": [one.as_dict() for one in self.drivers],
        }


@dataclass(frozen=True, slots=True)
class _Tally:
    kind: Kind
    name: str
    target: Share
    rest: Share


def drivers(columns: Columns, kinds: Sequence[Kind], asked: Asked, target: Asked) -> Drivers:
    """Return what stands out among the records marked as the target, against all others.

    Parameters
    ----------
    asked, target
        The conditions of all records, and of the target among them.
    """
    mask = columns.marks[TARGET]
    many = int(mask.sum())
    sizes = (many, len(columns) - many)
    tallies = [one for kind in kinds for one in _tallies(columns, kind, sizes) if not _is_asked(one, target)]
    chances = [difference_p(one.target.count, one.target.of, one.rest.count, one.rest.of) for one in tallies]
    found = [
        Driver(
            *(one.kind, one.name, one.target, one.rest, p, q),
            behind=one.kind.narrowed(target, one.name),
            behind_all=one.kind.narrowed(asked, one.name),
        )
        for one, p, q in zip(tallies, chances, adjusted(chances), strict=True)
    ]
    found.sort(key=lambda one: (one.finding is Finding.UNCLEAR, one.p, -one.target.count, str(one.kind), one.name))
    return Drivers(*sizes, len(tallies), tuple(found[:MOST]), target, asked)


def _tallies(columns: Columns, kind: Kind, sizes: tuple[int, int]) -> Iterator[_Tally]:
    """Yield what has enough records to be compared."""
    features = kind.features(columns)
    inside = features.counts(columns.marks[TARGET])
    whole = features.counts()
    for place, name in enumerate(features.names):
        target = Share(int(inside[place]), sizes[0])
        rest = Share(int(whole[place] - inside[place]), sizes[1])
        few = expected(target.count, target.of, rest.count, rest.of) < LEAST_EXPECTED
        if not few and whole[place] >= LEAST_RECORDS:
            yield _Tally(kind, name, target, rest)


def _is_asked(one: _Tally, target: Asked) -> bool:
    """Return whether something is what makes the target: of course it stands out there."""
    if one.kind.is_attribute:
        return any(asked.name == one.kind.name for asked in target.attributes)
    named = [label.node for label in target.labels if label.task == one.kind.name]
    return any(_related(one.name, node) for node in named)


def _related(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")
