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

Places = dict[Phrase, list[tuple[int, int]]]


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

    def find(self, spaced: str) -> Places:
        """Return the phrases that occur, each with the positions of its first and last word, in order.

        Parameters
        ----------
        spaced
            Words as `engine.rules.words.spaced` returns them.
        """
        found: Places = {}
        if self._empty or not spaced:
            return found
        text = f" {spaced} "
        spaces: list[int] = []
        words: list[str] = []
        looked: set[tuple[Phrase, int]] = set()
        for end, anchors in self._automaton.iter(text):
            if not spaces:
                spaces, words = [match.start() for match in _SPACE.finditer(text)], spaced.split(" ")
            for anchor in anchors:
                at = end + 1 - anchor.length + anchor.lead
                first = bisect_right(spaces, at) - 1 - anchor.word
                if anchor.literal:
                    found.setdefault(anchor.phrase, []).append((first, first + len(anchor.phrase.words) - 1))
                elif (anchor.phrase, first) not in looked:
                    looked.add((anchor.phrase, first))
                    if anchor.phrase.fits(words, first):
                        found.setdefault(anchor.phrase, []).append((first, first + len(anchor.phrase.words) - 1))
        return found


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
