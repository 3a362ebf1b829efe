"""Words, in any script: how text is made comparable, and where its words are.

A word is letters, marks, digits and underscores; everything else stands between words, hyphens and every kind of
apostrophe too: *don't* is two words, however it is typed. In scripts without spaces (Han, Kana, Thai and their
neighbours) every character is a word, and so is every emoji, of whatever skin tone.

References
----------
Unicode Standard Annex #15 (NFKC) and section 3.13 of the Unicode Standard (case folding).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from engine.rules.wildcards import WILDCARDS

# First and last code points of scripts that are written without spaces between words.
UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # marks and numerals among Han
    (0x3040, 0x312F),  # Hiragana, Katakana, Bopomofo
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
# Emoji begin here; the symbols below (trade marks, degrees) stand between words.
EMOJI_FROM = 0x2300
SKIN_TONES = range(0x1F3FB, 0x1F400)
VARIATION_SELECTORS = frozenset((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
ZERO_WIDTH_SPACE = 0x200B
LETTER_APOSTROPHE = 0x02BC
HANGUL_JOINING = (range(0x1160, 0x1200), range(0xD7B0, 0xD800))

_ASCII_WORD = re.compile(r"[0-9a-z_]+")


def fold(text: str) -> str:
    """Return a text as it is compared: NFKC, without regard to case, and all four of the Turkish i alike."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded.replace("i\u0307", "i").replace("\u0131", "i")


class _Spacing(dict[int, str]):
    """What becomes of each folded character: itself, a space, itself between spaces, or nothing."""

    def __init__(self, kept: str = "") -> None:
        super().__init__({ord(one): one for one in kept})

    def __missing__(self, code: int) -> str:
        self[code] = found = _spaced(code)
        return found


def _spaced(code: int) -> str:
    one = chr(code)
    category = unicodedata.category(one)
    if code in VARIATION_SELECTORS or code in SKIN_TONES or (category == "Cf" and code != ZERO_WIDTH_SPACE):
        return ""
    if category == "So" and code >= EMOJI_FROM:
        return f" {one} "
    if code == LETTER_APOSTROPHE or not (category[0] in "LMN" or category == "Pc"):
        return " "
    return f" {one} " if any(first <= code <= last for first, last in UNSPACED) else one


_SPACING = _Spacing()
_PATTERN_SPACING = _Spacing(kept=WILDCARDS)


def spaced(text: str) -> str:
    """Return the words of a text, folded, with one space between any two."""
    return " ".join(fold(text).translate(_SPACING).split())


def pattern_words(text: str) -> tuple[str, ...]:
    """Return the words of a phrase, folded, in which wildcards count as letters."""
    return tuple(fold(text).translate(_PATTERN_SPACING).split())


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, folded, and where they stand in it as it was written.

    Parameters
    ----------
    words
        The same as `spaced` returns, one by one.
    starts, ends
        (n_words,) half-open code-point offsets into the text.
    places
        The positions of every word.
    """

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    places: Mapping[str, tuple[int, ...]]

    def within(self, start: int, end: int) -> tuple[int, int]:
        """Return the positions, half-open, of the words that stand between two offsets."""
        return bisect_left(self.starts, start), bisect_right(self.ends, end)


@lru_cache(maxsize=64)
def words_of(text: str) -> Words:
    """Return the words of a text with their places."""
    found = list(_ascii_words(text) if text.isascii() else _any_words(text))
    places: dict[str, list[int]] = {}
    for position, (word, _, _) in enumerate(found):
        places.setdefault(word, []).append(position)
    words, starts, ends = zip(*found, strict=True) if found else ((), (), ())
    return Words(words, starts, ends, {word: tuple(positions) for word, positions in places.items()})


def _ascii_words(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _ASCII_WORD.finditer(text.lower()):
        yield match[0], match.start(), match.end()


def _any_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield words and offsets, piece by piece: a piece is what folds alike alone and in the whole text."""
    word, first, last = "", 0, 0
    for start, end in _pieces(text):
        for one in _folded_piece(text[start:end]):
            if one != " ":
                first = first if word else start
                word, last = word + one, end
            elif word:
                yield word, first, last
                word = ""
    if word:
        yield word, first, last


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offsets of each character together with those that join it."""
    start = 0
    for place in range(1, len(text)):
        if not _joins(text[place]):
            yield start, place
            start = place
    if text:
        yield start, len(text)


@cache
def _joins(character: str) -> bool:
    """Return whether a character can change under NFKC with what stands before it."""
    first = unicodedata.normalize("NFKD", character)[0]
    return unicodedata.category(first)[0] == "M" or any(ord(first) in some for some in HANGUL_JOINING)


@lru_cache(maxsize=20_000)
def _folded_piece(piece: str) -> str:
    return fold(piece).translate(_SPACING)
