"""The words that are searched for: all words, "a phrase", -not, begin*; in any script, accents folded.

Words are those of `engine.rules.words`; accents are no difference besides: *cafe* finds *café*.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.errors import QuestionError
from engine.rules.words import spaced, words_of

MOST_CHARACTERS = 1_000
MOST_TERMS = 64
_TERM = re.compile(r'-?"[^"]*"?|\S+')
_QUOTES = str.maketrans(dict.fromkeys("“”„«»＂", '"'))
# The accents of Latin, Greek and Cyrillic letters; marks of other scripts are vowels, which matter.
FIRST_ACCENT, LAST_ACCENT = "\u0300", "\u036f"


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand beside each other, in this order.

    Parameters
    ----------
    words
        One or more, folded.
    begins
        Whether the last word need only begin so.
    """

    words: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """What must stand in a text, and what must not; empty asks for nothing."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)


NO_WORDS = Wording()


def indexed(text: str) -> str:
    """Return the words of a text as they are compared, with one space between any two."""
    return unaccented(spaced(text))


def unaccented(text: str) -> str:
    """Return a text without the accents of its letters."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(one for one in apart if not FIRST_ACCENT <= one <= LAST_ACCENT)
    return unicodedata.normalize("NFC", kept)


def parse_wording(text: str) -> Wording:
    """Return what a line of words asks for; whatever is no word is passed over.

    Raises
    ------
    QuestionError
        If it is longer than anybody types.
    """
    if len(text) > MOST_CHARACTERS:
        raise QuestionError(f"the words are longer than {MOST_CHARACTERS:,} characters", "words")
    wanted: dict[Term, None] = {}
    unwanted: dict[Term, None] = {}
    for piece in _TERM.findall(text.translate(_QUOTES)):
        is_not = piece.startswith("-") and len(piece) > 1
        term = _term(piece[1:] if is_not else piece)
        if term is not None:
            (unwanted if is_not else wanted)[term] = None
    if len(wanted) + len(unwanted) > MOST_TERMS:
        raise QuestionError(f"there are more than {MOST_TERMS} words; quote a phrase, or leave some out", "words")
    return Wording(tuple(wanted), tuple(unwanted))


def _term(piece: str) -> Term | None:
    inside = piece.strip('"')
    words = tuple(indexed(inside).split())
    return Term(words, inside.endswith("*")) if words else None


def spans(text: str, wanted: Sequence[Term]) -> list[tuple[int, int]]:
    """Return where the wanted words stand in a text: half-open code-point offsets, in order, none over another."""
    found = words_of(text)
    folded = zip(map(unaccented, found.words), found.starts, found.ends, strict=True)
    # An accent that stands alone is no word.
    kept = [(word, start, end) for word, start, end in folded if word]
    words = [word for word, _, _ in kept]
    places = {(first, last) for term in wanted for first, last in _found(words, term)}
    merged: list[tuple[int, int]] = []
    for first, last in sorted(places):
        start, end = kept[first][1], kept[last][2]
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _found(words: Sequence[str], term: Term) -> Iterator[tuple[int, int]]:
    *before, last = term.words
    long = len(before)
    for place in range(long, len(words)):
        fits = words[place].startswith(last) if term.begins else words[place] == last
        if fits and words[place - long : place] == before:
            yield place - long, place
