"""Conditions on meaning: a sentence that says much the same as a phrase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.reading import ReadingStatus
from engine.rules.case import Case
from engine.rules.label_condition import sentence_at
from engine.rules.phrasing import quoted
from engine.rules.text_scope import CUSTOMER, Stretch, TextScope
from engine.rules.trace import Trace
from engine.rules.truth import Truth, truth_of

# The cosine from which a sentence is about a phrase when the rule does not say.
ALIKE_FROM = 0.5


@dataclass(frozen=True, slots=True)
class AboutCondition:
    """A sentence is about what a phrase says: the cosine of their embeddings is high enough.

    Unknown where nothing was read, or the phrase has no vector in the space of the reading's model. Where there is
    no sentence to compare the answer is no.

    Parameters
    ----------
    about
        The phrase.
    at_least
        Bound on the highest cosine, 0 to 1.
    scope
        Which sentences are compared; None compares all of the customer's.
    """

    about: str
    at_least: float = ALIKE_FROM
    scope: TextScope | None = None

    def judge(self, case: Case) -> Truth:
        """Return whether a sentence is about the phrase."""
        return self.judge_within(case, self._stretch(case))

    def judge_within(self, case: Case, stretch: Stretch) -> Truth:
        """Return whether one of some sentences is about the phrase."""
        if case.reading.status is not ReadingStatus.READ or not self._comparable(case):
            return Truth.UNKNOWN
        return truth_of(bool((self._cosines(case, stretch.rows) >= self.at_least).any()))

    def explain(self, case: Case) -> Trace:
        """Explain with the sentence that comes closest, and how close it comes."""
        return self.explain_within(case, self._stretch(case))

    def explain_within(self, case: Case, stretch: Stretch) -> Trace:
        """Explain with the closest of some sentences."""
        truth, reading = self.judge_within(case, stretch), case.reading
        if reading.status is not ReadingStatus.READ:
            return Trace(self.said, truth, f"nothing: the reading is {reading.status}", self.wanted)
        if not self._comparable(case):
            return Trace(self.said, truth, "nothing: there is no vector to compare with", self.wanted)
        if not stretch.rows:
            return Trace(self.said, truth, "nothing: there is no such sentence", self.wanted)
        found = self._cosines(case, stretch.rows)
        best = int(found.argmax())
        return Trace(self.said, truth, float(found[best]), self.wanted, sentence_at(reading, stretch.rows[best]))

    def _stretch(self, case: Case) -> Stretch:
        return (self.scope or CUSTOMER).stretch(case)

    def _comparable(self, case: Case) -> bool:
        vector = case.phrases.get(self.about)
        return vector is not None and vector.shape == case.reading.embedding.shape[1:]

    def _cosines(self, case: Case, rows: tuple[int, ...]) -> npt.NDArray[np.float64]:
        """Return how close some sentences come, (n_rows,), to the three decimals that half precision has."""
        embedding = case.reading.embedding[list(rows)].astype(np.float64)
        cosines: npt.NDArray[np.float64] = np.round(embedding @ case.phrases[self.about].astype(np.float64), 3)
        return cosines

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        return f"about {quoted(self.about)} at least {self.at_least:g}"

    @property
    def said(self) -> str:
        """The condition as people say it."""
        return f"says something {self.wanted}{'' if self.scope is None else self.scope.said}"
