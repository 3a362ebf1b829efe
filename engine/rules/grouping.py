"""Groupings: by what feedback is counted, and what a cooldown is per."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from engine.rules.case import Case
from engine.rules.phrasing import say

FactName = Literal["customer", "employee", "unit", "channel", "source", "language"]
FACTS: tuple[FactName, ...] = ("customer", "employee", "unit", "channel", "source", "language")
_SEPARATOR = "\x1f"
# An attribute may hold any character: two different keys stay different.
_ESCAPED = str.maketrans({"\x1e": "\x1e0", "\x1f": "\x1e1"})


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

    @property
    def is_unit(self) -> bool:
        """Whether it is the unit, and no attribute of that name."""
        return self.name == "unit" and not self.attribute

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

    Texts that differ in case only are one key; units are paths that a scope compares exactly, and so does a key.
    """
    found = []
    for one in groupings:
        value = one.value(case)
        if value is None:
            return None
        found.append(value if one.is_unit else value.casefold())
    return key_from(found)


def key_from(values: Iterable[str]) -> str:
    """Return the key of some values."""
    return _SEPARATOR.join(value.translate(_ESCAPED) for value in values)


def values_of(key: str) -> tuple[str, ...]:
    """Return what a key was made of."""
    return tuple(one.replace("\x1e1", "\x1f").replace("\x1e0", "\x1e") for one in key.split(_SEPARATOR))


def say_key(key: str) -> str:
    """Return a key as people read it."""
    return ", ".join(values_of(key))


def say_groupings(groupings: tuple[Grouping, ...]) -> str:
    """Return groupings as people say them, with a space before; nothing when there are none."""
    return f" per {' and '.join(one.name for one in groupings)}" if groupings else ""
