"""How large a condition is once its definitions are written out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.rules.defined_condition import DefinedCondition
from engine.rules.walk import inside

MOST_CONDITIONS = 10_000
MOST_LEVELS = 32


@dataclass(frozen=True, slots=True)
class Size:
    """How many conditions there are, groups and names included, and how many levels deep they stand."""

    conditions: int
    levels: int

    @property
    def problem(self) -> str | None:
        """What is too much, or None.

        Definitions that use each other twice grow exponentially: 30 lines could stand for a billion conditions.
        """
        if self.conditions > MOST_CONDITIONS:
            return f"has more than {MOST_CONDITIONS:,} conditions once its definitions are written out; use fewer"
        if self.levels > MOST_LEVELS:
            return f"is nested deeper than {MOST_LEVELS} levels once its definitions are written out; make it flatter"
        return None


def size_of(condition: object, defined: Mapping[str, Size]) -> Size:
    """Return the size of a condition; `defined` has those of the definitions that it meets, by name."""
    if isinstance(condition, DefinedCondition):
        sizes = [defined[condition.name]]
    else:
        sizes = [size_of(child, defined) for child in inside(condition)]
    levels = 1 + max((size.levels for size in sizes), default=0)
    return Size(1 + sum(size.conditions for size in sizes), levels)
