"""Rows: what conditions are judged on side by side, each a bit of a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.rules.case import Case
from engine.rules.compiled.sheet import Flags, Words
from engine.rules.conditions import Condition
from engine.rules.truth import Truth
from engine.taxonomy import Taxonomy

TEN_THOUSAND = 10_000
Standings = npt.NDArray[np.uint8]
Confidences = npt.NDArray[np.float32]


class Rows(Protocol):
    """Records, or windows of their sentences; all readings have the same label trees."""

    @property
    def cases(self) -> Sequence[Case]:
        """The cases behind the rows."""
        ...

    @property
    def count(self) -> int:
        """How many rows there are."""
        ...

    @property
    def taxonomy(self) -> Taxonomy:
        """The label trees."""
        ...

    @property
    def read(self) -> Flags:
        """(n_rows,) whether anything was read there."""
        ...

    @property
    def standing(self) -> Standings:
        """(n_labels, n_rows) the highest standing of each label there."""
        ...

    @property
    def confidence(self) -> Confidences:
        """(n_labels, n_rows) the highest confidence of each label there, in ten-thousandths as `shown`."""
        ...

    def of_cases(self, words: Words) -> Words:
        """Return (n, n_words) bits over the cases as bits over the rows."""
        ...

    def judge(self, condition: Condition, row: int) -> Truth:
        """Judge one row as the reference does."""
        ...


def ten_thousandths(confidence: npt.NDArray[np.float32]) -> Confidences:
    """Return confidences in ten-thousandths, as they are shown.

    The product of a float32 and 10,000 is exact in float64, so this rounds as `round(confidence, 4)` does.
    """
    return np.rint(confidence.astype(np.float64) * TEN_THOUSAND).astype(np.float32)
