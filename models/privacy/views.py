"""A text as the patterns look at it: plain characters, each knowing where it stands in the text that was received."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.privacy.policy import Finding, Kind

Span = tuple[int, int]

# What stands in place of personal data must not be taken for some itself: "my order [ORDER 3f9a0c12d4e5]".
# Sixteen digits without a letter are a card that somebody put there.
_DIGEST = r"(?:[0-9a-f]{12}|(?![0-9]{16}\])[0-9a-f]{16})"
_PLACEHOLDER = re.compile(rf"\[(?:{'|'.join(kind.value.upper() for kind in Kind)})(?: {_DIGEST})?\]")
# No pattern matches this character, so nothing runs across it.
BLANK = "\x1a"
_DASHES = frozenset("‐‑‒–—―−﹘﹣－ー")
_DOTS = frozenset("․。．｡·•∙⋅")


@dataclass(frozen=True, slots=True)
class View:
    """A text in plain characters.

    Parameters
    ----------
    text
        The plain characters.
    starts, ends
        Where each of them begins and ends in the text that was received; None when that is its own place.
    """

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def origin(self, start: int, end: int) -> Span:
        """Return where a span of the view, which is not empty, stands in the text that was received."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


class _Plain(dict[str, str]):
    """The plain spelling of a character, worked out once for those that are met first."""

    MOST = 20_000

    def __missing__(self, character: str) -> str:
        plain = _spelled(character)
        if len(self) < self.MOST:
            self[character] = plain
        return plain


_PLAIN = _Plain()


def _spelled(character: str) -> str:
    """Return a character as it would be typed: digits of any script, full width, circled, fancy dashes and spaces."""
    if character.isascii():
        return character
    if character in _DASHES:
        return "-"
    if character in _DOTS:
        return "."
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf", "Cc"):
        return ""
    if category in ("Zs", "Zl", "Zp"):
        return " "
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", character)
    return folded if folded.isascii() else character


def plain(text: str) -> View:
    """Return a text in plain characters."""
    view = View(text) if text.isascii() else _respelled(text)
    if "[" not in view.text:
        return view
    return View(_PLACEHOLDER.sub(lambda found: BLANK * len(found[0]), view.text), view.starts, view.ends)


def _respelled(text: str) -> View:
    pieces = [_PLAIN[character] for character in text]
    joined = "".join(pieces)
    if joined == text:
        return View(text)
    starts: list[int] = []
    ends: list[int] = []
    for place, piece in enumerate(pieces):
        if piece:
            starts.extend([place] * len(piece))
            ends.extend([place + 1] * len(piece))
        elif ends:
            # What is not seen belongs to the character before it: an accent, a joiner.
            ends[-1] = place + 1
    return View(joined, starts, ends)


def without(text: str, findings: Iterable[Finding]) -> str:
    """Return a text of the same length in which what was found is blank, so that nothing else is seen in it."""
    pieces, at = [], 0
    for found in findings:
        if found.start >= at:
            pieces += [text[at : found.start], BLANK * (found.end - found.start)]
            at = found.end
    return "".join([*pieces, text[at:]])
