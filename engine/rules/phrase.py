"""Phrases: words in a row, each with or without wildcards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from engine.names import show
from engine.rules.wildcards import WILDCARDS, wildcard_pattern
from engine.rules.words import Words, pattern_words

MOST_CHARACTERS = 200
MOST_WORDS = 40
MOST_WILDCARDS = 4
LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other.

    Parameters
    ----------
    words
        Folded; `*` is any letters, also none, and `?` is one letter.
    text
        As it was written.
    """

    words: tuple[str, ...]
    text: str = field(compare=False)

    @property
    def is_literal(self) -> bool:
        """Whether it has no wildcards."""
        return not any(has_wildcards(word) for word in self.words)

    def fits(self, words: Sequence[str], first: int) -> bool:
        """Return whether it stands at a position of some words."""
        if first < 0 or first + len(self.words) > len(words):
            return False
        return all(fits(pattern, words[first + step]) for step, pattern in enumerate(self.words))

    def find(self, said: Words) -> list[tuple[int, int]]:
        """Return the positions of its first and last word wherever it stands, in order."""
        length = len(self.words)
        firsts = (first for first in _positions(self.words[0], said) if self.fits(said.words, first))
        return [(first, first + length - 1) for first in firsts]


def _positions(pattern: str, said: Words) -> Iterator[int]:
    if not has_wildcards(pattern):
        return iter(said.places.get(pattern, ()))
    fitting = (places for word, places in said.places.items() if fits(pattern, word))
    return iter(sorted(place for places in fitting for place in places))


def has_wildcards(word: str) -> bool:
    """Return whether a word of a phrase has wildcards."""
    return any(one in word for one in WILDCARDS)


def fits(pattern: str, word: str) -> bool:
    """Return whether a word of a phrase fits a word that was said."""
    if has_wildcards(pattern):
        return wildcard_pattern(pattern).match(word) is not None
    return pattern == word


def parse_phrase(text: str) -> Phrase:
    """Return the phrase that a text means.

    Raises
    ------
    ValueError
        If it has no words, or too much of something.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"the phrase '{show(text)}' is longer than {MOST_CHARACTERS} characters; shorten it")
    words = pattern_words(text)
    if not words:
        raise ValueError(f"'{show(text)}' has no words; write at least one")
    if len(words) > MOST_WORDS:
        raise ValueError(f"the phrase '{show(text)}' has more than {MOST_WORDS} words; shorten it")
    for word in filter(has_wildcards, words):
        _check_wildcards(word)
    return Phrase(words, text)


def _check_wildcards(word: str) -> None:
    wildcards = sum(word.count(one) for one in WILDCARDS)
    if wildcards == len(word):
        raise ValueError(
            f"'{show(word)}' stands for any word; leave it out (in scripts without spaces a word is found inside "
            "longer text without it)"
        )
    if wildcards > MOST_WILDCARDS:
        raise ValueError(f"'{show(word)}' has more than {MOST_WILDCARDS} wildcards; write fewer")
    if len(word) - wildcards < LEAST_LETTERS:
        raise ValueError(f"'{show(word)}' fits too many words; write at least {LEAST_LETTERS} letters")
