"""Which language a text is in, and whether it is one that the model speaks.

References
----------
M. Lui, T. Baldwin: langid.py: An Off-the-shelf Language Identification Tool (ACL 2012); py3langid is its port.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from models.foreign import BORROWED, LANGUAGE_OF
from models.noise import stretches

# The top guess alone refuses 28% of English texts of one to three words, so a refusal takes certainty and length.
REFUSE_AT = 0.9
# Latin letters tell less than another script: slang and shouting look foreign at 0.9, other languages pass 0.98.
REFUSE_LATIN_AT = 0.98
LEAST_WORDS = 4
# Words of another language tell more than letters do: with enough of them less certainty is needed.
REFUSE_TOLD_AT = 0.5
TOLD_SHARE = 0.25
LEAST_TOLD = 2
_WORD = re.compile(r"[^\W\d_]+")
LEAST_ENGLISH = 2
ENGLISH_SHARE = 0.1
_ENGLISH = frozenset(
    {"the", "and", "my", "you", "this", "that", "have", "with", "they", "your", "would", "been", "from", "what"}
    | {"there", "when", "which", "their", "very", "just", "because", "it's", "don't", "i'm", "never", "could"}
)


@dataclass(frozen=True, slots=True)
class Language:
    """The language of a text: its code, and whether the model may read it."""

    code: str
    supported: bool


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def identify(text: str, languages: Sequence[str]) -> Language:
    """Return the language of a text.

    Parameters
    ----------
    text
        The customer's words; the first 2,000 characters with a word in them count, links, addresses and tags do not.
    languages
        ISO 639-1 codes of the languages that are read.

    Returns
    -------
    Language
        Unsupported only when the probability of none of `languages` is 0.9 or more and the text is mostly in another
        script than Latin; or 0.98 and it has four words or more, or one that English does not write; or 0.5 and common
        words of another language are a quarter of it.
    """
    head = next(stretches(text), "")
    if "en" in languages and _plainly_english(head):
        return Language("en", supported=True)
    # Capitals are rare where the identifier learnt: shouted English looks like no language at all.
    chances: dict[str, float] = {code: float(chance) for code, chance in _identifier().rank(head.lower())}
    ours = max(languages, key=lambda code: chances.get(code, 0.0))
    other = 1.0 - sum(chances.get(code, 0.0) for code in languages)
    told = _told_by_words(head, languages)
    if told is not None and other >= REFUSE_TOLD_AT:
        return Language(told, supported=False)
    if _refused(head, other):
        return Language(next(iter(chances)), supported=False)
    return Language(ours, supported=True)


def _refused(text: str, other: float) -> bool:
    """Return whether a text is surely in another language: by its script, its letters, or enough words."""
    if _mostly_not_latin(text):
        return other >= REFUSE_AT
    words = _WORD.findall(text.lower())
    strange = any(word in LANGUAGE_OF or not (word.isascii() or word in BORROWED) for word in words)
    return other >= REFUSE_LATIN_AT and (strange or len(words) >= LEAST_WORDS)


def _told_by_words(text: str, languages: Sequence[str]) -> str | None:
    """Return the language, other than ours, whose words are a quarter of the text, and two of them if it has more."""
    words = _WORD.findall(text.lower())
    told = Counter(code for word in words if (code := LANGUAGE_OF.get(word)) is not None and code not in languages)
    if sum(told.values()) < max(min(LEAST_TOLD, len(words) - 1), TOLD_SHARE * len(words), 1):
        return None
    return told.most_common(1)[0][0]


def _plainly_english(text: str) -> bool:
    """Return whether a text is ASCII and full of words that only English has: most are, and need no model."""
    words = text.lower().split()
    found = len(_ENGLISH.intersection(words))
    return text.isascii() and found >= LEAST_ENGLISH and found >= ENGLISH_SHARE * len(set(words))


def _mostly_not_latin(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    # Latin letters, with their accents and extensions, end at U+024F.
    return sum(letter > "\u024f" for letter in letters) * 2 > len(letters)
