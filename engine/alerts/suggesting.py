"""What may be a problem: groups of open alerts that are more than chance explains.

A group is a rule or a topic, everywhere or in one unit. Its alerts of the last week are held against the weeks
before; as many groups are looked at, those that stand out are chosen so that few of them do by chance.

References
----------
Y. Benjamini, Y. Hochberg, Controlling the false discovery rate (1995),
https://doi.org/10.1111/j.2517-6161.1995.tb02031.x.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.rules.tails import spike_tail

WEEKS = 4
# Among the groups that are called a pattern, so large a share may be chance.
FALSE = 0.05
# Fewer open alerts are nothing to gather.
LEAST = 2


class Finding(StrEnum):
    """What a group of alerts looks like."""

    PATTERN = "pattern"
    NO_PATTERN = "no_pattern"
    TOO_NEW = "too_new"


@dataclass(frozen=True, slots=True)
class Group:
    """What alerts have in common: a rule or a topic, and a unit or none."""

    by: str
    name: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many alerts of a group were opened.

    Parameters
    ----------
    week
        In the last seven days.
    before
        In each whole week before that the store knows of, the latest first; at most four.
    waiting
        Of the week's alerts, how many are open and linked to no problem.
    """

    week: int
    before: tuple[int, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Open alerts that may belong together.

    Parameters
    ----------
    p
        How likely so many are by chance, given the weeks before; None where there is no week before.
    alerts
        The first of them, the most urgent ones.
    """

    group: Group
    tally: Tally
    p: float | None
    finding: Finding
    alerts: tuple[str, ...] = ()

    @property
    def expected(self) -> float | None:
        """How many a week there were before."""
        return sum(self.tally.before) / len(self.tally.before) if self.tally.before else None

    @property
    def said(self) -> str:
        """It in plain words."""
        what = f"{self.tally.week} alerts of {self.group.by} {self.group.name}"
        what += f" in {self.group.unit}" if self.group.unit else ""
        if self.expected is None:
            return f"{what} in the last 7 days; there is no earlier week to hold that against"
        usual = f"{what} in the last 7 days, {self.expected:.1f} a week in the {len(self.tally.before)} weeks before"
        more = "more than chance explains" if self.finding is Finding.PATTERN else "which chance explains"
        return f"{usual}: {more}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "by": self.group.by,
            "name": self.group.name,
            "unit": self.group.unit,
            "week": self.tally.week,
            "before": list(self.tally.before),
            "expected": self.expected,
            "p": None if self.p is None else float(f"{self.p:.3g}"),
            "finding": str(self.finding),
            "said": self.said,
            "open": self.tally.waiting,
            "alerts": list(self.alerts),
        }


def suggested(tallies: Mapping[Group, Tally]) -> list[Suggestion]:
    """Return the groups with open alerts, patterns first, the least likely by chance at the top.

    Every group counts as looked at, so that leaving out what is small makes nothing look surer than it is.
    """
    chances = {group: spike_tail(tally.week, tally.before) for group, tally in tallies.items() if tally.before}
    bound = _bound(chances.values())
    found = [
        Suggestion(group, tally, chances.get(group), _finding(chances.get(group), bound))
        for group, tally in tallies.items()
        if tally.waiting >= LEAST
    ]
    order = list(Finding)
    found.sort(key=lambda one: (order.index(one.finding), one.p or 0.0, -one.tally.week, str(one.group)))
    return found


def _finding(p: float | None, bound: float) -> Finding:
    if p is None:
        return Finding.TOO_NEW
    return Finding.PATTERN if p <= bound else Finding.NO_PATTERN


def _bound(chances: Iterable[float]) -> float:
    """Return the largest chance that still stands out (Benjamini and Hochberg); below 0 where none does."""
    ordered: Sequence[float] = sorted(chances)
    passed = [p for rank, p in enumerate(ordered, start=1) if p <= FALSE * rank / len(ordered)]
    return passed[-1] if passed else -1.0
