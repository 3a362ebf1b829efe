"""Where in a feedback a condition looks: whose words, in answer to what, at which end of the conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Literal, TypeVar

from engine.durations import say_duration
from engine.feedback import Cue, Part
from engine.reading import ReadingStatus
from engine.rules.case import Case
from engine.rules.question_condition import Questions

Whose = Literal["customer", "agent", "other", "anyone"]
End = Literal["first", "last"]
Unit = Literal["seconds", "sentences", "turns"]
# Part, start and end: half-open code-point offsets into that part's text.
Range = tuple[int, int, int]
_T = TypeVar("_T")
_BY = {"agent": "by the agent", "other": "by others", "anyone": "by anyone"}


@dataclass(frozen=True, slots=True)
class Reach:
    """How far in from one end: so many seconds of a recording, or so many of the speaker's sentences or turns."""

    end: End
    amount: int
    unit: Unit

    def cut(self, found: Sequence[_T]) -> Sequence[_T]:
        """Return the first or the last of some things, as many as it reaches."""
        return found[: self.amount] if self.end == "first" else found[-self.amount :]

    @property
    def said(self) -> str:
        """The reach, for people."""
        if self.unit == "seconds":
            return f"within the {self.end} {say_duration(timedelta(seconds=self.amount))}"
        unit = self.unit if self.amount != 1 else self.unit.removesuffix("s")
        return f"within the {self.end} {self.amount} {unit}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some of what was said.

    Parameters
    ----------
    rows
        The rows of its sentences in the reading, in their order; none where nothing was read.
    ranges
        Its characters.
    """

    rows: tuple[int, ...]
    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class TextScope:
    """Which of a feedback's words a condition looks at.

    Parameters
    ----------
    speaker
        Whose words.
    questions
        Only parts that answer one of these; None takes every part.
    reach
        Only one end of what is left: a turn is a part. By seconds a part is inside when it begins within the first
        or ends within the last of them, and of a part with cues those cues that do; a sentence is inside when its
        first or its last word is. A part without times is outside.
    """

    speaker: Whose = "customer"
    questions: Questions | None = None
    reach: Reach | None = None

    def stretch(self, case: Case) -> Stretch:
        """Return what is inside.

        Where nothing was read there are no sentences to count, and a reach of sentences takes the parts whole.
        """
        parts = case.feedback.parts
        inside = self._parts(parts)
        if self.reach is not None and self.reach.unit == "seconds":
            return _timed(case, self.reach, inside)
        wanted = frozenset(inside)
        spans: list[Range] = case.reading.spans.tolist() if case.reading.status is ReadingStatus.READ else []
        rows: Sequence[int] = [row for row, (part, _, _) in enumerate(spans) if part in wanted]
        if self.reach is not None and self.reach.unit == "sentences" and spans:
            rows = self.reach.cut(rows)
            return Stretch(tuple(rows), ranges_of([spans[row] for row in rows]))
        return Stretch(tuple(rows), tuple((number, 0, len(parts[number].text)) for number in inside))

    def _parts(self, parts: Sequence[Part]) -> Sequence[int]:
        found = [number for number, part in enumerate(parts) if self._takes(part)]
        return found if self.reach is None or self.reach.unit != "turns" else self.reach.cut(found)

    def _takes(self, part: Part) -> bool:
        if self.speaker not in ("anyone", part.speaker):
            return False
        return self.questions is None or self.questions.match(part.question)

    @property
    def said(self) -> str:
        """The scope as people say it, with a space before; nothing for all of the customer's words."""
        told = []
        if self.speaker != "customer":
            told.append(_BY[self.speaker])
        if self.questions is not None:
            told.append(f"in answer to {self.questions.said}")
        if self.reach is not None:
            told.append(self.reach.said)
        return "".join(f" {one}" for one in told)


CUSTOMER = TextScope()


def _timed(case: Case, reach: Reach, inside: Sequence[int]) -> Stretch:
    """Return what was said by some parts in the first or the last seconds of a recording."""
    parts = case.feedback.parts
    over = max((part.end or part.start or 0.0 for part in parts), default=0.0)
    ranges = [one for number in inside for one in _ranges_in(number, parts[number], reach, over)]
    rows = []
    if case.reading.status is ReadingStatus.READ:
        for row, (part, start, end) in enumerate(case.reading.spans.tolist()):
            at = start if reach.end == "first" else end - 1
            if any(of == part and first <= at < last for of, first, last in ranges):
                rows.append(row)
    return Stretch(tuple(rows), tuple(ranges))


def _ranges_in(number: int, part: Part, reach: Reach, over: float) -> Iterator[Range]:
    """Yield the characters of a part that were said inside: cue by cue, those of neighbours as one."""
    begins = [0, *(cue.at for cue in part.cues[1:])]
    spoken: Sequence[Part | Cue] = part.cues or (part,)
    stretches = zip(begins, [*begins[1:], len(part.text)], spoken, strict=True)
    for is_inside, some in groupby(stretches, key=lambda one: _is_inside(one[2], reach, over)):
        of_part = list(some)
        if is_inside:
            yield number, of_part[0][0], of_part[-1][1]


def _is_inside(one: Part | Cue, reach: Reach, over: float) -> bool:
    if reach.end == "first":
        return one.start is not None and one.start < reach.amount
    ends = one.start if one.end is None else one.end
    return ends is not None and ends > over - reach.amount


def ranges_of(spans: Sequence[Range]) -> tuple[Range, ...]:
    """Return the characters from the first to the last of some neighbouring sentences, part by part."""
    found = []
    for part, some in groupby(spans, key=lambda span: span[0]):
        of_part = list(some)
        found.append((part, of_part[0][1], of_part[-1][2]))
    return tuple(found)
