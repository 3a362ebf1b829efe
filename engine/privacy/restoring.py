"""Restoring a record: what was taken out, put back where it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.feedback import Feedback, Part, Redaction
from engine.privacy.policy import ATTRIBUTE, NAMING
from engine.privacy.record import NAME
from engine.privacy.taking import Piece, Shift
from engine.reading import Reading

Pairs = Sequence[tuple[Redaction, Any]]


@dataclass(frozen=True, slots=True)
class Original:
    """A record as it came.

    Parameters
    ----------
    feedback
        With everything back in its place, and nothing said of redactions.
    shifts
        By part, where offsets into its stored text lead in the original one; parts that are not named are the same.
    """

    feedback: Feedback
    shifts: Mapping[int, Shift]

    def span(self, part: int, start: int, end: int) -> tuple[int, int]:
        """Return where a half-open span of a part's stored text is in the original."""
        shift = self.shifts.get(part)
        return shift.to_old(start, end) if shift else (start, end)

    def reading(self, reading: Reading) -> Reading:
        """Return a reading of what is stored with the offsets of the original."""
        if not self.shifts:
            return reading
        spans = [(part, *self.span(part, start, end)) for part, start, end in reading.spans.tolist()]
        return replace(reading, spans=np.array(spans, np.int32).reshape(len(spans), 3))


@dataclass(frozen=True, slots=True)
class Taken:
    """A record as it may be stored, and what was taken out of it: one value a redaction."""

    feedback: Feedback
    values: Sequence[Any] = ()

    def original(self) -> Original:
        """Return how it came."""
        return restored(self.feedback, self.values) if self.values else Original(self.feedback, {})


def restored(feedback: Feedback, values: Sequence[Any]) -> Original:
    """Return a record as it came.

    Parameters
    ----------
    feedback
        As it is stored.
    values
        What was taken out of it, one a redaction.
    """
    by_field: dict[str, list[tuple[Redaction, Any]]] = {}
    for redaction, value in zip(feedback.redactions, values, strict=True):
        by_field.setdefault(redaction.field, []).append((redaction, value))
    shifts: dict[int, Shift] = {}
    parts = tuple(_part(place, part, by_field, shifts) for place, part in enumerate(feedback.parts))
    named = {name: by_field[name][0][1] for name in NAMING if name in by_field}
    made = replace(
        feedback, parts=parts, attributes=_attributes(feedback, by_field), redactions=(), received=(), sealed=None
    )
    return Original(replace(made, **named), shifts)


def _part(place: int, part: Part, by_field: Mapping[str, Pairs], shifts: dict[int, Shift]) -> Part:
    pairs, asked = by_field.get(f"parts.{place}.text", ()), by_field.get(f"parts.{place}.question", ())
    question = _put_back(part.question or "", asked)[0] if asked else part.question
    text, pieces = _put_back(part.text, pairs)
    if not pieces:
        return replace(part, question=question) if asked else part
    shift = shifts[place] = Shift(pieces)
    cues = tuple(replace(one, at=shift.begin(one.at)) for one in part.cues)
    return replace(part, text=text, question=question, cues=cues)


def _put_back(text: str, pairs: Pairs) -> tuple[str, tuple[Piece, ...]]:
    made, pieces, last, length = [], [], 0, 0
    for redaction, value in pairs:
        kept = text[last : redaction.start]
        begins = length + len(kept)
        length = begins + len(value)
        made += [kept, value]
        pieces.append(Piece(begins, length, redaction.start, redaction.end))
        last = redaction.end
    return "".join([*made, text[last:]]), tuple(pieces)


def _attributes(feedback: Feedback, by_field: Mapping[str, Pairs]) -> dict[str, Any]:
    attributes: dict[str, Any] = dict(feedback.attributes)
    for field, pairs in by_field.items():
        if field.startswith(ATTRIBUTE):
            name = field.removeprefix(ATTRIBUTE)
            first = pairs[0][1]
            stored = attributes.get(name, "")
            attributes[name] = first if not isinstance(first, str) else _put_back(str(stored), pairs)[0]
    for field, pairs in by_field.items():
        if field.startswith(NAME):
            attributes[pairs[0][1]] = attributes.pop(field.removeprefix(NAME))
    return dict(sorted(attributes.items()))
