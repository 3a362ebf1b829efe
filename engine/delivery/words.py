"""The customer's words with the evidence marked, as pieces that every target shows in its own way."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.delivery.contents import window
from engine.spoken import say_moment

ELLIPSIS = "…"
# Characters that are not seen and change what is: controls, and those that turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and whether they are evidence."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """What is shown of one part: the question it answers, who spoke and when, and the words."""

    pieces: tuple[Piece, ...]
    question: str | None = None
    speaker: str | None = None
    moment: str | None = None

    @property
    def about(self) -> str:
        """The question, who spoke and when, in one line; nothing where there is none of them."""
        spoken = [one for one in (self.speaker, self.moment and f"at {self.moment}") if one]
        return " ".join([one for one in (self.question, f"({', '.join(spoken)})" if spoken else None) if one])

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(piece.text for piece in self.pieces)


def clean(text: str) -> str:
    """Return a text without characters that are not seen and change how the rest is shown."""
    return _UNSEEN.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\r\n", "\n"))


def passages(body: Mapping[str, Any], most: int) -> tuple[Passage, ...]:
    """Return the customer's words of a message's body, at most about so many characters."""
    parts = (body.get("feedback") or {}).get("parts") or ()
    evidence = (body.get("alert") or {}).get("evidence") or ()
    found = []
    for part in parts:
        if most <= 0:
            break
        passage = _passage(part, evidence, most)
        most -= len(passage.text)
        found.append(passage)
    return tuple(found)


def _passage(part: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]], most: int) -> Passage:
    text, begins = str(part["text"]), int(part.get("start") or 0)
    own = [one for one in evidence if one.get("part") == part.get("part") and "start" in one]
    spans = _joined([(int(one["start"]) - begins, int(one["end"]) - begins) for one in own], len(text))
    first, last = window(text, spans, most)
    pieces = [Piece(ELLIPSIS)] if begins + first > 0 else []
    pieces += _pieces(text, spans, first, last)
    if begins + last < int(part.get("of") or 0):
        pieces.append(Piece(ELLIPSIS))
    question, speaker = (clean(str(part[name])) if part.get(name) else None for name in ("question", "speaker"))
    return Passage(tuple(pieces), question, speaker, _moment(own))


def _moment(evidence: Sequence[Mapping[str, Any]]) -> str | None:
    """Return when the first of some evidence was said; None of what was written."""
    starts = [float(one["starts"]) for one in evidence if isinstance(one.get("starts"), (int, float))]
    return say_moment(min(starts)) if starts else None


def _joined(spans: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Return spans in order, clipped to a text, with those that touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start), min(length, end)) for start, end in spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _pieces(text: str, spans: Sequence[tuple[int, int]], first: int, last: int) -> list[Piece]:
    pieces, at = [], first
    for start, end in spans:
        start, end = max(start, first), min(end, last)
        if start >= end:
            continue
        pieces += [Piece(clean(text[at:start])), Piece(clean(text[start:end]), marked=True)]
        at = end
    pieces.append(Piece(clean(text[at:last])))
    return [piece for piece in pieces if piece.text]
