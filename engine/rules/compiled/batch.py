"""A batch: cases whose readings have the same label trees, with their record rows as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.reading import ReadingStatus
from engine.rules.case import Case
from engine.rules.compiled.sheet import Flags
from engine.taxonomy import Taxonomy

# Small enough that every node's bits stay in the processor's cache, large enough to pay for the calls.
MOST_ROWS = 512
TEN_THOUSAND = 10_000


@dataclass(frozen=True)
class Batch:
    """Cases whose readings have the same label trees.

    Parameters
    ----------
    places
        Where each case stands among all that are asked about.
    """

    cases: tuple[Case, ...]
    places: tuple[int, ...]

    @property
    def taxonomy(self) -> Taxonomy:
        """The label trees of every reading."""
        return self.cases[0].reading.taxonomy

    @cached_property
    def read(self) -> Flags:
        """(n_cases,) whether the reading is `read`."""
        return np.array([case.reading.status is ReadingStatus.READ for case in self.cases], np.bool_)

    @cached_property
    def standing(self) -> npt.NDArray[np.uint8]:
        """(n_labels, n_cases) the records' standings."""
        return np.ascontiguousarray(np.stack([case.reading.standing[-1] for case in self.cases]).T)

    @cached_property
    def confidence(self) -> npt.NDArray[np.float32]:
        """(n_labels, n_cases) the records' confidences in ten-thousandths, as they are shown.

        The product of a float32 and 10,000 is exact in float64, so this rounds as `round(confidence, 4)` does.
        """
        rows = np.stack([case.reading.confidence[-1] for case in self.cases]).astype(np.float64)
        return np.ascontiguousarray(np.rint(rows * TEN_THOUSAND).T.astype(np.float32))


def batches(cases: Sequence[Case]) -> Iterator[Batch]:
    """Yield the cases in batches, those of each version of the label trees for themselves, in their order."""
    versions: dict[str, list[int]] = {}
    for place, case in enumerate(cases):
        versions.setdefault(case.reading.taxonomy.version, []).append(place)
    for places in versions.values():
        for start in range(0, len(places), MOST_ROWS):
            chosen = tuple(places[start : start + MOST_ROWS])
            yield Batch(tuple(cases[place] for place in chosen), chosen)
