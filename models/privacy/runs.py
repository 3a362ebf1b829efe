"""Runs of digits, and what is made of digits and says nothing of a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from engine.privacy.policy import Finding, Kind
from models.privacy.views import BLANK

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_UNIT = (
    r"(?:€|£|\$|¥|₹|%|eur|usd|gbp|inr|euros?|dollars?|bucks|pounds?|quid|rupees|cents?|pence|percent|per cent"
    r"|[ap]\.?m\.?|days?|weeks?|months?|years?|hours?|hrs?|minutes?|mins?|seconds?|secs?|times|points?|stars?"
    r"|miles?|kms?|kg|gb|mb|ml)"
)
_DATE = (
    r"(?<!\d)(?<!\d[./-])(?:(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)\d\d|\d\d)"
    r"|(?:0?[1-9]|1[0-2])([./-])(?:0?[1-9]|[12]\d|3[01])\2(?:(?:19|20)\d\d|\d\d)"
    r"|(?:19|20)\d\d([./-])(?:0?[1-9]|1[0-2])\3(?:0?[1-9]|[12]\d|3[01]))(?!\d)(?![./-]\d)(?:[ t]\d{1,2}(?=:))?"
)
_THOUSANDS = r"\d{1,3}(?:[,.]\d{3}){0,4}(?:[.,]\d{1,2})?"
_HARMLESS = re.compile(
    rf"{_DATE}"
    r"|(?<!\d)\d{1,2}(?::\d\d){1,2}(?:\.\d{1,6})?(?!\d)"
    rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:,?\s(?:19|20)\d\d(?!\d))?(?![^\W_])"
    rf"|(?<![^\W_]){_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s(?:19|20)\d\d(?!\d))?(?![\w-])"
    rf"|[$£€¥₹]\s?(?:{_THOUSANDS}|\d{{1,12}}(?:[.,]\d{{1,2}})?)(?!\d)"
    rf"|(?<![\d.,-])(?<!\d )(?:{_THOUSANDS}|\d{{4,7}}(?:[.,]\d{{1,2}})?)\s?{_UNIT}(?![^\W_])"
    r"|(?<![\d.])\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,2})?(?![\d,-])"
    r"|\bv(?:ersion)?\.?\s?\d+(?:\.\d+){1,4}",
    re.IGNORECASE,
)
# Up to three signs may stand between digits: "+44 (0) 20", "(020) - 79"; a comma only as one hears a pause.
_RUN = re.compile(r"\d(?:(?:(?:[ \t\n\r/()_*|-]|\.(?!\s)){0,3}|, )\d)+")
_GROUP = re.compile(r"\d+")
MOST_DIGITS = 19


def without_harmless(text: str) -> str:
    """Return a text of the same length in which dates, times, prices, amounts and versions are blank."""
    return _HARMLESS.sub(lambda found: BLANK * len(found[0]), text)


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive groups of digits of a text, each with where it starts and ends."""

    text: str
    groups: tuple[tuple[int, int], ...]

    @property
    def digits(self) -> str:
        """All its digits."""
        return "".join([self.text[start:end] for start, end in self.groups])

    @property
    def first(self) -> str:
        """The digits of its first group."""
        start, end = self.groups[0]
        return self.text[start:end]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many digits each group has."""
        return tuple([end - start for start, end in self.groups])

    @property
    def signed(self) -> bool:
        """Whether a plus stands before it."""
        start = self.groups[0][0]
        return "+" in self.text[max(0, start - 2) : start]

    def finding(self, kind: Kind, score: float) -> Finding:
        """Return it as a finding, with the plus or bracket before it."""
        start, end = self.groups[0][0], self.groups[-1][1]
        while start > 0 and self.text[start - 1] in "+(":
            start -= 1
        return Finding(start, end, kind, score)

    def windows(self, at: int) -> Iterator[Run]:
        """Yield the runs of whole groups from a group on that have 7 to 19 digits, the longest first."""
        total, ends = 0, []
        for end in range(at, len(self.groups)):
            start, stop = self.groups[end]
            total += stop - start
            if total > MOST_DIGITS:
                break
            if total >= 7:
                ends.append(end + 1)
        for end in reversed(ends):
            yield Run(self.text, self.groups[at:end])


def runs(text: str) -> Iterator[Run]:
    """Yield the runs of digits of a plain text that are no date, time, price or amount."""
    text = without_harmless(text)
    for found in _RUN.finditer(text):
        yield Run(text, tuple([group.span() for group in _GROUP.finditer(text, *found.span())]))


def all_years(run: Run) -> bool:
    """Tell whether every group is a year."""
    return all(end - start == 4 and run.text[start : start + 2] in ("19", "20") for start, end in run.groups)


def counted(run: Run) -> bool:
    """Tell whether somebody counts or lists: groups that go up or down in even steps, "1 2 3 4 5 6 7"."""
    if len(run.groups) < 4:
        return False
    values = [int(run.text[start:end]) for start, end in run.groups]
    return len({later - earlier for earlier, later in pairwise(values)}) == 1 and values[0] != values[-1]
