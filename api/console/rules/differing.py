"""Two texts side by side: which lines are the same, and what became of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

from engine.errors import QuestionError

# Lines that are the same are shown so far around those that are not.
AROUND = 3
# Comparing takes the product of both lengths at worst.
MOST_LINES = 2_000


class Became(StrEnum):
    """What became of a line."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text, with its number from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line beside what became of it; of lines that are left out, how many there are."""

    became: Became
    before: Line | None = None
    after: Line | None = None
    count: int = 0


def side_by_side(before: str, after: str, around: int = AROUND) -> list[Row]:
    """Return two texts line by line; no rows where they are the same.

    Raises
    ------
    QuestionError
        If they are too long to compare.
    """
    if before == after:
        return []
    left, right = before.rstrip("\n").split("\n"), after.rstrip("\n").split("\n")
    if max(len(left), len(right)) > MOST_LINES:
        raise QuestionError(
            f"texts of more than {MOST_LINES:,} lines are not compared here; export both and compare them"
        )
    rows: list[Row] = []
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    for place, (kind, start, end, other, other_end) in enumerate(blocks):
        lines = _lines(left, start, end), _lines(right, other, other_end)
        if kind == "equal":
            same = [Row(Became.SAME, *pair) for pair in zip(*lines, strict=True)]
            rows += _cut(same, around if place else 0, around if place < len(blocks) - 1 else 0)
        else:
            rows += _changed(*lines)
    return rows


def _lines(text: Sequence[str], start: int, end: int) -> list[Line]:
    return [Line(place + 1, text[place]) for place in range(start, end)]


def _changed(left: Sequence[Line], right: Sequence[Line]) -> Iterator[Row]:
    for one, other in zip_longest(left, right):
        became = Became.ADDED if one is None else Became.REMOVED if other is None else Became.CHANGED
        yield Row(became, one, other)


def _cut(same: Sequence[Row], first: int, last: int) -> Iterator[Row]:
    """Yield the lines at both ends, and between them how many are left out."""
    if len(same) <= first + last + 1:
        yield from same
        return
    yield from same[:first]
    yield Row(Became.LEFT_OUT, count=len(same) - first - last)
    yield from same[len(same) - last :]
