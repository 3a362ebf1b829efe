"""Conditions on emotions, intents and topics."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.reading import Reading, ReadingStatus, Standing
from engine.rules.case import Case
from engine.rules.phrasing import bounds, listed
from engine.rules.trace import Evidence, Trace
from engine.rules.truth import Truth, truth_of
from engine.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class LabelCondition:
    """One of some labels, on the record.

    Without bounds a node holds by the model's tuned thresholds, and is unknown where the model is
    unsure. With bounds the record's confidence is compared and nothing is unknown. Where nothing
    was read every label condition is unknown.

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
    """

    task: str
    names: tuple[str, ...]
    columns: tuple[int, ...]
    at_least: float | None = None
    at_most: float | None = None
    taxonomy: Taxonomy | None = field(default=None, compare=False, repr=False)

    def judge(self, case: Case) -> Truth:
        """Return whether one of the labels holds."""
        reading = case.reading
        columns = self._columns(reading)
        if reading.status is not ReadingStatus.READ or not columns:
            return Truth.UNKNOWN
        if self.at_least is None and self.at_most is None:
            return Truth(int(reading.standing[-1, columns].max()))
        confidence = _shown(reading.record_confidence[columns].max())
        low = self.at_least is None or confidence >= self.at_least
        return truth_of(low and (self.at_most is None or confidence <= self.at_most))

    def explain(self, case: Case) -> Trace:
        """Explain with the strongest label among the named ones and the sentence it stands in."""
        reading, truth = case.reading, self.judge(case)
        if reading.status is not ReadingStatus.READ:
            return Trace(self.said, truth, f"nothing: the reading is {reading.status}", self.wanted)
        column = self.strongest(reading)
        if column is None:
            return Trace(self.said, truth, "nothing: the model of this reading has no such label", self.wanted)
        leaf = reading.taxonomy.columns[column][1]
        confidence = _shown(reading.record_confidence[column])
        standing = Standing(int(reading.standing[-1, column])).name.lower()
        return Trace(self.said, truth, f"{leaf} {confidence:g} ({standing})", self.wanted, evidence(reading, column))

    def _columns(self, reading: Reading) -> list[int]:
        """Return the columns of the named labels in a reading; none when its taxonomy has none of them."""
        theirs = reading.taxonomy
        if self.taxonomy is None or theirs is self.taxonomy or theirs.version == self.taxonomy.version:
            return list(self.columns)
        known = set(theirs.nodes(self.task)).intersection(self.names)
        return sorted({column for name in known for column in theirs.columns_under(self.task, name)})

    def strongest(self, reading: Reading) -> int | None:
        """Return the column of the strongest label among the named ones; None if the reading has none of them."""
        columns = self._columns(reading)
        if not columns:
            return None
        row = reading.standing[-1, columns] * (self.at_least is None and self.at_most is None)
        order = np.lexsort((reading.record_confidence[columns], row))
        return columns[int(order[-1])]

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        return listed(self.names) + bounds(self.at_least, self.at_most)

    @property
    def said(self) -> str:
        """The condition as people say it."""
        return f"{self.task} {self.wanted}"


def _shown(confidence: np.float32) -> float:
    """Return a confidence as it is shown: four decimals, so that 0.8 in a rule is 0.8 in a reading."""
    return round(float(confidence), 4)


def evidence(reading: Reading, column: int) -> Evidence | None:
    """Return the sentence where a label is strongest, or None if the reading has no sentences."""
    if reading.n_sentences == 0:
        return None
    row = int(reading.confidence[:-1, column].argmax())
    part, start, end = (int(value) for value in reading.spans[row])
    return Evidence(row, part, start, end)
