"""Whether a text has words at all, or only keys hit at random and stand-ins for an answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tokenizers import Tokenizer

_WORD = re.compile(r"[^\W\d_]{2,}")
_REPEATED = re.compile(r"(.)\1+")
_NOTHING = re.compile(r"\W*(?:n\W?a|not applicable)\W*", re.IGNORECASE)
# Abbreviations and sounds ("thx", "wtf", "hmm") have letters in any order.
LEAST_LETTERS = 4
# A word is misspelt, not random, while this share of its letters stand as letters do in words.
LEAST_SHARE = 0.5
# Trigrams of fewer words than this are names and foreign words, not how words are built.
LEAST_USES = 4


class WordShapes:
    """How words are built: which three letters follow each other in the words that a tokenizer knows whole.

    A vocabulary alone would not do: "appalling" and "disapointing" are not in it, and are plain enough.
    """

    def __init__(self, words: Iterable[str]) -> None:
        uses: Counter[str] = Counter()
        self._known = {word for word in words if word.isalpha() and len(word) > 1}
        for word in self._known:
            uses.update(set(_trigrams(word)))
        self._usual = {trigram for trigram, count in uses.items() if count >= LEAST_USES}

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> WordShapes:
        """Return the shapes of a tokenizer's own words."""
        return cls(tokenizer.get_vocab())

    def is_gibberish(self, text: str) -> bool:
        """Return whether a text has words and none of them looks like one."""
        words = _WORD.findall(text.lower())
        return bool(words) and not any(self._looks_like_a_word(word) for word in words)

    def _looks_like_a_word(self, word: str) -> bool:
        if len(set(word)) == 1:
            return len(word) < LEAST_LETTERS
        if word in self._known or len(word) < LEAST_LETTERS or not word.isascii():
            return True
        # "Noooo" is said with feeling: a letter that is drawn out counts once, or twice.
        said = {_REPEATED.sub(drawn, word) for drawn in (r"\1\1", r"\1")}
        return any(len(one) < LEAST_LETTERS or self._share(one) >= LEAST_SHARE for one in said)

    def _share(self, word: str) -> float:
        trigrams = list(_trigrams(word))
        return sum(trigram in self._usual for trigram in trigrams) / len(trigrams)


def stands_for_nothing(text: str) -> bool:
    """Return whether a text only says that there is no answer: ``n/a``, ``N.A.``, ``not applicable``."""
    return _NOTHING.fullmatch(text) is not None


def _trigrams(word: str) -> Iterator[str]:
    framed = f"^{word}$"
    return (framed[at : at + 3] for at in range(len(framed) - 2))
