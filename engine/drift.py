"""Drift: whether what a model reads now looks like what it read in a span before.

References
----------
N. Siddiqi, Credit Risk Scorecards (2006): a population stability index below 0.1 is steady, from 0.25 on it is another
population. B. Yurdakul, Statistical Properties of Population Stability Index (2018): between two samples of the same
population it is about chi-squared, with one degree of freedom less than there are bins, times 1/n + 1/m.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import log, sqrt
from typing import TypeVar

from engine.reading import ReadingStatus

BINS = 10
MOVED, CHANGED = 0.1, 0.25
# Of so few records an index says nothing.
LEAST_RECORDS = 100
# Added to every bin, so that one that is empty on one side has a logarithm.
HALF = 0.5
_Z95 = 1.6449
Name = TypeVar("Name", bound=str)


class Shift(StrEnum):
    """What became of a distribution."""

    STEADY = "steady"
    MOVED = "moved"
    CHANGED = "changed"
    TOO_FEW = "too few"


@dataclass(frozen=True)
class Span:
    """What was read in a span.

    Parameters
    ----------
    since, until
        When it was received; the end is not in it.
    statuses
        How many records ended with each status.
    models
        How many were read with each model.
    labels
        For each task, how many records each label holds in.
    confidences
        (`BINS`,) how many labels hold with a confidence in each tenth, the lowest first.
    cut
        Whether there were more records than were looked at.
    """

    since: datetime
    until: datetime
    statuses: Mapping[ReadingStatus, int]
    models: Mapping[str, int]
    labels: Mapping[str, Mapping[str, int]]
    confidences: tuple[int, ...]
    cut: bool = False

    @property
    def records(self) -> int:
        """How many records were looked at."""
        return sum(self.statuses.values())

    @property
    def read(self) -> int:
        """How many of them were read."""
        return self.statuses.get(ReadingStatus.READ, 0)

    def share(self, status: ReadingStatus) -> float:
        """Return the share of records that ended so, 0 to 1."""
        return self.statuses.get(status, 0) / self.records if self.records else 0.0


@dataclass(frozen=True, slots=True)
class Index:
    """A population stability index, what it would seldom exceed by chance alone, and what that means."""

    value: float
    by_chance: float
    shift: Shift


@dataclass(frozen=True)
class Moved:
    """A label whose share of the read records changed, 0 to 1 each."""

    task: str
    label: str
    before: float
    after: float


@dataclass(frozen=True)
class Drift:
    """A span against a reference: its confidences, and the labels of each task that anything was found of."""

    span: Span
    confidences: Index
    labels: Mapping[str, Index]


def joined(spans: Sequence[Span]) -> Span:
    """Return spans that follow each other as one."""
    tasks = list(dict.fromkeys(task for one in spans for task in one.labels))
    return Span(
        spans[0].since,
        spans[-1].until,
        _sums([one.statuses for one in spans]),
        _sums([one.models for one in spans]),
        {task: _sums([one.labels.get(task, {}) for one in spans]) for task in tasks},
        tuple(map(sum, zip(*(one.confidences for one in spans), strict=True))),
        any(one.cut for one in spans),
    )


def _sums(counts: Sequence[Mapping[Name, int]]) -> dict[Name, int]:
    names = dict.fromkeys(name for one in counts for name in one)
    return {name: sum(one.get(name, 0) for one in counts) for name in names}


def drift_of(span: Span, reference: Span) -> Drift:
    """Compare what was read in a span with what was read before."""
    enough = min(span.read, reference.read) >= LEAST_RECORDS
    tasks = [task for task in reference.labels if span.labels.get(task) and reference.labels[task]]
    found = {task: index_of(*_paired(reference.labels[task], span.labels[task]), enough=enough) for task in tasks}
    return Drift(span, index_of(reference.confidences, span.confidences, enough=enough), found)


def _paired(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[list[int], list[int]]:
    names = dict.fromkeys((*before, *after))
    return [before.get(name, 0) for name in names], [after.get(name, 0) for name in names]


def index_of(before: Sequence[int], after: Sequence[int], *, enough: bool = True) -> Index:
    """Return the population stability index of counts in the same bins.

    Parameters
    ----------
    enough
        Whether there are records enough on both sides to say something.
    """
    pairs = [(one, other) for one, other in zip(before, after, strict=True) if one or other]
    total, now = sum(one for one, _ in pairs), sum(other for _, other in pairs)
    if not enough or not total or not now:
        return Index(0.0, 0.0, Shift.TOO_FEW)
    of, of_now = total + HALF * len(pairs), now + HALF * len(pairs)
    shares = [((one + HALF) / of, (other + HALF) / of_now) for one, other in pairs]
    value = sum((b - a) * log(b / a) for a, b in shares)
    by_chance = _chi_squared(len(pairs) - 1) * (1 / total + 1 / now)
    return Index(value, by_chance, _shift(value, by_chance))


def _shift(value: float, by_chance: float) -> Shift:
    if value < MOVED or value <= by_chance:
        return Shift.STEADY
    return Shift.MOVED if value < CHANGED else Shift.CHANGED


def _chi_squared(degrees: int) -> float:
    """Return what a chi-squared number exceeds once in twenty times (E. Wilson and M. Hilferty, 1931)."""
    if degrees < 1:
        return 0.0
    part = 2 / (9 * degrees)
    return float(degrees * (1 - part + _Z95 * sqrt(part)) ** 3)


def moved_most(span: Span, reference: Span, most: int = 8) -> list[Moved]:
    """Return the labels whose share of the read records changed most, the largest change first."""
    if not span.read or not reference.read:
        return []
    found = [
        Moved(
            task, label, reference.labels.get(task, {}).get(label, 0) / reference.read, counts.get(label, 0) / span.read
        )
        for task, counts in span.labels.items()
        for label in dict.fromkeys((*reference.labels.get(task, {}), *counts))
    ]
    return sorted(found, key=lambda one: (-abs(one.after - one.before), one.task, one.label))[:most]
