"""The conditions: a typed tree that judges a case and says why. Slow and obvious: the reference."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from engine.reading import Reading, ReadingStatus, Standing
from engine.rules.case import Case
from engine.rules.trace import Evidence, Trace
from engine.rules.truth import Truth, all_of, any_of, negate, truth_of
from engine.taxonomy import Taxonomy

Value = str | float | bool
FieldKind = Literal["score", "attribute", "channel", "language", "status", "source", "unit"]
ALL, ANY, NONE = "all of", "any of", "none of"
MOST_LISTED = 8

_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(\.[0-9]{0,15})?\Z")


class Condition(Protocol):
    """One test of a case, or a group of tests."""

    def judge(self, case: Case) -> Truth:
        """Return whether it holds."""
        ...

    def explain(self, case: Case) -> Trace:
        """Return whether it holds, with the values found and wanted."""
        ...


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the conditions."""

    children: tuple[Condition, ...]

    def judge(self, case: Case) -> Truth:
        """Return the conjunction."""
        return all_of(child.judge(case) for child in self.children)

    def explain(self, case: Case) -> Trace:
        """Explain every child."""
        return _group(ALL, self, case, self.children)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the conditions."""

    children: tuple[Condition, ...]

    def judge(self, case: Case) -> Truth:
        """Return the disjunction."""
        return any_of(child.judge(case) for child in self.children)

    def explain(self, case: Case) -> Trace:
        """Explain every child."""
        return _group(ANY, self, case, self.children)


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Not one of the conditions."""

    children: tuple[Condition, ...]

    def judge(self, case: Case) -> Truth:
        """Return the negated disjunction."""
        return negate(any_of(child.judge(case) for child in self.children))

    def explain(self, case: Case) -> Trace:
        """Explain every child."""
        return _group(NONE, self, case, self.children)


def _group(name: str, group: Condition, case: Case, children: tuple[Condition, ...]) -> Trace:
    return Trace(name, group.judge(case), children=tuple(child.explain(case) for child in children))


@dataclass(frozen=True, slots=True)
class LabelCondition:
    """One of some labels, on the record.

    Without bounds a node holds by the model's tuned thresholds, and is unknown where the model is
    unsure. With bounds the record's confidence is compared and nothing is unknown. Where nothing
    was read every label condition is unknown.

    Parameters
    ----------
    task
        emotion, intent or topic.
    names
        The nodes named by the rule.
    columns
        The reading's columns of the leaves at or below them.
    at_least, at_most
        Bounds on the highest confidence among these columns, 0 to 1.
    taxonomy
        Whose columns these are; in a reading of another one the names are looked up.
    """

    task: str
    names: tuple[str, ...]
    columns: tuple[int, ...]
    at_least: float | None = None
    at_most: float | None = None
    taxonomy: Taxonomy | None = field(default=None, compare=False, repr=False)

    def judge(self, case: Case) -> Truth:
        """Return whether one of the labels holds."""
        reading = case.reading
        columns = self._columns(reading)
        if reading.status is not ReadingStatus.READ or not columns:
            return Truth.UNKNOWN
        if self.at_least is None and self.at_most is None:
            return Truth(int(reading.standing[-1, columns].max()))
        confidence = _shown(reading.record_confidence[columns].max())
        low = self.at_least is None or confidence >= self.at_least
        return truth_of(low and (self.at_most is None or confidence <= self.at_most))

    def explain(self, case: Case) -> Trace:
        """Explain with the strongest label among the named ones and the sentence it stands in."""
        reading, truth = case.reading, self.judge(case)
        if reading.status is not ReadingStatus.READ:
            return Trace(self.said, truth, f"nothing: the reading is {reading.status}", self.wanted)
        column = self.strongest(reading)
        if column is None:
            return Trace(self.said, truth, "nothing: the model of this reading has no such label", self.wanted)
        leaf = reading.taxonomy.columns[column][1]
        confidence = _shown(reading.record_confidence[column])
        standing = Standing(int(reading.standing[-1, column])).name.lower()
        return Trace(self.said, truth, f"{leaf} {confidence:g} ({standing})", self.wanted, evidence(reading, column))

    def _columns(self, reading: Reading) -> list[int]:
        """Return the columns of the named labels in a reading; none when its taxonomy has none of them."""
        theirs = reading.taxonomy
        if self.taxonomy is None or theirs is self.taxonomy or theirs.version == self.taxonomy.version:
            return list(self.columns)
        known = set(theirs.nodes(self.task)).intersection(self.names)
        return sorted({column for name in known for column in theirs.columns_under(self.task, name)})

    def strongest(self, reading: Reading) -> int | None:
        """Return the column of the strongest label among the named ones; None if the reading has none of them."""
        columns = self._columns(reading)
        if not columns:
            return None
        row = reading.standing[-1, columns] * (self.at_least is None and self.at_most is None)
        order = np.lexsort((reading.record_confidence[columns], row))
        return columns[int(order[-1])]

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        return _listed(self.names) + _bounds(self.at_least, self.at_most)

    @property
    def said(self) -> str:
        """The condition as people say it."""
        return f"{self.task} {self.wanted}"


