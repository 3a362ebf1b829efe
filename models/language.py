"""Which language a text is in, and whether it is one that the model speaks.

References
----------
M. Lui, T. Baldwin: langid.py: An Off-the-shelf Language Identification Tool (ACL 2012); py3langid is its port.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

# The top guess alone refuses 28% of English texts of one to three words, so a refusal takes certainty and length.
REFUSE_AT = 0.9
LEAST_WORDS = 4
# A guess below this is one of many: slang and misspelt English, more often than another language.
CONVINCING = 0.5
_WORD = re.compile(r"[^\W\d_]+")
MOST_CHARACTERS = 2_000
LEAST_ENGLISH = 2
ENGLISH_SHARE = 0.1
_HINTS = frozenset({"i", "but", "it", "we", "she", "if", "good", "best", "how", "who", "not", "okay", "here", "to"})
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
        The customer's words; the first 2,000 characters count.
    languages
        ISO 639-1 codes of the languages that are read.

    Returns
    -------
    Language
        Unsupported only when the probability of none of `languages` is 0.9 or more, and the text has
        four words or more or is mostly in another script than Latin.
    """
    head = text[:MOST_CHARACTERS]
    if "en" in languages and _plainly_english(head):
        return Language("en", supported=True)
    # Capitals are rare where the identifier learnt: shouted English looks like no language at all.
    chances: dict[str, float] = {code: float(chance) for code, chance in _identifier().rank(head.lower())}
    ours = max(languages, key=lambda code: chances.get(code, 0.0))
    other = 1.0 - sum(chances.get(code, 0.0) for code in languages)
    if other >= REFUSE_AT and _refusable(head, max(chances.values()), languages):
        return Language(next(iter(chances)), supported=False)
    return Language(ours, supported=True)


def _refusable(text: str, chance: float, languages: Sequence[str]) -> bool:
    """Return whether a text tells its language: by its script, or by enough words and a guess that stands out."""
    if _mostly_not_latin(text):
        return True
    enough = len(_WORD.findall(text)) >= LEAST_WORDS and chance >= CONVINCING
    return enough and not _hints_at_english(text, languages)


def _plainly_english(text: str) -> bool:
    """Return whether a text is ASCII and full of words that only English has: most are, and need no model."""
    words = text.lower().split()
    found = len(_ENGLISH.intersection(words))
    return text.isascii() and found >= LEAST_ENGLISH and found >= ENGLISH_SHARE * len(set(words))


def _hints_at_english(text: str, languages: Sequence[str]) -> bool:
    """Return whether a text is ASCII and has at least one word that is common in English and hardly elsewhere."""
    return "en" in languages and text.isascii() and not (_ENGLISH | _HINTS).isdisjoint(_WORD.findall(text.lower()))


def _mostly_not_latin(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    # Latin letters, with their accents and extensions, end at U+024F.
    return sum(letter > "\u024f" for letter in letters) * 2 > len(letters)
