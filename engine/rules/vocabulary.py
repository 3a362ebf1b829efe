"""A vocabulary: many phrases, found in one pass over a text.

References
----------
A. V. Aho and M. J. Corasick, Efficient String Matching: An Aid to Bibliographic Search (1975).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from ahocorasick import Automaton

from engine.rules.phrase import Phrase

_BETWEEN = re.compile(r"[*?]+")
_SPACE = re.compile(" ")


@dataclass(frozen=True, slots=True)
class _Anchor:
    """The longest run of a phrase without wildcards: what the automaton looks for.

    Parameters
    ----------
    length
        Its characters.
    lead
        Whether it begins with the space before a word.
    word
        Which word of the phrase it begins in.
    """

    phrase: Phrase
    length: int
    lead: bool
    word: int
    literal: bool


class Vocabulary:
    """Finds phrases in texts; the time does not grow with the number of phrases that are not there.

    Parameters
    ----------
    phrases
        Equal ones count once.
    """

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        anchors: dict[str, list[_Anchor]] = {}
        for phrase in dict.fromkeys(phrases):
            key, anchor = _anchor(phrase)
            anchors.setdefault(key, []).append(anchor)
        self._automaton = Automaton()
        for key, some in anchors.items():
            self._automaton.add_word(key, some)
        self._automaton.make_automaton()
        self._empty = not anchors

    def which(self, spaced: str) -> set[Phrase]:
        """Return the phrases that occur.

        Parameters
        ----------
        spaced
            Words as `engine.rules.words.spaced` returns them.
        """
        found: set[Phrase] = set()
        if self._empty or not spaced:
            return found
        text = _Text(spaced)
        for end, anchors in self._automaton.iter(text.text):
            for anchor in anchors:
                # Where the whole of a phrase was found its place does not matter.
                if anchor.literal or (anchor.phrase not in found and text.fits(anchor, end)):
                    found.add(anchor.phrase)
        return found


class _Text:
    """A text that is gone through; its words are taken apart when they are first needed."""

    def __init__(self, spaced: str) -> None:
        self.text = f" {spaced} "
        self._spaces: list[int] = []
        self._words: list[str] = []
        self._looked: set[tuple[Phrase, int]] = set()

    def fits(self, anchor: _Anchor, end: int) -> bool:
        """Return whether the phrase stands where its anchor ends; a place is looked at once."""
        if not self._spaces:
            self._spaces = [match.start() for match in _SPACE.finditer(self.text)]
            self._words = self.text[1:-1].split(" ")
        at = end + 1 - anchor.length + anchor.lead
        first = bisect_right(self._spaces, at) - 1 - anchor.word
        if (anchor.phrase, first) in self._looked:
            return False
        self._looked.add((anchor.phrase, first))
        return anchor.phrase.fits(self._words, first)


def _anchor(phrase: Phrase) -> tuple[str, _Anchor]:
    text = f" {' '.join(phrase.words)} "
    pieces, at = [], 0
    for match in _BETWEEN.finditer(text):
        pieces.append((at, text[at : match.start()]))
        at = match.end()
    pieces.append((at, text[at:]))
    start, key = max(pieces, key=lambda piece: len(piece[1].strip()))
    lead = key.startswith(" ")
    word = text.count(" ", 0, start + lead) - 1
    return key, _Anchor(phrase, len(key), lead, word, literal=len(pieces) == 1)
