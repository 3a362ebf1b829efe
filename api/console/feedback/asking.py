"""What the page of feedback is asked for: the conditions in its address, and each in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from api.console.asked import ASKABLE, address

PATH = "/feedback"
BEFORE = "before"
Params = tuple[tuple[str, str], ...]
# Conditions of which there is one at a time.
SINGLE = frozenset(
    {"words", "unit", "customer", "employee", "alerted", "pattern", "behind", "since", "until", "sentiment"}
)
NAMES: Mapping[str, str] = {
    "source": "Source",
    "channel": "Channel",
    "language": "Language",
    "status": "Reading",
    "unit": "Unit",
    "customer": "Customer",
    "employee": "Employee",
    "rule": "Alert of rule",
    "behind": "Behind alert",
    "missing": "Without",
    "sentiment": "Sentiment",
    "since": "Since",
    "until": "Before",
    "words": "Words",
}
FLAGS: Mapping[tuple[str, str], str] = {
    ("alerted", "true"): "With an alert",
    ("alerted", "false"): "Without an alert",
    ("pattern", "true"): "Part of a pattern",
    ("pattern", "false"): "Not part of a pattern",
}


@dataclass(frozen=True, slots=True)
class Asking:
    """The conditions of an address, in its order, and from which record on.

    Parameters
    ----------
    before
        The cursor of a page; empty on the first.
    """

    params: Params = ()
    before: str = ""

    @property
    def address(self) -> str:
        """The address of the page."""
        return address(PATH, [*self.params, *([(BEFORE, self.before)] if self.before else [])])

    def value(self, name: str) -> str:
        """Return the last value of a condition, or nothing."""
        return next((value for one, value in reversed(self.params) if one == name), "")

    def has(self, name: str, value: str) -> bool:
        """Return whether it asks for something."""
        return (name, value) in self.params

    def added(self, name: str, value: str) -> Asking:
        """Return the same with one condition more; of some there is one at a time."""
        kept = [one for one in self.params if one != (name, value) and not (name in SINGLE and one[0] == name)]
        return Asking((*kept, (name, value)) if value else tuple(kept))

    def removed(self, name: str, value: str) -> Asking:
        """Return the same without a condition."""
        return Asking(tuple(one for one in self.params if one != (name, value)))

    def turned(self, name: str, value: str) -> Asking:
        """Return the same with a condition if it was not there, else without it."""
        return self.removed(name, value) if self.has(name, value) else self.added(name, value)

    def scored(self, name: str, low: str, high: str) -> Asking:
        """Return the same with one range of a score, in place of what it asked of that score."""
        kept = tuple(one for one in self.params if one[0] != "score" or one[1].rpartition(":")[0] != name)
        said = f"{name}:{low}" if low and low == high else f"{name}:{low}..{high}"
        return Asking((*kept, ("score", said)) if low or high else kept)

    def range_of(self, name: str) -> tuple[str, str]:
        """Return the ends of what it asks of a score; empty where there is none."""
        for one, value in self.params:
            score, _, said = value.rpartition(":")
            if one == "score" and score == name:
                low, dots, high = said.partition("..")
                return low, high if dots else low
        return "", ""

    def going_on(self, cursor: str) -> Asking:
        """Return the same from a record on."""
        return replace(self, before=cursor)


def asking_of(pairs: Iterable[tuple[str, str]]) -> Asking:
    """Return what an address asks; what it does not know there is passed over."""
    found = list(pairs)
    kept = tuple(dict.fromkeys((name, value) for name, value in found if name in ASKABLE and value.strip()))
    return Asking(kept, next((value for name, value in found if name == BEFORE), ""))


def said(name: str, value: str) -> str:
    """Return a condition in plain words."""
    if (name, value) in FLAGS:
        return FLAGS[name, value]
    if name == "label":
        task, _, rest = value.partition(":")
        node, sure, least = rest.partition(">=")
        return f"{task.capitalize()} {node}" + (f", at least {least}" if sure else "")
    if name == "score":
        return _range(value)
    if name == "attribute":
        return value.removeprefix("attribute.").replace(":", ": ", 1)
    return f"{NAMES.get(name, name)}: {value}"


def _range(value: str) -> str:
    score, _, ends = value.rpartition(":")
    low, dots, high = ends.partition("..")
    if not dots:
        return f"{score} {low}"
    if low and high:
        return f"{score} {low} to {high}"
    return f"{score} at least {low}" if low else f"{score} at most {high}"
