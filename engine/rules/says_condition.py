"""Conditions on words: what somebody said, in any language, read or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.names import show
from engine.reading import Reading
from engine.rules.case import Case
from engine.rules.phrase import Phrase
from engine.rules.phrasing import listed, quoted
from engine.rules.text_scope import CUSTOMER, Stretch, TextScope
from engine.rules.trace import Evidence, Trace
from engine.rules.truth import Truth, truth_of
from engine.rules.words import Words, words_of

Term = tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """Where a phrase was said: the part, and the positions of its first and last word there."""

    part: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class SaysCondition:
    """Every one of some terms was said, each by any of its phrases. Never unknown.

    Parameters
    ----------
    terms
        All of these; of each, any phrase.
    near
        How many words apart any two of the terms may be, in one part: 1 are neighbours. None lets them stand anywhere.
    scope
        Where to look; None looks at all that the customer said.
    """

    terms: tuple[Term, ...]
    near: int | None = None
    scope: TextScope | None = None

    def judge(self, case: Case) -> Truth:
        """Return whether it was said."""
        return self.judge_within(case, self._stretch(case))

    def judge_within(self, case: Case, stretch: Stretch) -> Truth:
        """Return whether it was said in a stretch."""
        return truth_of(self._holds(self._found(case, stretch)))

    def explain(self, case: Case) -> Trace:
        """Explain with the words as they were said."""
        return self.explain_within(case, self._stretch(case))

    def explain_within(self, case: Case, stretch: Stretch) -> Trace:
        """Explain with the words that were said in a stretch."""
        found = self._found(case, stretch)
        truth = truth_of(self._holds(found))
        said = [one for one in found if one is not None]
        told = ", ".join(dict.fromkeys(quoted(show(_words(case, one))) for one in said)) or "nothing"
        if said and not truth:
            told = f"only {told}" if len(said) < len(found) else f"{told}, further apart"
        return Trace(self.said, truth, told, self.wanted, _evidence(case, said) if truth else None)

    def _stretch(self, case: Case) -> Stretch:
        return (self.scope or CUSTOMER).stretch(case)

    def _holds(self, found: Sequence[Said | None]) -> bool:
        said = [one for one in found if one is not None]
        if len(said) < len(found):
            return False
        if self.near is None:
            return True
        apart = max(one.first for one in said) - min(one.last for one in said)
        return len({one.part for one in said}) == 1 and apart <= self.near

    def _found(self, case: Case, stretch: Stretch) -> list[Said | None]:
        """Return where each term was said first or, if they have to be near, where all were said near each other."""
        first: list[Said | None] = [None] * len(self.terms)
        for part, start, end in stretch.ranges:
            words = words_of(case.feedback.parts[part].text)
            said = [_occurrences(term, part, words, *words.within(start, end)) for term in self.terms]
            if self.near is not None and (together := _near(said, self.near)):
                return list(together)
            first = [before or next(iter(some), None) for before, some in zip(first, said, strict=True)]
        return first

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        terms = [listed([quoted(phrase.text) for phrase in term]) for term in self.terms]
        if len(terms) > 1:
            terms = [f"({said})" if len(term) > 1 else said for term, said in zip(self.terms, terms, strict=True)]
        near = "" if self.near is None else f" within {self.near} word{'s' * (self.near > 1)} of each other"
        return " and ".join(terms) + near

    @property
    def said(self) -> str:
        """The condition as people say it."""
        return f"says {self.wanted}{'' if self.scope is None else self.scope.said}"


def _occurrences(term: Term, part: int, words: Words, low: int, high: int) -> list[Said]:
    places = (place for phrase in term for place in phrase.find(words))
    return [Said(part, first, last) for first, last in sorted(places) if first >= low and last < high]


def _near(terms: Sequence[Sequence[Said]], near: int) -> tuple[Said, ...]:
    """Return one occurrence a term, of which any two are at most so many words apart; nothing if there are none.

    The least of their ends is tried at every place where it can be; of what ends there or later every term has its
    earliest beginning. Each term is gone through once.
    """
    if not all(terms):
        return ()
    earliest = [list(_earliest(term)) for term in terms]
    at = [0] * len(terms)
    for end in sorted({one.last for term in terms for one in term}):
        chosen = []
        for number, candidates in enumerate(earliest):
            while at[number] < len(candidates) and candidates[at[number]][0] < end:
                at[number] += 1
            if at[number] == len(candidates):
                return ()
            chosen.append(candidates[at[number]][1])
        if max(one.first for one in chosen) - end <= near:
            return tuple(chosen)
    return ()


def _earliest(term: Sequence[Said]) -> Iterator[tuple[int, Said]]:
    """Yield the end of each occurrence, rising, and the one that begins first among it and all later ones."""
    by_end = sorted(term, key=lambda one: one.last)
    best, found = by_end[-1], []
    for one in reversed(by_end):
        best = one if one.first <= best.first else best
        found.append((one.last, best))
    return reversed(found)


def _words(case: Case, said: Said) -> str:
    text = case.feedback.parts[said.part].text
    words = words_of(text)
    return text[words.starts[said.first] : words.ends[said.last]]


def _evidence(case: Case, said: Sequence[Said]) -> Evidence:
    """Return the words themselves: of the first term, and of the others as far as they stand in its sentence."""
    part = said[0].part
    words = words_of(case.feedback.parts[part].text)
    row = _row(case.reading, part, words.starts[said[0].first])
    alike = [one for one in said if one.part == part and _row(case.reading, part, words.starts[one.first]) == row]
    start, end = min(words.starts[one.first] for one in alike), max(words.ends[one.last] for one in alike)
    return Evidence(row, part, start, end)


def _row(reading: Reading, part: int, start: int) -> int | None:
    """Return the row of the sentence in which a place stands, or None."""
    for row, (of, begin, end) in enumerate(reading.spans.tolist()):
        if of == part and begin <= start < end:
            return row
    return None
