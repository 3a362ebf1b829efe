"""A saying: a sentence in plain English, and the points of a list under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said.

    Parameters
    ----------
    text
        Words without a full stop; they end with a colon when points follow.
    points
        The list under it.
    """

    text: str
    points: tuple[Saying, ...] = ()

    def after(self, words: str) -> Saying:
        """Return it with words in front."""
        return Saying(f"{words} {self.text}", self.points)

    def lines(self, indent: str = "") -> list[str]:
        """Return its lines: the points as a list, set in by two spaces a level."""
        found = [f"{indent}{self.text}"]
        for point in self.points:
            first, *others = point.lines(f"{indent}  ")
            found += [f"{indent}- {first.strip()}", *others]
        return found


def listing(sayings: Sequence[Saying], *, one: str, several: str) -> Saying:
    """Return one saying after the words for one, or a list under the words for several."""
    if len(sayings) == 1:
        return sayings[0].after(one) if one else sayings[0]
    return Saying(several, tuple(sayings))


def either(words: Sequence[str]) -> str:
    """Return words as people list them when any of them will do: ``a, b or c``."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
