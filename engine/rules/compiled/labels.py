"""Label conditions over a batch: standings and confidences as arrays, each distinct set of labels once."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.rules.compiled.padding import Table, tables
from engine.rules.compiled.rows import TEN_THOUSAND, Rows
from engine.rules.compiled.sheet import Sheet, Slots, Words, pack, slots_of
from engine.rules.label_condition import LabelCondition
from engine.taxonomy import Taxonomy

MOST_TAXONOMIES = 4
_SHOWN = np.arange(TEN_THOUSAND + 1) / TEN_THOUSAND

Numbers = npt.NDArray[np.float32]


class Labels:
    """The label conditions of an index; their scopes have no part in it."""

    def __init__(self) -> None:
        self._members: dict[int, LabelCondition] = {}
        self._plans: dict[str, _Plan] = {}

    def key(self, condition: LabelCondition) -> Hashable:
        """Return what conditions with the same truth everywhere have in common."""
        one, home = condition, condition.taxonomy.version if condition.taxonomy else None
        return LabelCondition, one.task, one.names, one.columns, one.at_least, one.at_most, home

    def add(self, slot: int, condition: LabelCondition) -> None:
        """Take a condition in."""
        self._members[slot] = condition
        self._plans.clear()

    def remove(self, slot: int) -> None:
        """Forget a condition."""
        del self._members[slot]
        self._plans.clear()

    def fill(self, sheet: Sheet, rows: Rows) -> None:
        """Write the truth of every condition for a rows."""
        if not self._members:
            return
        plan = self._plan(rows.taxonomy)
        read = pack(rows.read[None])[0]
        sheet.write(plan.slots, np.zeros(1, np.uint64), np.tile(sheet.valid & ~read, (len(plan.slots), 1)))
        sheet.write_open(plan.unnamed)
        plan.fill_plain(sheet, rows, read)
        plan.fill_bounded(sheet, rows, read)

    def _plan(self, taxonomy: Taxonomy) -> _Plan:
        plan = self._plans.get(taxonomy.version)
        if plan is None:
            if len(self._plans) >= MOST_TAXONOMIES:
                self._plans.clear()
            plan = self._plans[taxonomy.version] = _plan(self._members, taxonomy)
        return plan


@dataclass(frozen=True)
class _Plan:
    """The conditions under one taxonomy.

    Parameters
    ----------
    slots
        All of them.
    unnamed
        Those of whose labels the taxonomy has none: always unknown.
    plain, plain_tables
        Those without bounds, and the columns of each.
    sets
        The columns of every distinct set of labels that has bounds, in the order of `set_order`.
    bounded, of_set, low, high
        Those with bounds: slot, set, and both bounds in ten-thousandths.
    """

    slots: Slots
    unnamed: Slots
    plain: Slots
    plain_tables: list[Table]
    sets: list[Table]
    n_sets: int
    bounded: Slots
    of_set: npt.NDArray[np.intp]
    low: Numbers
    high: Numbers

    def fill_plain(self, sheet: Sheet, rows: Rows, read: Words) -> None:
        """Write the conditions without bounds: any of their columns holds, or is unsure."""
        if not len(self.plain):
            return
        # The same columns serve many conditions: they become bits first, and sets are or-ed as bits.
        columns = np.hstack([pack(rows.standing == 2) & read, pack(rows.standing > 0) | (sheet.valid & ~read)])
        for table in self.plain_tables:
            found = np.take(columns, table.entries[:, 0], axis=0)
            for column in table.entries.T[1:]:
                found |= np.take(columns, column, axis=0)
            sheet.write(self.plain[table.places], found[:, : sheet.words], found[:, sheet.words :])

    def fill_bounded(self, sheet: Sheet, rows: Rows, read: Words) -> None:
        """Write the conditions with bounds; those that no case of the batch reaches stay as they are."""
        if not len(self.bounded):
            return
        highest = np.empty((self.n_sets, sheet.rows), np.float32)
        for table in self.sets:
            found = np.take(rows.confidence, table.entries[:, 0], axis=0)
            for column in table.entries.T[1:]:
                np.maximum(found, np.take(rows.confidence, column, axis=0), out=found)
            highest[table.places] = found
        reached = np.flatnonzero(np.fmax.reduce(highest, axis=1)[self.of_set] >= self.low)
        values = np.take(highest, self.of_set[reached], axis=0)
        holds = values >= self.low[reached, None]
        topped = np.flatnonzero(self.high[reached] < TEN_THOUSAND)
        holds[topped] &= values[topped] <= self.high[reached[topped], None]
        yes = pack(holds) & read
        sheet.write(self.bounded[reached], yes, yes | (sheet.valid & ~read))


def _plan(members: dict[int, LabelCondition], taxonomy: Taxonomy) -> _Plan:
    unnamed: list[int] = []
    plain: list[int] = []
    plain_columns: list[tuple[int, ...]] = []
    sets: dict[tuple[int, ...], int] = {}
    bounded: list[tuple[int, int, float | None, float | None]] = []
    for slot, condition in members.items():
        columns = condition.columns_in(taxonomy)
        if not columns:
            unnamed.append(slot)
        elif condition.at_least is None and condition.at_most is None:
            plain.append(slot)
            plain_columns.append(columns)
        else:
            of_set = sets.setdefault(columns, len(sets))
            bounded.append((slot, of_set, condition.at_least, condition.at_most))
    low = np.array([-1.0 if at_least is None else at_least for _, _, at_least, _ in bounded])
    high = np.array([2.0 if at_most is None else at_most for _, _, _, at_most in bounded])
    return _Plan(
        slots=slots_of(list(members)),
        unnamed=slots_of(unnamed),
        plain=slots_of(plain),
        plain_tables=tables(plain_columns),
        sets=tables(list(sets)),
        n_sets=len(sets),
        bounded=slots_of([slot for slot, _, _, _ in bounded]),
        of_set=slots_of([of_set for _, of_set, _, _ in bounded]),
        low=np.searchsorted(_SHOWN, low, "left").astype(np.float32),
        high=(np.searchsorted(_SHOWN, high, "right") - 1).astype(np.float32),
    )
