"""The index: many conditions judged over many cases at once, with the same truth as the reference.

Every distinct test of all rules is worked out once for a batch, as one bit a case; groups are operations on
these bits. So the cost grows with distinct tests and with rules that may hold, not with rules times cases.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol, cast

import numpy as np

from engine.rules.case import Case
from engine.rules.compiled.batch import Batch, batches
from engine.rules.compiled.fields import Fields
from engine.rules.compiled.groups import Children, Groups, Join
from engine.rules.compiled.interning import Interned
from engine.rules.compiled.labels import Labels
from engine.rules.compiled.matches import Found, Matches, matches_of
from engine.rules.compiled.others import Others
from engine.rules.compiled.sheet import Sheet, Slots, slots_of, where
from engine.rules.conditions import All, AnyOf, Condition, NoneOf
from engine.rules.field_condition import FieldCondition
from engine.rules.label_condition import LabelCondition


class _Kind(Protocol):
    """Conditions of one kind, and how they are worked out together."""

    def key(self, condition: Condition, /) -> Hashable: ...
    def add(self, slot: int, condition: Condition, /) -> None: ...
    def remove(self, slot: int, /) -> None: ...
    def fill(self, sheet: Sheet, batch: Batch, /) -> None: ...


@dataclass(frozen=True, slots=True)
class _Roots:
    """The rules: their names and the slot of each, and those that wait for something found last."""

    names: tuple[str, ...]
    slots: Slots
    late: tuple[int, ...]


class ConditionIndex:
    """Conditions by name, to be judged together.

    It agrees with `Condition.judge` on every case. A change of one name costs the same whatever the number of
    the others. It may be used by several threads.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._interned = Interned()
        self._groups = Groups()
        self._others = Others()
        known = {LabelCondition: Labels(), FieldCondition: Fields()}
        self._known = cast("dict[type[Condition], _Kind]", known)
        self._kind: dict[int, _Kind] = {}
        self._waits: dict[int, frozenset[int]] = {}
        self._named: dict[str, int] = {}
        self._roots: _Roots | None = None

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._named)

    def put(self, name: str, condition: Condition) -> None:
        """Set the condition of a name; one that is there keeps its place in the order, a new one comes last."""
        with self._lock:
            before = self._named.get(name)
            self._named[name] = self._take(condition)
            if before is not None:
                self._drop(before)
            self._roots = None

    def remove(self, name: str) -> None:
        """Forget a name.

        Raises
        ------
        KeyError
            If it is not there.
        """
        with self._lock:
            self._drop(self._named.pop(name))
            self._roots = None

    def match(self, cases: Sequence[Case]) -> Matches:
        """Judge every condition for every case."""
        with self._lock:
            roots = self._roots = self._roots or self._rooted()
            found = [self._match(batch, roots) for batch in batches(cases)] if roots.names else []
        return matches_of(roots.names, found, len(cases))

    def _rooted(self) -> _Roots:
        slots = list(self._named.values())
        late = tuple(dict.fromkeys(slot for slot in slots if slot in self._waits)) if self._waits else ()
        return _Roots(tuple(self._named), slots_of(slots), late)

    def _match(self, batch: Batch, roots: _Roots) -> Found:
        sheet = Sheet(len(self._interned), len(batch.cases))
        for kind in (*self._known.values(), self._others):
            kind.fill(sheet, batch)
        chosen = self._groups.work_out(sheet, roots.slots)
        if roots.late:
            self._settle(sheet, batch, roots)
            self._groups.work_out_late(sheet, chosen)
        rules = np.flatnonzero(np.take(sheet.live, roots.slots))
        slots = roots.slots[rules]
        places = np.array(batch.places, np.intp)
        found = [where(words) for words in (sheet.yes(slots), sheet.unknown(slots))]
        at = np.concatenate([rule for rule, _ in found])
        case = np.concatenate([case for _, case in found])
        yes = np.arange(len(at)) < len(found[0][0])
        return places[case], rules[at], yes

    def _settle(self, sheet: Sheet, batch: Batch, roots: _Roots) -> None:
        """Judge what was left open, for the cases where a rule hangs on it."""
        slots = slots_of([slot for slot in roots.late if sheet.live[slot]])
        wanted: dict[int, int] = {}
        masks = np.zeros((len(self._others), sheet.words), np.uint64)
        for slot, unknown in zip(slots.tolist(), sheet.unknown(slots), strict=True):
            for leaf in self._waits[slot]:
                masks[wanted.setdefault(leaf, len(wanted))] |= unknown
        for leaf, row in wanted.items():
            self._others.settle(sheet, batch, leaf, masks[row])

    def _take(self, condition: Condition) -> int:
        """Return the slot of a condition, which counts as used once more; what is new comes in."""
        if isinstance(condition, All | AnyOf | NoneOf):
            return self._take_group(condition)
        kind = self._known.get(type(condition), self._others)
        slot, new = self._interned.take(kind.key(condition))
        if new:
            kind.add(slot, condition)
            self._kind[slot] = kind
            if slot in self._others:
                self._waits[slot] = frozenset({slot})
        return slot

    def _take_group(self, group: All | AnyOf | NoneOf) -> int:
        join = _JOINS[type(group)]
        children = self._once([self._take(child) for child in _flat(group)])
        if len(children) == 1 and join is not Join.NONE:
            return children[0]
        slot, new = self._interned.take((join, children))
        if not new:
            self._drop_all(children)
            return slot
        waits = frozenset[int]().union(*(self._waits.get(child, ()) for child in children))
        if waits:
            self._waits[slot] = waits
        self._groups.add(slot, join, children, late=bool(waits))
        return slot

    def _once(self, slots: Sequence[int]) -> Children:
        """Return each slot once, in one order for all groups; the uses of the others are given back."""
        children: list[int] = []
        for slot in sorted(slots):
            if children and children[-1] == slot:
                self._drop(slot)
            else:
                children.append(slot)
        return tuple(children)

    def _drop_all(self, slots: Iterable[int]) -> None:
        for slot in slots:
            self._drop(slot)

    def _drop(self, slot: int) -> None:
        """Count one use less; what nobody uses any more goes, with what is below it."""
        if not self._interned.drop(slot):
            return
        self._waits.pop(slot, None)
        if slot in self._groups:
            self._drop_all(self._groups.remove(slot))
        else:
            self._kind.pop(slot).remove(slot)


def index_of(conditions: Mapping[str, Condition]) -> ConditionIndex:
    """Return an index of conditions by name."""
    index = ConditionIndex()
    for name, condition in conditions.items():
        index.put(name, condition)
    return index


_JOINS: dict[type[Condition], Join] = {All: Join.ALL, AnyOf: Join.ANY, NoneOf: Join.NONE}
_INSIDE: dict[Join, type[Condition]] = {Join.ALL: All, Join.ANY: AnyOf, Join.NONE: AnyOf}


def _flat(group: All | AnyOf | NoneOf) -> Iterable[Condition]:
    """Yield the children of a group, and in place of a child that is joined alike that child's own."""
    inside = _INSIDE[_JOINS[type(group)]]
    for child in group.children:
        if isinstance(child, All | AnyOf) and type(child) is inside:
            yield from _flat(child)
        else:
            yield child
