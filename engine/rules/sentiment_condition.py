"""Conditions on sentiment: positive, negative, mixed or neutral."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.reading import Reading, ReadingStatus
from engine.rules.case import Case
from engine.rules.label_condition import highest, sentence_at, stands, strongest_sentence
from engine.rules.phrasing import listed
from engine.rules.row_condition import RowCondition
from engine.rules.text_scope import TextScope
from engine.rules.trace import Trace
from engine.rules.truth import Truth
from engine.taxonomy import Taxonomy

# The groups of emotions behind the two sides; surprise, and what stands outside of these, is on neither.
POSITIVE = ("joy",)
NEGATIVE = ("anger", "disgust", "fear", "sadness")
SENTIMENTS = ("positive", "negative", "mixed", "neutral")
# What a feedback is when it has, or has not, something positive and something negative.
_BY_SIDES = {(True, False): "positive", (False, True): "negative", (True, True): "mixed", (False, False): "neutral"}
_SIDES = {Truth.YES: (True,), Truth.NO: (False,), Truth.UNKNOWN: (True, False)}


def side_columns(taxonomy: Taxonomy, groups: tuple[str, ...]) -> list[int]:
    """Return the columns of the emotions in some groups; none when the trees have no such group."""
    known = set(taxonomy.nodes("emotion")).intersection(groups)
    return sorted({column for group in known for column in taxonomy.columns_under("emotion", group)})


@dataclass(frozen=True, slots=True)
class SentimentCondition(RowCondition):
    """The sentiment is one of some.

    It rolls up what holds among the emotions: positive when only joy does, negative when only anger, disgust, fear or
    sadness do, mixed when both sides do, neutral when neither does. Where the model is unsure of a side the answer
    is still yes or no if it does not depend on that side. Where nothing was read it is unknown.

    Parameters
    ----------
    names
        Any of these.
    scope
        Which sentences are judged; None judges the record.
    """

    names: tuple[str, ...]
    scope: TextScope | None = None

    def _judge(self, case: Case, rows: tuple[int, ...]) -> Truth:
        possible = sentiments(case.reading, rows)
        return Truth.UNKNOWN if possible is None else self._of(possible)

    def of_sides(self, positive: Truth, negative: Truth) -> Truth:
        """Return whether the sentiment is one of the wanted, by whether each side holds."""
        return self._of(_by_sides(positive, negative))

    def _of(self, possible: frozenset[str]) -> Truth:
        wanted = possible.intersection(self.names)
        if not wanted:
            return Truth.NO
        return Truth.YES if wanted == possible else Truth.UNKNOWN

    def _explain(self, case: Case, rows: tuple[int, ...]) -> Trace:
        truth, possible = self._judge(case, rows), sentiments(case.reading, rows)
        if possible is None:
            said = "the model of this reading has no such emotions"
            if case.reading.status is not ReadingStatus.READ:
                said = f"the reading is {case.reading.status}"
            return Trace(self.said, truth, f"nothing: {said}", self.wanted)
        if not rows:
            return Trace(self.said, truth, "nothing: there is no such sentence", self.wanted)
        columns = [
            one for groups in (NEGATIVE, POSITIVE) if (one := _strongest(case.reading, rows, groups)) is not None
        ]
        told = [_told(case.reading, rows, column) for column in columns]
        found = listed([one for one in SENTIMENTS if one in possible]) + (f": {', '.join(told)}" if told else "")
        sentence = strongest_sentence(case, columns[0], rows) if columns else None
        shows = None if sentence is None else sentence_at(case.reading, sentence)
        return Trace(self.said, truth, found, self.wanted, shows)

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        return listed(self.names)

    @property
    def said(self) -> str:
        """The condition as people say it."""
        return f"sentiment {self.wanted}{'' if self.scope is None else self.scope.said}"


def sentiments(reading: Reading, rows: tuple[int, ...]) -> frozenset[str] | None:
    """Return what the sentiment of some rows can be: more than one where the model is unsure of a side.

    Returns
    -------
    frozenset[str] | None
        Nothing when there are no rows; None when it cannot be told, because nothing was read or the model's
        trees have none of the emotions.
    """
    sides = [side_columns(reading.taxonomy, groups) for groups in (POSITIVE, NEGATIVE)]
    if reading.status is not ReadingStatus.READ or not any(sides):
        return None
    if not rows:
        return frozenset()
    positive, negative = (Truth(int(reading.standing[np.ix_(rows, side)].max(initial=0))) for side in sides)
    return _by_sides(positive, negative)


def _by_sides(positive: Truth, negative: Truth) -> frozenset[str]:
    return frozenset(_BY_SIDES[p, n] for p in _SIDES[positive] for n in _SIDES[negative])


def _strongest(reading: Reading, rows: tuple[int, ...], groups: tuple[str, ...]) -> int | None:
    """Return the column of a side's strongest emotion that holds or may hold."""
    columns = side_columns(reading.taxonomy, groups)
    if not columns:
        return None
    standing = reading.standing[np.ix_(rows, columns)].max(axis=0)
    confidence = reading.confidence[np.ix_(rows, columns)].max(axis=0)
    best = int(np.lexsort((confidence, standing))[-1])
    return columns[best] if standing[best] else None


def _told(reading: Reading, rows: tuple[int, ...], column: int) -> str:
    row = highest(reading, column, rows)
    return f"{reading.taxonomy.columns[column][1]} {stands(reading, row, column)}"
