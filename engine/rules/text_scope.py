"""Where in a feedback a condition looks: whose words, in answer to what, at which end of the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Literal, TypeVar

from engine.durations import say_duration
from engine.feedback import Part
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
        or ends within the last of them; a part without times is outside.
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
        wanted = frozenset(inside)
        spans: list[Range] = case.reading.spans.tolist() if case.reading.status is ReadingStatus.READ else []
        rows: Sequence[int] = [row for row, (part, _, _) in enumerate(spans) if part in wanted]
        if self.reach is not None and self.reach.unit == "sentences" and spans:
            rows = self.reach.cut(rows)
            return Stretch(tuple(rows), ranges_of([spans[row] for row in rows]))
        return Stretch(tuple(rows), tuple((number, 0, len(parts[number].text)) for number in inside))

    def _parts(self, parts: Sequence[Part]) -> Sequence[int]:
        found = [number for number, part in enumerate(parts) if self._takes(part)]
        if self.reach is None or self.reach.unit == "sentences":
            return found
        if self.reach.unit == "turns":
            return self.reach.cut(found)
        if self.reach.end == "first":
            return [number for number in found if _begins(parts[number], self.reach.amount)]
        over = max((part.end or part.start or 0.0 for part in parts), default=0.0)
        return [number for number in found if _ends(parts[number], over - self.reach.amount)]

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


def _begins(part: Part, before: float) -> bool:
    return part.start is not None and part.start < before


def _ends(part: Part, after: float) -> bool:
    end = part.start if part.end is None else part.end
    return end is not None and end > after


def ranges_of(spans: Sequence[Range]) -> tuple[Range, ...]:
    """Return the characters from the first to the last of some neighbouring sentences, part by part."""
    found = []
    for part, some in groupby(spans, key=lambda span: span[0]):
        of_part = list(some)
        found.append((part, of_part[0][1], of_part[-1][2]))
    return tuple(found)
