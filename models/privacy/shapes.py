"""A shape: a pattern of one kind of personal data, with a check of what it matched and the words it needs nearby."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from engine.privacy.policy import Finding, Kind

BEFORE, AFTER = 48, 24


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern of one kind.

    Parameters
    ----------
    kind
        What it is.
    pattern
        Its written form. Its group ``it``, where it has one, is what is found. Repeats are bounded, so that time grows
        with the text alone.
    score
        How sure a match is.
    check
        What tells whether the letters and digits of a match, in capitals and without anything between, are one; check
        digits as a rule.
    cue
        Words of which one has to stand within 48 characters before or 24 after it.
    """

    kind: Kind
    pattern: re.Pattern[str]
    score: float
    check: Callable[[str], bool] | None = None
    cue: re.Pattern[str] | None = None

    def find(self, text: str) -> Iterator[Finding]:
        """Yield what has this shape in a plain text."""
        group = "it" if "it" in self.pattern.groupindex else 0
        for found in self.pattern.finditer(text):
            start, end = found.span(group)
            if self.check is not None and not self.check(compact(found[group])):
                continue
            if self.cue is not None and not near(self.cue, text, start, end):
                continue
            yield Finding(start, end, self.kind, self.score)


def compact(written: str) -> str:
    """Return the letters and digits of what is written, in capitals."""
    return "".join(filter(str.isalnum, written)).upper()


def near(cue: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """Tell whether a cue stands shortly before or after a span."""
    return bool(cue.search(text, max(0, start - BEFORE), start) or cue.search(text, end, end + AFTER))


def words(*patterns: str) -> re.Pattern[str]:
    """Return a pattern of any of these, as whole words, in any case."""
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(patterns)})(?![^\W_])", re.IGNORECASE)


def find_all(shapes: Sequence[Shape], text: str) -> Iterator[Finding]:
    """Yield what has any of the shapes."""
    for shape in shapes:
        yield from shape.find(text)
