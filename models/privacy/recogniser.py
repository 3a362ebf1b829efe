"""The recogniser: what patterns find in a text as it is written, and as it is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from engine.privacy.policy import Finding
from models.privacy.addresses import find_addresses
from models.privacy.emails import find_emails
from models.privacy.ibans import find_ibans
from models.privacy.identities import identities
from models.privacy.numbers import find_numbers
from models.privacy.overlaps import resolve
from models.privacy.references import find_locators, find_references, find_said_references
from models.privacy.shapes import Shape, find_all
from models.privacy.spoken import said
from models.privacy.views import View, plain, without

Finder = Callable[[Sequence[str]], list[list[Finding]]]

# Without one of these there is no address: most texts have none, and no pattern is tried on them.
_MAIL = re.compile(r"@|\bat\b|[\[({<]\s?(?:at|ät|arroba|chez)\b|\barroba\b|_at_", re.IGNORECASE)
_THREE_DIGITS = re.compile(r"\d(?:\D{0,2}\d){2}")
_ID_LIKE = re.compile(r"(?<![^\W_])(?=[A-Z]{0,8}\d)[A-Z0-9]{6}|\d(?:\D{0,3}\d){4}", re.IGNORECASE)
_SIX_DIGITS = re.compile(r"\d(?:\D{0,24}\d){5}")
_DIGIT = re.compile(r"\d")
# Of these no part is taken for anything else: their check digits are right.
CERTAIN = 0.95


@dataclass(frozen=True, slots=True)
class PatternRecogniser:
    """Finds personal data by patterns, in plain Python and without the network.

    Parameters
    ----------
    finders
        What else finds personal data in whole texts: names.
    """

    finders: tuple[Finder, ...] = ()
    _identities: Sequence[Shape] = field(default_factory=identities)

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """Return what is found in each text, in order, sorted and without overlaps."""
        found = [list(self._patterns(text)) for text in texts]
        for finder in self.finders:
            for one, more in zip(found, finder(texts), strict=True):
                one.extend(more)
        return [resolve(one) if one else one for one in found]

    def _patterns(self, text: str) -> Iterator[Finding]:
        view = plain(text)
        yield from _placed(view, self._written(view.text))
        spoken = said(view)
        if spoken is not None:
            yield from _placed(spoken, self._numbered(spoken.text))
            short = _placed(spoken, find_said_references(spoken.text))
            yield from (one for one in short if any(map(str.isalpha, text[one.start : one.end])))

    def _written(self, text: str) -> Iterator[Finding]:
        if _MAIL.search(text):
            certain = list(find_emails(text))
            yield from certain
            text = without(text, certain)
        yield from find_locators(text)
        if _DIGIT.search(text):
            yield from find_addresses(text)
            yield from self._numbered(text)

    def _numbered(self, text: str) -> Iterator[Finding]:
        if _SIX_DIGITS.search(text):
            for find in (find_ibans, find_numbers):
                found = list(find(text))
                yield from found
                text = without(text, (one for one in found if one.score >= CERTAIN))
        if _ID_LIKE.search(text):
            yield from find_all(self._identities, text)
        if _THREE_DIGITS.search(text):
            yield from find_references(text)


def _placed(view: View, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings with their place in the text that was received."""
    for found in findings:
        start, end = view.origin(found.start, found.end)
        yield Finding(start, end, found.kind, found.score)
