"""The index: many conditions judged over many cases at once, with the same truth as the reference.

Every distinct test of all rules is worked out once for a batch, as one bit a case; groups are operations on
these bits. So the cost grows with distinct tests and with rules that may hold, not with rules times cases.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from weakref import finalize

import numpy as np

from engine.rules.case import Case
from engine.rules.compiled.batch import Batch, batches
from engine.rules.compiled.fields import Fields
from engine.rules.compiled.labels import Labels
from engine.rules.compiled.matches import Found, Matches, matches_of
from engine.rules.compiled.sentiments import Sentiments
from engine.rules.compiled.sheet import where
from engine.rules.compiled.tree import Kind, Roots, Tree
from engine.rules.compiled.windows import Together
from engine.rules.conditions import Condition
from engine.rules.field_condition import FieldCondition
from engine.rules.label_condition import LabelCondition
from engine.rules.sentiment_condition import SentimentCondition
from engine.rules.together_condition import TogetherCondition


@dataclass(frozen=True, slots=True)
class _Named:
    """The names in their order, and where their conditions stand in the tree."""

    names: tuple[str, ...]
    roots: Roots


class _Shared:
    """What indexes that follow each other have in common: the tree, and what is no longer used of it."""

    def __init__(self) -> None:
        kinds: dict[type[Condition], Kind] = {
            LabelCondition: Labels(),
            SentimentCondition: Sentiments(),
            FieldCondition: Fields(),
            TogetherCondition: Together(),
        }
        self.lock = Lock()
        self.tree = Tree(kinds, whole=True)
        # An index goes when Python says so, perhaps while another one is at work: what it used is dropped later.
        self.gone: deque[dict[str, _Used]] = deque()

    def sweep(self) -> None:
        """Drop what indexes used that are gone."""
        while self.gone:
            for used in self.gone.popleft().values():
                self.tree.drop(used.slot)


@dataclass(frozen=True, slots=True)
class _Used:
    """The condition of a name, and where it stands in the tree."""

    condition: Condition
    slot: int


class ConditionIndex:
    """Conditions by name, to be judged together.

    It agrees with `Condition.judge` on every case. A change of one name costs the same whatever the number of
    the others. It may be used by several threads.
    """

    def __init__(self) -> None:
        self._begin(_Shared())

    def _begin(self, shared: _Shared) -> None:
        self._shared = shared
        self._used: dict[str, _Used] = {}
        self._named: _Named | None = None
        finalize(self, shared.gone.append, self._used).atexit = False

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._used)

    def followed_by(self, conditions: Mapping[str, Condition]) -> ConditionIndex:
        """Return the index of other conditions by name; what is the same object in both is not prepared again.

        This one stays as it is, for those who still judge by it.
        """
        after = ConditionIndex.__new__(ConditionIndex)
        after._begin(self._shared)
        with self._shared.lock:
            tree = self._shared.tree
            for name, condition in conditions.items():
                used = self._used.get(name)
                if used is not None and used.condition is condition:
                    tree.keep(used.slot)
                    after._used[name] = used
                else:
                    after._used[name] = _Used(condition, tree.take(condition))
            self._shared.sweep()
        return after

    def match(self, cases: Sequence[Case]) -> Matches:
        """Judge every condition for every case."""
        with self._shared.lock:
            self._shared.sweep()
            if self._named is None:
                slots = [used.slot for used in self._used.values()]
                self._named = _Named(tuple(self._used), self._shared.tree.roots(slots))
            named = self._named
            found = [self._match(batch, named.roots) for batch in batches(cases)] if named.names else []
        return matches_of(named.names, found, len(cases))

    def _match(self, batch: Batch, roots: Roots) -> Found:
        sheet = self._shared.tree.work_out(batch, roots)
        rules = np.flatnonzero(np.take(sheet.live, roots.slots))
        slots = roots.slots[rules]
        found = [where(words) for words in (sheet.yes(slots), sheet.unknown(slots))]
        rule = np.concatenate([rule for rule, _ in found])
        case = np.concatenate([case for _, case in found])
        return np.array(batch.places, np.intp)[case], rules[rule], np.arange(len(rule)) < len(found[0][0])


def index_of(conditions: Mapping[str, Condition], before: ConditionIndex | None = None) -> ConditionIndex:
    """Return an index of conditions by name, quickly if it has much in common with one from before."""
    return (before or ConditionIndex()).followed_by(conditions)
