"""Field conditions over a batch: bounds as arrays, every other test once for each value that was ever seen."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt

from engine.rules.compiled.rows import Rows
from engine.rules.compiled.sheet import Flags, Sheet, Slots, pack, slots_of
from engine.rules.field_condition import FieldCondition, FieldKind
from engine.rules.phrasing import Value

MOST_VALUES = 4096
Place = tuple[FieldKind, str]


class Fields:
    """The field conditions of an index, by the field they test."""

    def __init__(self) -> None:
        self._fields: dict[Place, _Field] = {}
        self._place: dict[int, Place] = {}

    def key(self, condition: FieldCondition) -> Hashable:
        """Return what conditions with the same truth everywhere have in common: 1, 1.0 and true are equal in Python."""
        return FieldCondition, condition, tuple(map(type, condition.values))

    def add(self, slot: int, condition: FieldCondition) -> None:
        """Take a condition in."""
        place = self._place[slot] = (condition.kind, condition.name)
        self._fields.setdefault(place, _Field(condition)).add(slot, condition)

    def remove(self, slot: int) -> None:
        """Forget a condition."""
        place = self._place.pop(slot)
        if self._fields[place].remove(slot):
            del self._fields[place]

    def fill(self, sheet: Sheet, rows: Rows) -> None:
        """Write the truth of every condition for a batch."""
        for field in self._fields.values():
            field.fill(sheet, rows)


class _Field:
    """The conditions on one field."""

    def __init__(self, one: FieldCondition) -> None:
        self._one = one
        self._bounds = _Bounds()
        self._known = _Known()
        self._get = (one.kind, one.name)

    def add(self, slot: int, condition: FieldCondition) -> None:
        if condition.missing is None and not condition.values and condition.has_bounds:
            self._bounds.add(slot, condition)
        else:
            self._known.add(slot, condition)

    def remove(self, slot: int) -> bool:
        """Forget a condition; return whether none is left."""
        if not self._bounds.remove(slot):
            self._known.remove(slot)
        return not self._bounds and not self._known

    def fill(self, sheet: Sheet, rows: Rows) -> None:
        values = self._values(rows)
        if self._bounds:
            self._bounds.fill(sheet, [self._number(value) for value in values])
        if self._known:
            self._known.fill(sheet, values)

    def _values(self, rows: Rows) -> list[Value | None]:
        kind, name = self._get
        if kind == "score":
            return [case.feedback.scores.get(name) for case in rows.cases]
        if kind == "attribute":
            return [case.feedback.attributes.get(name) for case in rows.cases]
        return [self._one.value(case) for case in rows.cases]

    def _number(self, value: Value | None) -> float:
        if type(value) is float:
            return value
        number = None if value is None else self._one.number(value)
        return np.nan if number is None else number


class _Bounds:
    """The conditions that have bounds and nothing else."""

    def __init__(self) -> None:
        self._members: dict[int, tuple[float, float]] = {}
        self._arrays: tuple[Slots, npt.NDArray[np.float64]] | None = None

    def __len__(self) -> int:
        return len(self._members)

    def add(self, slot: int, condition: FieldCondition) -> None:
        low = -np.inf if condition.at_least is None else condition.at_least
        high = np.inf if condition.at_most is None else condition.at_most
        self._members[slot] = (low, high)
        self._arrays = None

    def remove(self, slot: int) -> bool:
        self._arrays = None
        return self._members.pop(slot, None) is not None

    def fill(self, sheet: Sheet, numbers: list[float]) -> None:
        if self._arrays is None:
            self._arrays = slots_of(list(self._members)), np.array(list(self._members.values()))
        slots, bounds = self._arrays
        values = np.array(numbers, np.float64)
        sheet.write_certain(slots, pack((values >= bounds[:, :1]) & (values <= bounds[:, 1:])))


class _Known:
    """The conditions whose truth is kept for each value: a table of values x conditions."""

    def __init__(self) -> None:
        self._rows: dict[tuple[type, Value | None], int] = {}
        self._members: dict[int, FieldCondition] = {}
        self._columns: list[int] = []
        self._table: Flags = np.zeros((8, 8), np.bool_)

    def __len__(self) -> int:
        return len(self._members)

    def add(self, slot: int, condition: FieldCondition) -> None:
        column = len(self._columns)
        if column == self._table.shape[1]:
            self._table = np.hstack([self._table, np.zeros_like(self._table)])
        self._members[slot] = condition
        self._columns.append(slot)
        for (_, value), row in self._rows.items():
            self._table[row, column] = condition.holds(value)

    def remove(self, slot: int) -> None:
        del self._members[slot]
        column, last = self._columns.index(slot), self._columns.pop()
        if last != slot:
            self._columns[column] = last
            self._table[:, column] = self._table[:, len(self._columns)]

    def fill(self, sheet: Sheet, values: list[Value | None]) -> None:
        # Kept between batches, and begun anew before they are too many: a field may hold anything.
        if len(self._rows) > MOST_VALUES:
            self._rows.clear()
        rows = [self._row(value) for value in values]
        holds = self._table[rows, : len(self._columns)]
        sheet.write_certain(slots_of(self._columns), pack(np.ascontiguousarray(holds.T)))

    def _row(self, value: Value | None) -> int:
        key = (type(value), value)
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = len(self._rows)
            if row == len(self._table):
                self._table = np.vstack([self._table, np.zeros_like(self._table)])
            self._table[row, : len(self._columns)] = [self._members[slot].holds(value) for slot in self._columns]
        return row
