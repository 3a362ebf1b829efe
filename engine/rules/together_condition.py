"""Conditions on sentences that stand together: anger about billing, not anger here and billing there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.reading import ReadingStatus
from engine.rules.case import Case
from engine.rules.conditions import ALL, Condition
from engine.rules.sentence_condition import explain_within, judge_within
from engine.rules.text_scope import CUSTOMER, Range, Stretch, TextScope, ranges_of
from engine.rules.trace import Evidence, Trace
from engine.rules.truth import Truth, all_of, any_of

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class TogetherCondition:
    """All of some conditions on text hold within so many consecutive sentences of one speaker.

    Sentences are consecutive when no other of that speaker's, and inside the scope, stands between them. It holds
    when it holds in any such window, and is unknown when it is unknown in one and holds in none. Where nothing was
    read a part counts as a sentence, so that words are found.

    Parameters
    ----------
    sentences
        How many sentences a window has; all there are when there are fewer.
    children
        All of these, judged on each window; their own scopes do not count.
    scope
        Whose sentences; with anyone's, each speaker's by themselves. None takes the customer's.
    """

    sentences: int
    children: tuple[Condition, ...]
    scope: TextScope | None = None

    def judge(self, case: Case) -> Truth:
        """Return whether the conditions hold together in some window."""
        return any_of(self._judge(case, window) for window in self.windows(case))

    def explain(self, case: Case) -> Trace:
        """Explain with the window in which most holds."""
        window = self.best(case)
        if window is None:
            return Trace(self.said, Truth.NO, "nothing: there is no such sentence", ALL)
        truth = self._judge(case, window)
        children = tuple(explain_within(child, case, window) for child in self.children)
        return Trace(self.said, truth, evidence=_evidence(window) if truth else None, children=children)

    def best(self, case: Case) -> Stretch | None:
        """Return the window in which most holds, the first of equals; None when nothing was said."""
        return max(self.windows(case), key=lambda window: self._rank(case, window), default=None)

    def windows(self, case: Case) -> Iterator[Stretch]:
        """Yield every window, speaker by speaker."""
        stretch = (self.scope or CUSTOMER).stretch(case)
        if case.reading.status is not ReadingStatus.READ:
            for ranges in _by_speaker(case, stretch.ranges, [part for part, _, _ in stretch.ranges]):
                yield from (Stretch((), tuple(some)) for some in _windows(ranges, self.sentences))
            return
        spans: list[Range] = case.reading.spans.tolist()
        for some in windows_in(case, self.sentences, self.scope):
            yield Stretch(tuple(some), ranges_of([spans[row] for row in some]))

    def _judge(self, case: Case, window: Stretch) -> Truth:
        return all_of(judge_within(child, case, window) for child in self.children)

    def _rank(self, case: Case, window: Stretch) -> tuple[Truth, int]:
        truths = [judge_within(child, case, window) for child in self.children]
        return all_of(truths), sum(truths)

    @property
    def said(self) -> str:
        """The condition as people say it, without its children."""
        where = "in one sentence" if self.sentences == 1 else f"within {self.sentences} sentences"
        return f"{ALL}, {where}{'' if self.scope is None else self.scope.said}"


def windows_in(case: Case, sentences: int, scope: TextScope | None) -> Iterator[Sequence[int]]:
    """Yield the sentences of every window of a case that was read, as rows of its reading, speaker by speaker."""
    if scope is None and all(part.speaker == "customer" for part in case.feedback.parts):
        # Most feedback is the customer's alone: there every sentence counts.
        if case.reading.n_sentences:
            yield from _windows(range(case.reading.n_sentences), sentences)
        return
    rows = (scope or CUSTOMER).stretch(case).rows
    parts = case.reading.spans[list(rows), 0].tolist()
    for of_speaker in _by_speaker(case, rows, parts):
        yield from _windows(of_speaker, sentences)


def _by_speaker(case: Case, some: Sequence[_T], parts: Sequence[int]) -> Iterator[list[_T]]:
    """Yield what each speaker said, in its order; `parts` are where it was said."""
    found: dict[str, list[_T]] = {}
    for one, part in zip(some, parts, strict=True):
        found.setdefault(case.feedback.parts[part].speaker, []).append(one)
    yield from found.values()


def _windows(some: Sequence[_T], most: int) -> Iterator[Sequence[_T]]:
    for first in range(max(1, len(some) - most + 1)):
        yield some[first : first + most]


def _evidence(window: Stretch) -> Evidence:
    """Return the window's sentences, as far as they stand in one part."""
    return Evidence(window.rows[0] if window.rows else None, *window.ranges[0])
