"""Conditions on scores, attributes and facts of the record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from engine.rules.case import Case
from engine.rules.phrasing import Value, bounds, listed, say
from engine.rules.trace import Trace
from engine.rules.truth import Truth, truth_of

FieldKind = Literal["score", "attribute", "channel", "language", "status", "source", "unit"]

_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(\.[0-9]{0,15})?\Z")


@dataclass(frozen=True, slots=True)
class FieldCondition:
    """A test of a score, an attribute or a fact of the record. Never unknown: missing is no.

    Parameters
    ----------
    kind, name
        Where the value stands; the name of a score or attribute, else the kind again.
    values
        Any of these; texts are compared without regard to case, units by path. Undeclared attributes come
        as their sender had them, and from a CSV as text: there a text that is a number or a flag counts as one.
    at_least, at_most
        Bounds for numbers.
    missing
        True holds when there is no value, False when there is one.
    """

    kind: FieldKind
    name: str
    values: tuple[Value, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    missing: bool | None = None

    def judge(self, case: Case) -> Truth:
        """Return whether the value fits."""
        return truth_of(self.holds(self.value(case)))

    def holds(self, value: Value | None) -> bool:
        """Return whether a value fits."""
        if self.missing is not None:
            return (value is None) == self.missing
        if value is None:
            return False
        if self.values and not any(self._same(value, wanted) for wanted in self.values):
            return False
        return self._within(value)

    def _within(self, value: Value) -> bool:
        if not self.has_bounds:
            return True
        number = self.number(value)
        if number is None:
            return False
        low = self.at_least is None or number >= self.at_least
        return low and (self.at_most is None or number <= self.at_most)

    def _same(self, value: Value, wanted: Value) -> bool:
        if isinstance(value, str) and isinstance(wanted, str):
            value, wanted = value.casefold(), wanted.casefold()
            return value == wanted or (self.kind == "unit" and value.startswith(wanted + "/"))
        if isinstance(value, bool) or isinstance(wanted, bool):
            # A flag is its own word too, but no number.
            numbers = any(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (value, wanted))
            return not numbers and say(value).casefold() == say(wanted).casefold()
        return self.number(value) == self.number(wanted)

    def number(self, value: Value) -> float | None:
        """Return the number that a value counts as, or None."""
        if isinstance(value, str):
            text = value.strip()
            return float(text) if self.kind == "attribute" and _NUMBER.match(text) else None
        return None if isinstance(value, bool) else value

    def value(self, case: Case) -> Value | None:
        """Return the value found, or None."""
        feedback = case.feedback
        if self.kind == "score":
            return feedback.scores.get(self.name)
        if self.kind == "attribute":
            return feedback.attributes.get(self.name)
        if self.kind == "language":
            return case.reading.language
        if self.kind == "status":
            return str(case.reading.status)
        found: str | None = getattr(feedback, self.kind)
        return found

    def explain(self, case: Case) -> Trace:
        """Explain with the value found."""
        value, wanted = self.value(case), self.wanted
        return Trace(f"{self.name} {wanted}", truth_of(self.holds(value)), value, wanted)

    @property
    def has_bounds(self) -> bool:
        """Whether it has a bound for numbers."""
        return self.at_least is not None or self.at_most is not None

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        if self.missing is not None:
            return "missing" if self.missing else "present"
        return (listed([say(value) for value in self.values]) + bounds(self.at_least, self.at_most)).strip()

    @property
    def said(self) -> str:
        """The condition as people say it."""
        return f"{self.name} {self.wanted}"
