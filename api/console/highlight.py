"""Words with parts of them marked: cut into pieces, so that nothing of a customer's text is ever taken for HTML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Mark:
    """Part of a text that is marked.

    Parameters
    ----------
    start, end
        Half-open code-point offsets.
    group
        What it is coloured as: a group of the palette.
    says
        What it shows, for whoever points at it or listens.
    """

    start: int
    end: int
    group: str = "neutral"
    says: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text, with all the marks that lie on it, the first on top."""

    text: str
    marks: tuple[Mark, ...] = ()


def pieces_of(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """Return a text in pieces, in order, each with the marks that cover it; what lies outside the text is left out."""
    kept = _within(text, marks)
    edges = sorted({0, len(text), *(one.start for one in kept), *(one.end for one in kept)})
    found: list[Piece] = []
    for start, end in pairwise(edges):
        over = tuple(one for one in kept if one.start <= start and end <= one.end)
        found.append(Piece(text[start:end], over))
    return found


def pieces_said(text: str, marks: Iterable[Mark]) -> str:
    """Return a text in pieces as the browser takes them: each with its colour, and what its marks say."""
    said = [
        [one.text, one.marks[0].group if one.marks else "", "; ".join(dict.fromkeys(m.says for m in one.marks))]
        for one in pieces_of(text, marks)
    ]
    return json.dumps(said, ensure_ascii=False)


def _within(text: str, marks: Iterable[Mark]) -> Sequence[Mark]:
    cut = [Mark(max(0, one.start), min(len(text), one.end), one.group, one.says) for one in marks]
    # The shortest on top: it says the most of where it stands.
    return sorted((one for one in cut if one.start < one.end), key=lambda one: (one.end - one.start, one.start))


def shortened(text: str, marks: Iterable[Mark], most: int = 280) -> tuple[str, list[Mark]]:
    """Return about so much of a text, around its first mark, with the marks moved along."""
    kept = sorted(_within(text, marks), key=lambda one: one.start)
    if len(text) <= most:
        return text, list(kept)
    first = kept[0].start if kept else 0
    start = 0 if first < most // 2 else first - most // 4
    end = min(len(text), start + most)
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    shift = len(before) - start
    moved = [
        Mark(max(one.start, start) + shift, min(one.end, end) + shift, one.group, one.says)
        for one in kept
        if one.start < end and one.end > start
    ]
    return f"{before}{text[start:end]}{after}", moved
