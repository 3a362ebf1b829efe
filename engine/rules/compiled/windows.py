"""Windows: runs of neighbouring sentences of all cases of a batch, as rows of their own."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from engine.reading import ReadingStatus
from engine.rules.case import Case
from engine.rules.compiled.labels import Labels
from engine.rules.compiled.rows import Confidences, Rows, Standings, ten_thousandths
from engine.rules.compiled.sentiments import Sentiments
from engine.rules.compiled.sheet import Flags, Sheet, Words, pack, slots_of, unpack, where
from engine.rules.compiled.tree import Kind, Roots, Tree
from engine.rules.conditions import All, Condition
from engine.rules.label_condition import LabelCondition
from engine.rules.sentence_condition import judge_within
from engine.rules.sentiment_condition import SentimentCondition
from engine.rules.text_scope import Range, Stretch, TextScope, ranges_of
from engine.rules.together_condition import TogetherCondition, windows_in
from engine.rules.truth import Truth
from engine.taxonomy import Taxonomy

_Number = TypeVar("_Number", np.uint8, np.float32)
Size = tuple[int, TextScope | None]


class Together:
    """The conditions of an index on sentences that stand together, by how many sentences and whose."""

    def __init__(self) -> None:
        self._sizes: dict[Size, _Size] = {}
        self._size: dict[int, Size] = {}

    def key(self, condition: TogetherCondition) -> Hashable:
        """Return what conditions with the same truth everywhere have in common."""
        return TogetherCondition, condition

    def add(self, slot: int, condition: TogetherCondition) -> None:
        """Take a condition in."""
        size = self._size[slot] = (condition.sentences, condition.scope)
        self._sizes.setdefault(size, _Size(*size)).add(slot, condition)

    def remove(self, slot: int) -> None:
        """Forget a condition."""
        size = self._size.pop(slot)
        if self._sizes[size].remove(slot):
            del self._sizes[size]

    def fill(self, sheet: Sheet, rows: Rows) -> None:
        """Write the truth of every condition for a batch."""
        for size in self._sizes.values():
            size.fill(sheet, rows)


class _Size:
    """The conditions on windows of one size."""

    def __init__(self, sentences: int, scope: TextScope | None) -> None:
        kinds: dict[type[Condition], Kind] = {LabelCondition: Labels(), SentimentCondition: Sentiments()}
        self._sentences, self._scope = sentences, scope
        self._tree = Tree(kinds, whole=False)
        self._members: dict[int, int] = {}
        self._roots: Roots | None = None

    def add(self, slot: int, condition: TogetherCondition) -> None:
        self._members[slot] = self._tree.take(All(condition.children))
        self._roots = None

    def remove(self, slot: int) -> bool:
        """Forget a condition; return whether none is left."""
        self._tree.drop(self._members.pop(slot))
        self._roots = None
        return not self._members

    def fill(self, sheet: Sheet, rows: Rows) -> None:
        windows = Windows(rows.cases, self._sentences, self._scope)
        yes = np.zeros((len(self._members), sheet.rows), np.bool_)
        possible = yes.copy()
        if windows.count:
            roots = self._roots = self._roots or self._tree.roots(list(self._members.values()))
            inside = self._tree.work_out(windows, roots)
            live = np.flatnonzero(np.take(inside.live, roots.slots))
            for found, words in ((yes, inside.yes), (possible, inside.unknown)):
                at, window = where(words(roots.slots[live]))
                found[live[at], windows.case_of[window]] = True
        sheet.write(slots_of(list(self._members)), pack(yes), pack(yes | possible))


class Windows:
    """Windows of some cases, whose readings have the same label trees.

    Parameters
    ----------
    sentences
        How many sentences a window has.
    scope
        Whose.
    """

    def __init__(self, cases: Sequence[Case], sentences: int, scope: TextScope | None) -> None:
        self.cases = cases
        case_of: list[int] = []
        rows: list[Sequence[int]] = []
        self._unread: dict[int, Stretch] = {}
        self._first = np.cumsum([0, *(case.reading.n_sentences for case in cases)])
        for number, case in enumerate(cases):
            if case.reading.status is ReadingStatus.READ:
                found: list[Sequence[int]] = list(windows_in(case, sentences, scope))
            else:
                found = []
                for stretch in TogetherCondition(sentences, (), scope).windows(case):
                    self._unread[len(rows) + len(found)] = stretch
                    found.append(())
            rows += found
            case_of += [number] * len(found)
        self._rows = rows
        self.case_of: npt.NDArray[np.intp] = np.array(case_of, np.intp)

    @property
    def count(self) -> int:
        """How many windows there are."""
        return len(self._rows)

    @property
    def taxonomy(self) -> Taxonomy:
        """The label trees of every reading."""
        return self.cases[0].reading.taxonomy

    @cached_property
    def read(self) -> Flags:
        """(n_windows,) whether the reading is `read`."""
        return np.array([len(rows) > 0 for rows in self._rows], np.bool_)

    @cached_property
    def _table(self) -> npt.NDArray[np.intp]:
        """(n_windows, most sentences) the places of the sentences among those of all cases; the last one repeats.

        A window without sentences has a place of its own, where no label stands.
        """
        most = max((len(rows) for rows in self._rows), default=1) or 1
        nothing = int(self._first[-1])
        table = [
            [*(first + row for row in rows), *[first + rows[-1]] * (most - len(rows))] if rows else [nothing] * most
            for rows, first in zip(self._rows, self._first[self.case_of].tolist(), strict=True)
        ]
        return np.array(table, np.intp)

    @cached_property
    def standing(self) -> Standings:
        """(n_labels, n_windows) the highest standing of each label."""
        nothing = np.zeros((1, len(self.taxonomy.columns)), np.uint8)
        sentences = [case.reading.standing[:-1] for case in self.cases]
        return _highest(np.ascontiguousarray(np.concatenate([*sentences, nothing]).T), self._table)

    @cached_property
    def confidence(self) -> Confidences:
        """(n_labels, n_windows) the highest confidence of each label, in ten-thousandths."""
        nothing = np.zeros((1, len(self.taxonomy.columns)), np.float32)
        sentences = [case.reading.confidence[:-1] for case in self.cases]
        return _highest(np.ascontiguousarray(ten_thousandths(np.concatenate([*sentences, nothing])).T), self._table)

    def of_cases(self, words: Words) -> Words:
        """Return bits over the cases as bits over their windows."""
        return pack(np.ascontiguousarray(np.take(unpack(words), self.case_of, axis=1)))

    def judge(self, condition: Condition, row: int) -> Truth:
        """Judge one window as the reference does."""
        case = self.cases[self.case_of[row]]
        return judge_within(condition, case, self._unread.get(row) or _stretch(case, self._rows[row]))


def _highest(values: npt.NDArray[_Number], table: npt.NDArray[np.intp]) -> npt.NDArray[_Number]:
    found = np.take(values, table[:, 0], axis=1)
    for column in table.T[1:]:
        np.maximum(found, np.take(values, column, axis=1), out=found)
    return found


def _stretch(case: Case, rows: Sequence[int]) -> Stretch:
    spans: list[Range] = case.reading.spans.tolist()
    return Stretch(tuple(rows), ranges_of([spans[row] for row in rows]))
