"""Taking personal data out of one text, and where everything else is afterwards."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.feedback import Cue
from engine.privacy.policy import Action


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of a text that goes: half-open code-point offsets, what stands there instead, what it was and became."""

    start: int
    end: int
    stand_in: str
    kind: str
    action: Action


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece that was replaced: where it was in the original, and where its stand-in is in the new text."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


class Shift:
    """Where offsets of a text are after pieces of it were replaced, and the other way round.

    Parameters
    ----------
    pieces
        In order, without overlaps.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._old = [piece.old_start for piece in pieces]
        self._new = [piece.new_start for piece in pieces]

    def to_new(self, offset: int) -> int:
        """Return where an offset of the original is now; of what was replaced, where its stand-in begins."""
        place = bisect_right(self._old, offset) - 1
        if place < 0:
            return offset
        piece = self._pieces[place]
        return piece.new_start if offset < piece.old_end else offset - piece.old_end + piece.new_end

    def to_old(self, start: int, end: int) -> tuple[int, int]:
        """Return where a half-open span of the new text was; one that cuts into a stand-in has the whole of it."""
        return self._start(start), self._end(end)

    def begin(self, offset: int) -> int:
        """Return where something that begins at an offset of the new text began; with what was taken out there."""
        place = bisect_left(self._new, offset)
        here = place < len(self._new) and self._new[place] == offset
        return self._old[place] if here else self._start(offset)

    def _start(self, offset: int) -> int:
        piece = self._before(offset)
        if piece is None:
            return offset
        inside = offset < piece.new_end
        return piece.old_start if inside else offset - piece.new_end + piece.old_end

    def _end(self, offset: int) -> int:
        piece = self._before(offset)
        if piece is None:
            return offset
        if offset == piece.new_start < piece.new_end:
            return piece.old_start
        return piece.old_end if offset < piece.new_end else offset - piece.new_end + piece.old_end

    def _before(self, offset: int) -> Piece | None:
        """Return the last piece that begins at or before an offset."""
        place = bisect_right(self._new, offset) - 1
        return self._pieces[place] if place >= 0 else None


def cut(text: str, cuts: Sequence[Cut]) -> tuple[str, tuple[Piece, ...]]:
    """Return a text with stand-ins in place of what goes, and where each is.

    Parameters
    ----------
    cuts
        In order, without overlaps.
    """
    parts, pieces, last, length = [], [], 0, 0
    for one in cuts:
        parts += [text[last : one.start], one.stand_in]
        begins = length + one.start - last
        length = begins + len(one.stand_in)
        pieces.append(Piece(one.start, one.end, begins, length))
        last = one.end
    return "".join([*parts, text[last:]]), tuple(pieces)


def moved(cues: Sequence[Cue], shift: Shift) -> tuple[Cue, ...]:
    """Return cues by their offsets in the new text."""
    return tuple(replace(one, at=shift.to_new(one.at)) for one in cues)
