"""A batch: cases whose readings have the same label trees, with their record rows as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.reading import ReadingStatus
from engine.rules.case import Case
from engine.rules.compiled.rows import Confidences, Standings, ten_thousandths
from engine.rules.compiled.sheet import Flags, Words
from engine.rules.conditions import Condition
from engine.rules.truth import Truth
from engine.taxonomy import Taxonomy

# Small enough that every node's bits stay in the processor's cache, large enough to pay for the calls.
MOST_ROWS = 512


@dataclass(frozen=True)
class Batch:
    """Cases whose readings have the same label trees: rows of which each is a record.

    Parameters
    ----------
    places
        Where each case stands among all that are asked about.
    """

    cases: tuple[Case, ...]
    places: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many cases there are."""
        return len(self.cases)

    @property
    def taxonomy(self) -> Taxonomy:
        """The label trees of every reading."""
        return self.cases[0].reading.taxonomy

    @cached_property
    def read(self) -> Flags:
        """(n_cases,) whether the reading is `read`."""
        return np.array([case.reading.status is ReadingStatus.READ for case in self.cases], np.bool_)

    @cached_property
    def standing(self) -> Standings:
        """(n_labels, n_cases) the records' standings."""
        return np.ascontiguousarray(np.stack([case.reading.standing[-1] for case in self.cases]).T)

    @cached_property
    def confidence(self) -> Confidences:
        """(n_labels, n_cases) the records' confidences in ten-thousandths."""
        rows = np.stack([case.reading.confidence[-1] for case in self.cases])
        return np.ascontiguousarray(ten_thousandths(rows).T)

    def of_cases(self, words: Words) -> Words:
        """Return bits over the cases as they are."""
        return words

    def judge(self, condition: Condition, row: int) -> Truth:
        """Judge one case as the reference does."""
        return condition.judge(self.cases[row])


def batches(cases: Sequence[Case]) -> Iterator[Batch]:
    """Yield the cases in batches, those of each version of the label trees for themselves, in their order."""
    versions: dict[str, list[int]] = {}
    for place, case in enumerate(cases):
        versions.setdefault(case.reading.taxonomy.version, []).append(place)
    for places in versions.values():
        for start in range(0, len(places), MOST_ROWS):
            chosen = tuple(places[start : start + MOST_ROWS])
            yield Batch(tuple(cases[place] for place in chosen), chosen)
