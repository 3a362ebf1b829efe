"""Yes, no, unknown: Kleene's three-valued logic.

References
----------
S. C. Kleene, Introduction to Metamathematics (1952), section 64: the strong connectives.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Truth(IntEnum):
    """Whether a condition holds; ordered, so that `and` is the least and `or` the greatest."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    @property
    def said(self) -> str:
        """The word for people and files."""
        return self.name.lower()


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return the conjunction; of nothing it is yes."""
    return min(truths, default=Truth.YES)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return the disjunction; of nothing it is no."""
    return max(truths, default=Truth.NO)


def negate(truth: Truth) -> Truth:
    """Return the negation; unknown stays unknown."""
    return Truth(2 - truth)


def truth_of(holds: bool) -> Truth:
    """Return yes or no."""
    return Truth.YES if holds else Truth.NO
