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
_WORD = re.compile(r"[^\W\d_]+")
MOST_CHARACTERS = 2_000


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
    chances: dict[str, float] = {code: float(chance) for code, chance in _identifier().rank(head)}
    ours = max(languages, key=lambda code: chances.get(code, 0.0))
    other = 1.0 - sum(chances.get(code, 0.0) for code in languages)
    if other >= REFUSE_AT and (len(_WORD.findall(head)) >= LEAST_WORDS or _mostly_not_latin(head)):
        return Language(next(iter(chances)), supported=False)
    return Language(ours, supported=True)


def _mostly_not_latin(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    # Latin letters, with their accents and extensions, end at U+024F.
    return sum(letter > "\u024f" for letter in letters) * 2 > len(letters)
