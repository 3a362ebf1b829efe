"""Sentiment conditions over a batch: what they make of every pair of sides, looked up."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt

from engine.rules.compiled.rows import Rows
from engine.rules.compiled.sheet import Sheet, pack, slots_of
from engine.rules.sentiment_condition import NEGATIVE, POSITIVE, SentimentCondition, side_columns
from engine.rules.truth import Truth


class Sentiments:
    """The sentiment conditions of an index; their scopes have no part in it."""

    def __init__(self) -> None:
        self._members: dict[int, SentimentCondition] = {}

    def key(self, condition: SentimentCondition) -> Hashable:
        """Return what conditions with the same truth everywhere have in common."""
        return SentimentCondition, frozenset(condition.names)

    def add(self, slot: int, condition: SentimentCondition) -> None:
        """Take a condition in."""
        self._members[slot] = condition

    def remove(self, slot: int) -> None:
        """Forget a condition."""
        del self._members[slot]

    def fill(self, sheet: Sheet, rows: Rows) -> None:
        """Write the truth of every condition for some rows."""
        if not self._members:
            return
        slots = slots_of(list(self._members))
        sides = [side_columns(rows.taxonomy, groups) for groups in (POSITIVE, NEGATIVE)]
        if not any(sides):
            sheet.write_open(slots)
            return
        positive, negative = (rows.standing[side].max(axis=0, initial=0).astype(np.intp) for side in sides)
        truths = np.array([_truths(one) for one in self._members.values()])[:, positive * len(Truth) + negative]
        truths[:, ~rows.read] = Truth.UNKNOWN
        sheet.write(slots, pack(truths == Truth.YES), pack(truths != Truth.NO))


def _truths(condition: SentimentCondition) -> npt.NDArray[np.uint8]:
    """Return (n_truths squared,) what a condition makes of every pair of its sides."""
    return np.array([condition.of_sides(positive, negative) for positive in Truth for negative in Truth], np.uint8)
