"""Conditions of other kinds: the reference judges them, only where the rest of a rule leaves it open."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from engine.rules.canonical import canonical
from engine.rules.compiled.rows import Rows
from engine.rules.compiled.sheet import Sheet, Words, pack, slots_of, unpack
from engine.rules.conditions import Condition
from engine.rules.truth import Truth


class Others:
    """The conditions of an index that have no arrays of their own."""

    def __init__(self) -> None:
        self._members: dict[int, Condition] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._members)

    def key(self, condition: Condition) -> Hashable:
        """Return what conditions with the same truth everywhere have in common."""
        return Condition, canonical(condition)

    def add(self, slot: int, condition: Condition) -> None:
        """Take a condition in."""
        self._members[slot] = condition

    def remove(self, slot: int) -> None:
        """Forget a condition."""
        del self._members[slot]

    def fill(self, sheet: Sheet, rows: Rows) -> None:  # noqa: ARG002 - every kind is filled alike
        """Leave the truth of every condition open."""
        sheet.write_open(slots_of(list(self._members)))

    def settle(self, sheet: Sheet, rows: Rows, slot: int, wanted: Words) -> None:
        """Write the truth of one condition for the rows that are wanted; elsewhere it stays open."""
        condition = self._members[slot]
        yes, possible = np.zeros(sheet.rows, np.bool_), np.ones(sheet.rows, np.bool_)
        for row in np.flatnonzero(unpack(wanted[None])[0]).tolist():
            truth = rows.judge(condition, row)
            yes[row], possible[row] = truth is Truth.YES, truth is not Truth.NO
        sheet.write(slots_of([slot]), pack(yes[None]), pack(possible[None]))
