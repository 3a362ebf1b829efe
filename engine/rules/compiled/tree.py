"""A tree of conditions: every distinct one once, with the kinds that work out its leaves and the groups above."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from engine.rules.compiled.groups import Children, Groups, Join
from engine.rules.compiled.interning import Interned
from engine.rules.compiled.others import Others
from engine.rules.compiled.phrases import Phrases, Spoken
from engine.rules.compiled.rows import Rows
from engine.rules.compiled.sheet import Sheet, Slots, slots_of
from engine.rules.conditions import All, AnyOf, Condition, NoneOf
from engine.rules.defined_condition import DefinedCondition
from engine.rules.label_condition import LabelCondition
from engine.rules.says_condition import SaysCondition
from engine.rules.sentiment_condition import SentimentCondition
from engine.rules.text_scope import CUSTOMER

_JOINS: dict[type[Condition], Join] = {All: Join.ALL, AnyOf: Join.ANY, NoneOf: Join.NONE}
_INSIDE: dict[Join, type[Condition]] = {Join.ALL: All, Join.ANY: AnyOf, Join.NONE: AnyOf}


class Kind(Protocol):
    """Leaves of one kind, and how they are worked out together."""

    # Each kind takes leaves of its own type only; the tree sees to that.
    def key(self, leaf: Any, /) -> Hashable:
        """Return what leaves with the same truth everywhere have in common."""
        ...

    def add(self, slot: int, leaf: Any, /) -> None:
        """Take a leaf in."""
        ...

    def remove(self, slot: int, /) -> None:
        """Forget a leaf."""
        ...

    def fill(self, sheet: Sheet, rows: Rows, /) -> None:
        """Write the truth of every leaf."""
        ...


@dataclass(frozen=True, slots=True)
class Roots:
    """The nodes that are asked for, and of these the ones that wait for what is judged last."""

    slots: Slots
    late: tuple[int, ...]


class Tree:
    """Conditions over rows, shared as far as they are equal.

    Parameters
    ----------
    kinds
        The kinds of leaves that have arrays of their own, by the type of condition.
    whole
        Whether a row is a whole record; else it is some of its sentences, on which a condition's own scope does not
        count, and a phrase that was said in the record may not have been said there.
    """

    def __init__(self, kinds: Mapping[type[Condition], Kind], *, whole: bool) -> None:
        self._known = kinds
        self._whole = whole
        self._phrases = Phrases()
        self._others = Others()
        self._kinds: tuple[Kind, ...] = (*kinds.values(), self._phrases, self._others)
        self._interned = Interned()
        self._groups = Groups()
        self._kind: dict[int, Kind] = {}
        self._waits: dict[int, frozenset[int]] = {}

    def take(self, condition: Condition) -> int:
        """Return the slot of a condition, which counts as used once more; what is new comes in."""
        if isinstance(condition, All | AnyOf | NoneOf):
            return self._join(_JOINS[type(condition)], [self.take(child) for child in _flat(condition)])
        if isinstance(condition, DefinedCondition):
            return self.take(condition.condition)
        if isinstance(condition, SaysCondition):
            return self._take_said(condition)
        scoped = isinstance(condition, LabelCondition | SentimentCondition) and condition.scope is not None
        known = None if scoped and self._whole else self._known.get(type(condition))
        return self._leaf(known or self._others, condition)

    def _take_said(self, says: SaysCondition) -> int:
        """Return the slot of words: the phrases that must have been said, and the condition itself if it asks more."""
        scope = says.scope or CUSTOMER
        speaker = scope.speaker if self._whole else "anyone"
        terms = [[self._leaf(self._phrases, Spoken(phrase, speaker)) for phrase in term] for term in says.terms]
        children = [self._join(Join.ANY, term) for term in terms]
        if not self._whole or says.near is not None or scope.questions is not None or scope.reach is not None:
            children.append(self._leaf(self._others, says))
        return self._join(Join.ALL, children)

    def _leaf(self, kind: Kind, leaf: object) -> int:
        slot, new = self._interned.take(kind.key(leaf))
        if new:
            kind.add(slot, leaf)
            self._kind[slot] = kind
            if kind is self._others:
                self._waits[slot] = frozenset({slot})
        return slot

    def _join(self, join: Join, slots: Sequence[int]) -> int:
        children = self._once(slots)
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
                self.drop(slot)
            else:
                children.append(slot)
        return tuple(children)

    def keep(self, slot: int) -> None:
        """Count a slot as used once more."""
        self._interned.keep(slot)

    def drop(self, slot: int) -> None:
        """Count one use less; what nobody uses any more goes, with what is below it."""
        if not self._interned.drop(slot):
            return
        self._waits.pop(slot, None)
        if slot in self._groups:
            self._drop_all(self._groups.remove(slot))
        else:
            self._kind.pop(slot).remove(slot)

    def _drop_all(self, slots: Iterable[int]) -> None:
        for slot in slots:
            self.drop(slot)

    def roots(self, slots: Sequence[int]) -> Roots:
        """Return some slots as what is asked for; they stay so until the tree changes."""
        late = tuple(dict.fromkeys(slot for slot in slots if slot in self._waits)) if self._waits else ()
        return Roots(slots_of(slots), late)

    def work_out(self, rows: Rows, roots: Roots) -> Sheet:
        """Return a sheet on which the truth of the roots stands for every row."""
        sheet = Sheet(len(self._interned), rows.count)
        for kind in self._kinds:
            kind.fill(sheet, rows)
        chosen = self._groups.work_out(sheet, roots.slots)
        if roots.late:
            self._settle(sheet, rows, roots)
            self._groups.work_out_late(sheet, chosen)
        return sheet

    def _settle(self, sheet: Sheet, rows: Rows, roots: Roots) -> None:
        """Judge what was left open, for the rows where a root hangs on it."""
        slots = slots_of([slot for slot in roots.late if sheet.live[slot]])
        wanted: dict[int, int] = {}
        masks = np.zeros((len(self._others), sheet.words), np.uint64)
        for slot, unknown in zip(slots.tolist(), sheet.unknown(slots), strict=True):
            for leaf in self._waits[slot]:
                masks[wanted.setdefault(leaf, len(wanted))] |= unknown
        for leaf, row in wanted.items():
            self._others.settle(sheet, rows, leaf, masks[row])


def _flat(group: All | AnyOf | NoneOf) -> Iterable[Condition]:
    """Yield the children of a group, and in place of a child that is joined alike that child's own."""
    inside = _INSIDE[_JOINS[type(group)]]
    for child in group.children:
        if isinstance(child, All | AnyOf) and type(child) is inside:
            yield from _flat(child)
        else:
            yield child
