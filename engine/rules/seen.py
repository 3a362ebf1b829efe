"""What feedback has had lately: the attributes, values and channels that a store has seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.feedback import Feedback
from engine.rules.phrasing import say

# A name with more values than that is one of numbers or free texts, and no value of it is missed.
MOST_VALUES = 1_000
FACTS = ("channel", "source", "unit")


@dataclass(frozen=True)
class Seen:
    """What some feedback had.

    Parameters
    ----------
    records
        How many there were.
    values
        The values of each attribute and fact by its name, as they came; None where there were too many to keep.
    scores
        The names of the scores that were given.
    """

    records: int = 0
    values: Mapping[tuple[str, str], frozenset[str] | None] = field(default_factory=dict)
    scores: frozenset[str] = frozenset()


class Sightings:
    """Gathers what feedback has."""

    def __init__(self) -> None:
        self._records = 0
        self._values: dict[tuple[str, str], set[str] | None] = {}
        self._scores: set[str] = set()

    def add(self, feedback: Feedback) -> None:
        """Take one feedback in."""
        self._records += 1
        self._scores.update(feedback.scores)
        for name, value in feedback.attributes.items():
            self._put(("attribute", name), say(value))
        for fact in FACTS:
            value = getattr(feedback, fact)
            if value is not None:
                self._put((fact, fact), value)

    def _put(self, key: tuple[str, str], value: str) -> None:
        values = self._values.setdefault(key, set())
        if values is None:
            return
        values.add(value)
        if len(values) > MOST_VALUES:
            self._values[key] = None

    def seen(self) -> Seen:
        """Return what was gathered."""
        values = {key: None if found is None else frozenset(found) for key, found in self._values.items()}
        return Seen(self._records, values, frozenset(self._scores))
