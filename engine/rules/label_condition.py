"""Conditions on emotions, intents and topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from engine.reading import Reading, ReadingStatus, Standing
from engine.rules.case import Case
from engine.rules.phrasing import bounds, listed
from engine.rules.row_condition import RECORD, RowCondition
from engine.rules.text_scope import CUSTOMER, Stretch, TextScope
from engine.rules.trace import Evidence, Trace
from engine.rules.truth import Truth, truth_of
from engine.taxonomy import Taxonomy

_Number = TypeVar("_Number", np.uint8, np.float32)


@dataclass(frozen=True, slots=True)
class LabelCondition(RowCondition):
    """One of some labels, on the record or, with a scope, on the sentences inside.

    Without bounds a node holds by the model's tuned thresholds, and is unknown where the model is
    unsure. With bounds the confidence is compared and nothing is unknown. Of several sentences the highest
    counts; where there is none the answer is no. Where nothing was read every label condition is unknown.

    Parameters
    ----------
    task
        emotion, intent or topic.
    names
        The nodes named by the rule.
    columns
        The reading's columns of the leaves at or below them.
    at_least, at_most
        Bounds on the highest confidence among these columns, 0 to 1.
    taxonomy
        Whose columns these are; in a reading of another one the names are looked up.
    scope
        Which sentences are judged; None judges the record.
    """

    task: str
    names: tuple[str, ...]
    columns: tuple[int, ...]
    at_least: float | None = None
    at_most: float | None = None
    taxonomy: Taxonomy | None = field(default=None, compare=False, repr=False)
    scope: TextScope | None = None

    def _judge(self, case: Case, rows: tuple[int, ...]) -> Truth:
        reading = case.reading
        columns = self.columns_in(reading.taxonomy)
        if reading.status is not ReadingStatus.READ or not columns:
            return Truth.UNKNOWN
        if not rows:
            return Truth.NO
        if self.at_least is None and self.at_most is None:
            return Truth(int(block(reading.standing, rows, columns).max()))
        confidence = shown(block(reading.confidence, rows, columns).max())
        low = self.at_least is None or confidence >= self.at_least
        return truth_of(low and (self.at_most is None or confidence <= self.at_most))

    def _explain(self, case: Case, rows: tuple[int, ...]) -> Trace:
        reading, truth = case.reading, self._judge(case, rows)
        if reading.status is not ReadingStatus.READ:
            return Trace(self.said, truth, f"nothing: the reading is {reading.status}", self.wanted, confidence=0.0)
        column = self._strongest(reading, rows)
        if column is None:
            return Trace(self.said, truth, "nothing: the model of this reading has no such label", self.wanted)
        if not rows:
            return Trace(self.said, truth, "nothing: there is no such sentence", self.wanted)
        row = highest(reading, column, rows)
        label, confidence = reading.taxonomy.columns[column][1], shown(reading.confidence[row, column])
        found = f"{label} {stands(reading, row, column)}"
        sentence = strongest_sentence(case, column, rows)
        shows = None if sentence is None else sentence_at(reading, sentence)
        if self.at_most is not None:
            return Trace(self.said, truth, found, self.wanted, shows, lacking=True)
        return Trace(self.said, truth, found, self.wanted, shows, label=label, confidence=confidence)

    def columns_in(self, theirs: Taxonomy) -> tuple[int, ...]:
        """Return the columns of the named labels in readings of a taxonomy; none when it has none of them."""
        if self.taxonomy is None or theirs is self.taxonomy or theirs.version == self.taxonomy.version:
            return self.columns
        known = set(theirs.nodes(self.task)).intersection(self.names)
        return tuple(sorted({column for name in known for column in theirs.columns_under(self.task, name)}))

    def strongest(self, case: Case, stretch: Stretch | None = None) -> tuple[int, int] | None:
        """Return the column of the strongest label among the named ones, and the row of the sentence it stands in.

        Parameters
        ----------
        stretch
            Where to look; None looks where the condition itself does.

        Returns
        -------
        tuple[int, int] | None
            None if the reading has none of the labels or no such sentence.
        """
        rows = self._rows(case) if stretch is None else stretch.rows
        column = self._strongest(case.reading, rows)
        sentence = None if column is None else strongest_sentence(case, column, rows)
        return None if column is None or sentence is None else (column, sentence)

    def _strongest(self, reading: Reading, rows: tuple[int, ...]) -> int | None:
        columns = self.columns_in(reading.taxonomy)
        if len(columns) < 2:
            return columns[0] if columns else None
        free = self.at_least is None and self.at_most is None
        standing = block(reading.standing, rows, columns).max(axis=0, initial=0) * free
        confidence = block(reading.confidence, rows, columns).max(axis=0, initial=0)
        return columns[int(np.lexsort((confidence, standing))[-1])]

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        return listed(self.names) + bounds(self.at_least, self.at_most)

    @property
    def said(self) -> str:
        """The condition as people say it."""
        return f"{self.task} {self.wanted}{'' if self.scope is None else self.scope.said}"


def block(array: npt.NDArray[_Number], rows: Sequence[int], columns: Sequence[int]) -> npt.NDArray[_Number]:
    """Return some rows and columns of an array, (n_rows, n_columns); several times as fast as ``np.ix_``."""
    return array.take(np.array(rows, np.intp), 0).take(columns, 1)


def shown(confidence: np.float32) -> float:
    """Return a confidence as it is shown: four decimals, so that 0.8 in a rule is 0.8 in a reading."""
    return round(float(confidence), 4)


def stands(reading: Reading, row: int, column: int) -> str:
    """Return a label's confidence and standing in a row, for people: ``0.9 (holds)``."""
    return f"{shown(reading.confidence[row, column]):g} ({Standing(int(reading.standing[row, column])).name.lower()})"


def highest(reading: Reading, column: int, rows: tuple[int, ...]) -> int:
    """Return the row, among some, where a label is strongest."""
    return rows[0] if len(rows) == 1 else rows[int(reading.confidence[list(rows), column].argmax())]


def strongest_sentence(case: Case, column: int, rows: tuple[int, ...] = RECORD) -> int | None:
    """Return the row of the sentence where a label is strongest, or None if there is none.

    Parameters
    ----------
    rows
        The sentences to look in; for the record they are the customer's.
    """
    if rows == RECORD:
        rows = CUSTOMER.stretch(case).rows
    return highest(case.reading, column, rows) if rows else None


def sentence_at(reading: Reading, row: int) -> Evidence:
    """Return a sentence as evidence."""
    part, start, end = (int(value) for value in reading.spans[row])
    return Evidence(row, part, start, end)
