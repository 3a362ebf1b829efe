"""Conditions on the question that a part answers."""

from __future__ import annotations

from dataclasses import dataclass

from engine.rules.case import Case
from engine.rules.phrasing import listed, quoted
from engine.rules.trace import Trace
from engine.rules.truth import Truth, truth_of
from engine.rules.wildcards import wildcard_pattern
from engine.rules.words import fold


@dataclass(frozen=True, slots=True)
class Questions:
    """Some questions; each is compared as a whole, without regard to case and spacing, with `*` and `?` as wildcards.

    Parameters
    ----------
    texts
        As the rule has them.
    """

    texts: tuple[str, ...]

    def match(self, question: str | None) -> bool:
        """Return whether a part's question is one of them; a part without a question answers none."""
        if question is None:
            return False
        asked = _plain(question)
        return any(wildcard_pattern(_plain(text)).match(asked) for text in self.texts)

    @property
    def said(self) -> str:
        """The questions, for people."""
        return listed([quoted(text) for text in self.texts])


def _plain(question: str) -> str:
    return " ".join(fold(question).replace("\u2019", "'").split())


@dataclass(frozen=True, slots=True)
class QuestionCondition:
    """The customer answered one of some questions. Never unknown."""

    questions: Questions

    def judge(self, case: Case) -> Truth:
        """Return whether a part of the customer's answers one of the questions."""
        return truth_of(self._answered(case) is not None)

    def explain(self, case: Case) -> Trace:
        """Explain with the question found."""
        return Trace(self.said, self.judge(case), self._answered(case), self.questions.said)

    def _answered(self, case: Case) -> str | None:
        asked = (part.question for part in case.feedback.parts if part.speaker == "customer")
        return next((question for question in asked if self.questions.match(question)), None)

    @property
    def said(self) -> str:
        """The condition as people say it."""
        return f"question {self.questions.said}"
