"""The index: many conditions judged over many cases at once, with the same truth as the reference.

Every distinct test of all rules is worked out once for a batch, as one bit a case; groups are operations on
these bits. So the cost grows with distinct tests and with rules that may hold, not with rules times cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

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


class ConditionIndex:
    """Conditions by name, to be judged together.

    It agrees with `Condition.judge` on every case. A change of one name costs the same whatever the number of
    the others. It may be used by several threads.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        kinds: dict[type[Condition], Kind] = {
            LabelCondition: Labels(),
            SentimentCondition: Sentiments(),
            FieldCondition: Fields(),
            TogetherCondition: Together(),
        }
        self._tree = Tree(kinds, whole=True)
        self._slots: dict[str, int] = {}
        self._named: _Named | None = None

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._slots)

    def put(self, name: str, condition: Condition) -> None:
        """Set the condition of a name; one that is there keeps its place in the order, a new one comes last."""
        with self._lock:
            before = self._slots.get(name)
            self._slots[name] = self._tree.take(condition)
            if before is not None:
                self._tree.drop(before)
            self._named = None

    def remove(self, name: str) -> None:
        """Forget a name.

        Raises
        ------
        KeyError
            If it is not there.
        """
        with self._lock:
            self._tree.drop(self._slots.pop(name))
            self._named = None

    def match(self, cases: Sequence[Case]) -> Matches:
        """Judge every condition for every case."""
        with self._lock:
            if self._named is None:
                self._named = _Named(tuple(self._slots), self._tree.roots(list(self._slots.values())))
            named = self._named
            found = [self._match(batch, named.roots) for batch in batches(cases)] if named.names else []
        return matches_of(named.names, found, len(cases))

    def _match(self, batch: Batch, roots: Roots) -> Found:
        sheet = self._tree.work_out(batch, roots)
        rules = np.flatnonzero(np.take(sheet.live, roots.slots))
        slots = roots.slots[rules]
        found = [where(words) for words in (sheet.yes(slots), sheet.unknown(slots))]
        rule = np.concatenate([rule for rule, _ in found])
        case = np.concatenate([case for _, case in found])
        return np.array(batch.places, np.intp)[case], rules[rule], np.arange(len(rule)) < len(found[0][0])


def index_of(conditions: Mapping[str, Condition]) -> ConditionIndex:
    """Return an index of conditions by name."""
    index = ConditionIndex()
    for name, condition in conditions.items():
        index.put(name, condition)
    return index
