"""The part of a text that is shown of it: around the first words that were searched for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.insights.wording import Term, spans

MOST_SHOWN = 400
# How much stands before the first word that was found.
BEFORE = 120
# A long text is looked through in pieces of so much, until a piece has one of the words.
PIECE = 20_000


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some of a text.

    Parameters
    ----------
    start
        Where it begins, a code-point offset into the customer's words.
    cut
        Whether there is more before or after it.
    spans
        Where words stand that were searched for: half-open code-point offsets into the excerpt.
    """

    text: str
    start: int
    cut: bool
    spans: tuple[tuple[int, int], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        marked = [{"start": start, "end": end} for start, end in self.spans]
        return {"text": self.text, "text_start": self.start, "text_cut": self.cut, "matches": marked}


def excerpt(text: str, wanted: Sequence[Term]) -> Excerpt:
    """Return what is shown of a text."""
    offset, found = _first(text, wanted) if wanted else (0, [])
    first = offset + found[0][0] if found else 0
    start = _word_from(text, max(0, first - BEFORE)) if len(text) > MOST_SHOWN else 0
    shown = text[start : start + MOST_SHOWN]
    inside = [(a + offset - start, min(b + offset - start, len(shown))) for a, b in found]
    return Excerpt(shown, start, len(shown) < len(text), tuple((a, b) for a, b in inside if 0 <= a < len(shown)))


def _first(text: str, wanted: Sequence[Term]) -> tuple[int, list[tuple[int, int]]]:
    """Return the first piece that has one of the words, as its offset, and where they stand in it."""
    start = 0
    while start < len(text):
        found = spans(text[start : start + PIECE], wanted)
        if found:
            return start, found
        # What was not cut at the end of a text may begin at the end of a piece.
        start += PIECE if start + PIECE >= len(text) else PIECE - MOST_SHOWN
    return 0, []


def _word_from(text: str, start: int) -> int:
    """Return where the next word begins, if it begins soon."""
    space = text.find(" ", start, start + 40) if start else -1
    return start if space < 0 else space + 1
