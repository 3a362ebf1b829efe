"""Spoken parts: when some of their words were said, and how well they were heard."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter

from engine.feedback import Cue, Part

_at = attrgetter("at")


def moments_of(part: Part, start: int, end: int) -> tuple[float | None, float | None]:
    """Return when some words of a part began and ended, in seconds; None where it does not say.

    Inside a cue, or in a part without cues, words are taken to be spoken evenly.

    Parameters
    ----------
    start, end
        Half-open code-point offsets into the part's text.
    """
    begins, ends = _moment(part, start), _moment(part, max(start, end - 1), after=True)
    return begins, ends if ends is None or begins is None else max(begins, ends)


def heard_at(part: Part, start: int, end: int) -> float | None:
    """Return how sure the recogniser was of some words of a part, the mean by characters, 0 to 1; None if not said."""
    found = [(size, cue.confidence) for size, cue in _under(part, start, end) if cue.confidence is not None]
    size = sum(length for length, _ in found)
    return sum(length * confidence for length, confidence in found) / size if size else part.confidence


def told_of(part: Part, start: int, end: int) -> dict[str, float]:
    """Return when some words were said and how well they were heard, as plain JSON values; nothing of what was written.

    ``starts`` and ``ends`` are in seconds from the start of the recording, ``heard`` goes from 0 to 1.
    """
    starts, ends = moments_of(part, start, end)
    heard = heard_at(part, start, end)
    told = {"starts": starts, "ends": ends, "heard": None if heard is None else round(heard, 4)}
    return {name: value for name, value in told.items() if value is not None}


def _under(part: Part, start: int, end: int) -> Iterator[tuple[int, Cue]]:
    """Yield the cues under some words, with how many characters they share."""
    cues = part.cues
    first = max(bisect_right(cues, start, key=_at) - 1, 0)
    last = bisect_left(cues, end, key=_at)
    for number in range(first, last):
        stop = cues[number + 1].at if number + 1 < len(cues) else len(part.text)
        shared = min(stop, end) - max(cues[number].at, start)
        if shared > 0:
            yield shared, cues[number]


def _moment(part: Part, at: int, *, after: bool = False) -> float | None:
    """Return when a character was said: when it began, or `after` it."""
    number = bisect_right(part.cues, at, key=_at) - 1
    if number >= 0:
        cue = part.cues[number]
        stop = part.cues[number + 1].at - 1 if number + 1 < len(part.cues) else len(part.text)
        return _between(cue.start, cue.end, at + after - cue.at, max(stop - cue.at, 1))
    if part.start is None or part.end is None:
        return part.end if after and part.end is not None else part.start
    return _between(part.start, part.end, at + after, max(len(part.text), 1))


def _between(start: float, end: float, done: int, whole: int) -> float:
    return round(start + (end - start) * min(done / whole, 1.0), 3)


def say_moment(seconds: float) -> str:
    """Return a moment of a recording for people: ``1:32`` or ``1:02:03``."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
