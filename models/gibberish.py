"""Whether a text has words at all, or only keys hit at random and stand-ins for an answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tokenizers import Tokenizer

from models.noise import STRETCH, is_stylised, stretches, without_noise

_WORD = re.compile(r"[^\W\d_]{2,}")
_SPELT_OUT = re.compile(r"\W*(?:[a-z]\W+){2,}[a-z]\W*", re.IGNORECASE | re.ASCII)
_REPEATED = re.compile(r"(.)\1+")
_NOTHING = re.compile(
    r"\W*(?:n\s*\W?\s*a|not applicable|nan|nil|null|undefined|tb[acd]|blank|no text|none given"
    r"|no (?:answer|response) given|(?:prefer|rather|wish) not to (?:say|answer)|skip(?:ped)?)\W*",
    re.IGNORECASE,
)
# "10/10", "4 / 5" and "100%" say something; other numbers alone do not.
_VERDICT = re.compile(r"\W*(?:\d{1,3}\s*/\s*\d{1,3}|\d{1,3}\s*%)\W*", re.ASCII)
# Abbreviations and sounds ("thx", "wtf", "hmm") have letters in any order.
LEAST_LETTERS = 4
# Longer than any word that is said; tokenizers give up on the longest.
MOST_LETTERS = 45
# A word is misspelt, not random, while this share of its letters stand as letters do in words.
LEAST_SHARE = 0.5
# Trigrams of fewer words than this are names and foreign words, not how words are built.
LEAST_USES = 4
KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn")
RUN = 3
_RUNS = frozenset(
    line[at : at + RUN] for row in KEY_ROWS for line in (row, row[::-1]) for at in range(len(row) - RUN + 1)
)


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
        """Return whether a text has words, or letters one by one, and none of them looks like a word.

        Words of two or three letters that are not known speak neither for it nor against it.
        """
        judged = False
        for said in stretches(text):
            if not self._is_gibberish(said):
                return False
            judged = True
        return judged

    def _is_gibberish(self, said: str) -> bool:
        words = _WORD.findall(said.lower())
        if not words:
            return _SPELT_OUT.fullmatch(said) is not None
        judged = [self._looks_like_a_word(word) for word in words]
        return False in judged and True not in judged

    def _looks_like_a_word(self, word: str) -> bool | None:
        """Return whether it looks like one; None if it is too short to tell."""
        if len(word) > MOST_LETTERS or (len(word) >= LEAST_LETTERS and len(set(word)) == 1):
            return False
        if word in self._known or not word.isascii():
            return not is_stylised(word)
        if len(word) < LEAST_LETTERS:
            return None
        if _runs_over_keys(word):
            return False
        # "Noooo" is said with feeling: a letter that is drawn out counts once, or twice.
        said = {_REPEATED.sub(drawn, word) for drawn in (r"\1\1", r"\1")}
        return any(len(one) < LEAST_LETTERS or self._share(one) >= LEAST_SHARE for one in said)

    def _share(self, word: str) -> float:
        trigrams = list(_trigrams(word))
        return sum(trigram in self._usual for trigram in trigrams) / len(trigrams)


def stands_for_nothing(text: str) -> bool:
    """Return whether a text only says that there is no answer (``n/a``, ``null``, ``skip``) or has nothing to read.

    Nothing to read have links, addresses, tags and keys without a word beside them, and numbers that rate nothing.
    """
    if _NOTHING.fullmatch(text) is not None:
        return True
    if any(True for _ in stretches(text)):
        return False
    return any(one.isalnum() for one in text) and _VERDICT.fullmatch(without_noise(text[:STRETCH])) is None


def _runs_over_keys(word: str) -> bool:
    """Return whether every letter is one of three or more that lie side by side: ``qwerty``, ``asdasd``."""
    runs = [at for at in range(len(word) - RUN + 1) if word[at : at + RUN] in _RUNS]
    return {at + step for at in runs for step in range(RUN)} == set(range(len(word)))


def _trigrams(word: str) -> Iterator[str]:
    framed = f"^{word}$"
    return (framed[at : at + 3] for at in range(len(framed) - 2))
