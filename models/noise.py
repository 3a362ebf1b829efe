"""What stands in a text and is no language: links, addresses, tags, placeholders, keys, emoticons, invisible signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# So much is looked at in one go, so that no text can make these patterns slow.
STRETCH = 2_000
LONG = 16
_TAGS = re.compile(
    r"""
      <!--.*?--> | </?[a-z][^<>]*>                              # comments and tags
    | \{\{[^{}]*\}\} | \$\{[^{}]*\} | \[object\ object\]        # placeholders that nobody filled in
    | \[(?-i:[A-Z]{2,8}_[A-Z]{2,8}(?:_[0-9a-f]{12})?)\]        # what stands in place of personal data
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII | re.DOTALL,
)
_IN_A_TOKEN = re.compile(
    r"""
      &(?:[a-z]{2,8}|\#x?[0-9a-f]{1,6});                        # entities
    | (?<!\w)(?:(?:https?|ftp)://|mailto:|www\.).+              # links
    | (?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}           # e-mail addresses
    | ^[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.(?:com|org|net|edu|gov)(?:/.*)?$  # bare domains
    | ^@\w+                                                     # handles
    | ^(?:[0-9a-f]{4,12}-){3,}[0-9a-f]{4,12}$                   # UUIDs
    | ^(?=.*\d)(?=.*[a-z])[\w+/=.]{16,}$                        # keys, hashes, base64
    | (?<!\w)(?:[:;=][-']?[()dpo3/|\\*\[\]]+|<3+|t_t)(?!\w)     # emoticons
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_SIGNS = frozenset("<&@/:;=_")
_DOMAIN = re.compile(r"\.(?:com|org|net|edu|gov)\b", re.IGNORECASE)
# Fillers that Unicode calls letters, and that nobody sees.
_FILLERS = "\u115f\u1160\u3164\uffa0"
# Marks that are left over once letters and accents are composed: letters struck through or piled up.
_PILED = re.compile("[\u0300-\u036f]+")


def stretches(text: str) -> Iterator[str]:
    """Yield a text in stretches of 2,000 characters, without noise; those without a letter are left out.

    They tell whether there is something to read and in which language; what is read is the text as it was written.
    """
    for start in range(0, len(text), STRETCH):
        said = without_noise(text[start : start + STRETCH])
        if any(one.isalpha() for one in said):
            yield said


@lru_cache(maxsize=8)
def without_noise(stretch: str) -> str:
    """Return a short text composed, without what is no language; the last few are kept, for each is asked again."""
    said = stretch
    if not said.isascii():
        composed = _PILED.sub("", unicodedata.normalize("NFC", said))
        said = "".join(one for one in composed if unicodedata.category(one) != "Cf" and one not in _FILLERS)
    if not frozenset("<{[").isdisjoint(said):
        said = _TAGS.sub(" ", said)
    if _SIGNS.isdisjoint(said) and _DOMAIN.search(said) is None and max(map(len, said.split()), default=0) < LONG:
        return said
    return " ".join(_IN_A_TOKEN.sub(" ", token) if _is_suspect(token) else token for token in said.split())


def is_stylised(word: str) -> bool:
    """Return whether most letters are signs in the shape of Latin ones (``𝓪``, ``ⓐ``, ``ａ``), unknown to a model."""
    if word.isascii():
        return False
    plain = [(one, unicodedata.normalize("NFKC", one)) for one in word]
    letters = [(one, shape) for one, shape in plain if shape.isalpha()]
    return sum(shape.isascii() and not one.isascii() for one, shape in letters) * 2 > len(letters)


def _is_suspect(token: str) -> bool:
    return len(token) >= LONG or not _SIGNS.isdisjoint(token) or _DOMAIN.search(token) is not None
