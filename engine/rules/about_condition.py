"""Conditions on meaning: a sentence that says much the same as a phrase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.reading import ReadingStatus
from engine.rules.case import Case
from engine.rules.label_condition import sentence_at
from engine.rules.phrasing import listed, quoted
from engine.rules.text_scope import CUSTOMER, Stretch, TextScope
from engine.rules.trace import Trace
from engine.rules.truth import Truth, any_of, truth_of

# The cosine from which a sentence is about a phrase when the rule does not say.
ALIKE_FROM = 0.5


@dataclass(frozen=True, slots=True)
class AboutCondition:
    """A sentence is about one of some phrases: the cosine of their embeddings is high enough.

    Unknown where nothing was read, or a phrase has no vector in the space of the reading's model. Where there is no
    sentence to compare the answer is no.

    Parameters
    ----------
    phrases
        Any of these.
    at_least
        Bound on the highest cosine, 0 to 1.
    scope
        Which sentences are compared; None compares all of the customer's.
    """

    phrases: tuple[str, ...]
    at_least: float = ALIKE_FROM
    scope: TextScope | None = None

    def judge(self, case: Case) -> Truth:
        """Return whether a sentence is about one of the phrases."""
        return self.judge_within(case, self._stretch(case))

    def judge_within(self, case: Case, stretch: Stretch) -> Truth:
        """Return whether one of some sentences is about one of the phrases."""
        return any_of(self._one(case, phrase, stretch.rows) for phrase in self.phrases)

    def explain(self, case: Case) -> Trace:
        """Explain with the sentence that comes closest, and how close it comes."""
        return self.explain_within(case, self._stretch(case))

    def explain_within(self, case: Case, stretch: Stretch) -> Trace:
        """Explain with the closest of some sentences."""
        truth, reading = self.judge_within(case, stretch), case.reading
        if reading.status is not ReadingStatus.READ:
            return Trace(self.said, truth, f"nothing: the reading is {reading.status}", self.wanted)
        known = [phrase for phrase in self.phrases if _comparable(case, phrase)]
        if not known:
            return Trace(self.said, truth, "nothing: there is no vector to compare with", self.wanted)
        if not stretch.rows:
            return Trace(self.said, truth, "nothing: there is no such sentence", self.wanted)
        closeness = {phrase: cosines(case, phrase, stretch.rows) for phrase in known}
        phrase = max(known, key=lambda one: float(closeness[one].max()))
        best = int(closeness[phrase].argmax())
        which = f"{quoted(phrase)} " if len(self.phrases) > 1 else ""
        found = f"{which}{float(closeness[phrase][best]):g}"
        return Trace(self.said, truth, found, self.wanted, sentence_at(reading, stretch.rows[best]))

    def _stretch(self, case: Case) -> Stretch:
        return (self.scope or CUSTOMER).stretch(case)

    def _one(self, case: Case, phrase: str, rows: tuple[int, ...]) -> Truth:
        if case.reading.status is not ReadingStatus.READ or not _comparable(case, phrase):
            return Truth.UNKNOWN
        return truth_of(bool((cosines(case, phrase, rows) >= self.at_least).any()))

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        return f"about {listed([quoted(phrase) for phrase in self.phrases])} at least {self.at_least:g}"

    @property
    def said(self) -> str:
        """The condition as people say it."""
        return f"says something {self.wanted}{'' if self.scope is None else self.scope.said}"


def _comparable(case: Case, phrase: str) -> bool:
    vector = case.phrases.get(phrase)
    return vector is not None and vector.shape == case.reading.embedding.shape[1:]


def cosines(case: Case, phrase: str, rows: tuple[int, ...]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return how close some sentences come to a phrase, (n_rows,), to the three decimals that half precision has."""
    embedding = case.reading.embedding[list(rows)].astype(np.float64)
    return np.round(embedding @ case.phrases[phrase].astype(np.float64), 3)