def _shown(confidence: np.float32) -> float:
    """Return a confidence as it is shown: four decimals, so that 0.8 in a rule is 0.8 in a reading."""
    return round(float(confidence), 4)


def evidence(reading: Reading, column: int) -> Evidence | None:
    """Return the sentence where a label is strongest, or None if the reading has no sentences."""
    if reading.n_sentences == 0:
        return None
    row = int(reading.confidence[:-1, column].argmax())
    part, start, end = (int(value) for value in reading.spans[row])
    return Evidence(row, part, start, end)


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
        value = self.value(case)
        if self.missing is not None:
            return truth_of((value is None) == self.missing)
        if value is None:
            return Truth.NO
        if self.values and not any(self._same(value, wanted) for wanted in self.values):
            return Truth.NO
        return truth_of(self._within(value))

    def _within(self, value: Value) -> bool:
        if self.at_least is None and self.at_most is None:
            return True
        if isinstance(value, str):
            number = self._number(value)
            if number is None:
                return False
            value = number
        if isinstance(value, bool):
            return False
        low = self.at_least is None or value >= self.at_least
        return low and (self.at_most is None or value <= self.at_most)

    def _same(self, value: Value, wanted: Value) -> bool:
        if isinstance(value, str) and isinstance(wanted, str):
            value, wanted = value.casefold(), wanted.casefold()
            return value == wanted or (self.kind == "unit" and value.startswith(wanted + "/"))
        if isinstance(value, bool) or isinstance(wanted, bool):
            # A flag is its own word too, but no number.
            numbers = any(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (value, wanted))
            return not numbers and _say(value).casefold() == _say(wanted).casefold()
        return self._number(value) == self._number(wanted)

    def _number(self, value: Value) -> float | None:
        if not isinstance(value, str):
            return value
        text = value.strip()
        return float(text) if self.kind == "attribute" and _NUMBER.match(text) else None

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
        return Trace(self.said, self.judge(case), self.value(case), self.wanted)

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        if self.missing is not None:
            return "missing" if self.missing else "present"
        return (_listed([_say(value) for value in self.values]) + _bounds(self.at_least, self.at_most)).strip()

    @property
    def said(self) -> str:
        """The condition as people say it."""
        return f"{self.name} {self.wanted}"


def _say(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:g}"


def _listed(names: Sequence[str]) -> str:
    shown = " or ".join(names[:MOST_LISTED])
    return shown if len(names) <= MOST_LISTED else f"{shown} or {len(names) - MOST_LISTED} more"


def _bounds(at_least: float | None, at_most: float | None) -> str:
    if at_least is not None and at_most is not None:
        return f" between {at_least:g} and {at_most:g}"
    if at_least is not None:
        return f" at least {at_least:g}"
    return f" at most {at_most:g}" if at_most is not None else ""
