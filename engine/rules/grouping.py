"""Groupings: by what feedback is counted, and what a cooldown is per."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.rules.case import Case
from engine.rules.phrasing import say

FactName = Literal["customer", "employee", "unit", "channel", "source", "language"]
FACTS: tuple[FactName, ...] = ("customer", "employee", "unit", "channel", "source", "language")
SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Grouping:
    """One thing that feedback is grouped by.

    Parameters
    ----------
    name
        customer, employee, unit, channel, source, language, or the name of an attribute.
    attribute
        Whether it is an attribute.
    """

    name: str
    attribute: bool = False

    def value(self, case: Case) -> str | None:
        """Return a feedback's group, or None if it has none."""
        if self.attribute:
            found = case.feedback.attributes.get(self.name)
            return None if found is None else say(found)
        if self.name == "language":
            return case.reading.language
        value: str | None = getattr(case.feedback, self.name)
        return value


def key_of(groupings: tuple[Grouping, ...], case: Case) -> str | None:
    """Return the key of a feedback under some groupings: empty without groupings, None where one has no value.

    Texts that differ in case only are one key.
    """
    values = [one.value(case) for one in groupings]
    found = [value.casefold() for value in values if value is not None]
    return SEPARATOR.join(found) if len(found) == len(values) else None


def say_key(key: str) -> str:
    """Return a key as people read it."""
    return key.replace(SEPARATOR, ", ")


def say_groupings(groupings: tuple[Grouping, ...]) -> str:
    """Return groupings as people say them, with a space before; nothing when there are none."""
    return f" per {' and '.join(one.name for one in groupings)}" if groupings else ""
