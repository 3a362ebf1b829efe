"""Groups over a batch: all, any and none as operations on whole rows of bits, level by level.

The plan goes down once to find what is needed, then up to work it out. An `all` with a child that holds nowhere
in the batch needs none of its other children.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import numpy as np
import numpy.typing as npt

from engine.rules.compiled.padding import pad
from engine.rules.compiled.sheet import Flags, Sheet, Slots, Words


class Join(Enum):
    """How the children of a group are joined."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


Children = tuple[int, ...]
Chosen = list[tuple["_Bucket", Slots]]


class Groups:
    """The groups of an index, by level: the children of a group stand on lower levels."""

    def __init__(self) -> None:
        self._levels: list[dict[tuple[Join, int, bool], _Bucket]] = []
        self._level: dict[int, int] = {}
        self._bucket: dict[int, _Bucket] = {}
        self._children: dict[int, Children] = {}

    def __contains__(self, slot: int) -> bool:
        """Whether a slot is a group."""
        return slot in self._children

    def add(self, slot: int, join: Join, children: Children, *, late: bool) -> None:
        """Take a group in; `late` when the truth of something below it is found last."""
        level = 1 + max((self._level.get(child, 0) for child in children), default=0)
        while len(self._levels) < level:
            self._levels.append({})
        padded = pad(children)
        bucket = self._levels[level - 1].setdefault((join, len(padded), late), _Bucket(join, len(padded), late))
        bucket.add(slot, padded)
        self._level[slot], self._bucket[slot], self._children[slot] = level, bucket, children

    def remove(self, slot: int) -> Children:
        """Forget a group and return its children."""
        self._bucket.pop(slot).remove(slot)
        del self._level[slot]
        return self._children.pop(slot)

    def work_out(self, sheet: Sheet, roots: Slots) -> Chosen:
        """Write the truth of every group that the roots need, and return which those are."""
        needed = np.zeros(len(sheet.live), np.bool_)
        needed[roots] = True
        chosen: Chosen = []
        for level in reversed(self._levels):
            for bucket in level.values():
                chosen.append((bucket, bucket.choose(sheet, needed)))
        _work_out(sheet, reversed(chosen))
        return chosen

    def work_out_late(self, sheet: Sheet, chosen: Chosen) -> None:
        """Write once more the truth of the groups that were chosen and were waiting for something."""
        _work_out(sheet, [(bucket, rows) for bucket, rows in reversed(chosen) if bucket.late])


def _work_out(sheet: Sheet, chosen: Iterable[tuple[_Bucket, Slots]]) -> None:
    for bucket, rows in chosen:
        if len(rows):
            bucket.work_out(sheet, rows)


class _Bucket:
    """Groups of one level that are joined alike and have equally many children, as growing arrays.

    Removing one moves the last one to its place, so a change costs the same whatever their number.
    """

    def __init__(self, join: Join, arity: int, late: bool) -> None:
        self.join = join
        self.late = late
        self._arity = arity
        self._row: dict[int, int] = {}
        self._slots = np.zeros(8, np.intp)
        self._children = np.zeros((8, arity), np.intp)

    def add(self, slot: int, children: Children) -> None:
        row = self._row[slot] = len(self._row)
        if row == len(self._slots):
            self._slots = np.concatenate([self._slots, np.zeros_like(self._slots)])
            self._children = np.concatenate([self._children, np.zeros_like(self._children)])
        self._slots[row] = slot
        self._children[row] = children

    def remove(self, slot: int) -> None:
        row, last = self._row.pop(slot), len(self._row)
        if row != last:
            moved = int(self._slots[last])
            self._row[moved], self._slots[row], self._children[row] = row, moved, self._children[last]

    def choose(self, sheet: Sheet, needed: Flags) -> Slots:
        """Return the rows that are needed and may hold somewhere, and mark what they need in turn."""
        slots, children = self._slots[: len(self._row)], self._children[: len(self._row)]
        chosen = needed[slots] & self._possible(sheet, children)
        sheet.live[slots] = chosen
        rows = np.flatnonzero(chosen)
        needed[children[rows]] = True
        return rows

    def _possible(self, sheet: Sheet, children: npt.NDArray[np.intp]) -> Flags | np.bool_:
        live = np.take(sheet.live, children)
        if self.join is Join.ALL:
            return live.all(axis=1)
        return live.any(axis=1) if self.join is Join.ANY else np.True_

    def work_out(self, sheet: Sheet, rows: Slots) -> None:
        """Write the truth of some rows."""
        slots, children = self._slots[rows], self._children[rows]
        possible = np.broadcast_to(self._possible(sheet, children), len(rows))
        dead, slots, children = slots[~possible], slots[possible], children[possible]
        sheet.bits[dead] = 0
        sheet.live[dead] = False
        found = self._joined(sheet, children)
        sheet.bits[slots] = found
        sheet.live[slots] = found[:, sheet.words :].any(axis=1)

    def _joined(self, sheet: Sheet, children: npt.NDArray[np.intp]) -> Words:
        everywhere = np.tile(sheet.valid, 2)
        if self._arity == 0:
            return np.tile(everywhere * np.uint64(self.join is not Join.ANY), (len(children), 1))
        join = np.bitwise_and if self.join is Join.ALL else np.bitwise_or
        found = np.take(sheet.bits, children[:, 0], axis=0)
        for column in children.T[1:]:
            join(found, np.take(sheet.bits, column, axis=0), out=found)
        if self.join is Join.NONE:
            # It is yes where nothing is possible, and possible where nothing is yes.
            found = np.roll(found, sheet.words, axis=1) ^ everywhere
        return found
