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
# Latin letters tell less than another script: slang and shouting look foreign at 0.9, other languages pass 0.98.
REFUSE_LATIN_AT = 0.98
LEAST_WORDS = 4
_WORD = re.compile(r"[^\W\d_]+")
MOST_CHARACTERS = 2_000
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
        The customer's words; the first 2,000 characters count.
    languages
        ISO 639-1 codes of the languages that are read.

    Returns
    -------
    Language
        Unsupported only when the probability of none of `languages` is 0.9 or more and the text is mostly in another
        script than Latin, or when it is 0.98 or more and the text has four words or more.
    """
    head = text[:MOST_CHARACTERS]
    if "en" in languages and _plainly_english(head):
        return Language("en", supported=True)
    # Capitals are rare where the identifier learnt: shouted English looks like no language at all.
    chances: dict[str, float] = {code: float(chance) for code, chance in _identifier().rank(head.lower())}
    ours = max(languages, key=lambda code: chances.get(code, 0.0))
    other = 1.0 - sum(chances.get(code, 0.0) for code in languages)
    if _refused(head, other):
        return Language(next(iter(chances)), supported=False)
    return Language(ours, supported=True)


def _refused(text: str, other: float) -> bool:
    """Return whether a text is surely in another language: by its script, or by enough words."""
    if _mostly_not_latin(text):
        return other >= REFUSE_AT
    return other >= REFUSE_LATIN_AT and len(_WORD.findall(text)) >= LEAST_WORDS


def _plainly_english(text: str) -> bool:
    """Return whether a text is ASCII and full of words that only English has: most are, and need no model."""
    words = text.lower().split()
    found = len(_ENGLISH.intersection(words))
    return text.isascii() and found >= LEAST_ENGLISH and found >= ENGLISH_SHARE * len(set(words))


def _mostly_not_latin(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    # Latin letters, with their accents and extensions, end at U+024F.
    return sum(letter > "\u024f" for letter in letters) * 2 > len(letters)
