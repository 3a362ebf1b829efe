"""What feedback is told apart by: its labels, sentiment, unit, channel, source, language, and attributes.

Not by employee: that is coaching, and for few to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from engine.errors import QuestionError
from engine.insights.asked import Asked, LabelAsked, ValueAsked, said_value
from engine.insights.asking import attribute_name
from engine.insights.columns import Coded, Columns, Features, features_of
from engine.names import show
from engine.program import Program
from engine.rules.sentiment_condition import NEGATIVE, POSITIVE
from engine.scope import Scope
from engine.taxonomy import TASKS
from engine.units import ancestors

PLAIN = ("channel", "source", "language", "status")
SENTIMENT = "sentiment"
UNIT = "unit"
# An attribute with more different values tells records apart, not groups of them.
MOST_VALUES = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to tell feedback apart.

    Parameters
    ----------
    name
        A task, ``sentiment``, ``unit``, ``channel``, ``source``, ``language``, ``status``, or the attribute's.
    is_attribute
        Whether it is an attribute.
    declared
        Whether the program declares the attribute.
    """

    name: str
    is_attribute: bool = False
    declared: bool = True

    @property
    def column(self) -> str:
        """The column that says it."""
        if self.is_attribute:
            return "attributes"
        return "labels" if self.name in (*TASKS, SENTIMENT) else self.name

    def __str__(self) -> str:
        return self.name if self.declared else f"attribute.{self.name}"

    def features(self, columns: Columns) -> Features:
        """Return what records have of this kind; a node of a tree also where only something below it is named."""
        return features_of(columns.coded[self.column], self._names())

    def narrowed(self, asked: Asked, name: str | None) -> Asked:
        """Return the conditions of those among the asked that have a name of this kind, or (None) have none.

        Raises
        ------
        QuestionError
            If nothing can be asked for that has both.
        """
        if name is None:
            return replace(asked, missing=tuple(dict.fromkeys((*asked.missing, str(self)))))
        if self.is_attribute:
            wanted = ValueAsked(self.name, name, self.declared)
            return replace(asked, attributes=(*asked.attributes, wanted))
        if self.name in TASKS:
            return replace(asked, labels=tuple(dict.fromkeys((*asked.labels, LabelAsked(self.name, name)))))
        if self.name == UNIT:
            return replace(asked, unit=narrower(asked.unit, name))
        return replace(asked, **_one_of(self.name, name))

    def _names(self) -> Callable[[str | None], Iterable[str]]:
        if self.is_attribute:
            return lambda value: _of_attribute(value, self.name)
        if self.name in TASKS:
            return lambda value: nodes_of(value or "", self.name)
        if self.name == SENTIMENT:
            return lambda value: [sentiment_of(value or "")]
        if self.name == UNIT:
            return ancestors
        return lambda value: [] if value is None else [value]


def kind_of(name: str, program: Program, field: str = "by") -> Kind:
    """Return the kind of a name; ``attribute.NAME`` reaches an undeclared attribute.

    Raises
    ------
    QuestionError
        If it is none, or is one that nobody is to be told apart by.
    """
    if name in ("employee", "customer"):
        raise QuestionError(f"feedback is not told apart by {name}; what one employee hears of is coaching", field)
    if name in (*TASKS, SENTIMENT, UNIT, *PLAIN):
        return Kind(name)
    found = attribute_name(name, program, field)
    declared = found in program.attributes
    if not declared and ":" in found:
        raise QuestionError(f"the attribute '{show(found)}' has a colon in its name: declare it, to count it", field)
    return Kind(found, is_attribute=True, declared=declared)


def kinds_of(columns: Columns, program: Program) -> tuple[Kind, ...]:
    """Return the kinds that feedback is compared by: of attributes those with few different values, no numbers."""
    plain = tuple(map(Kind, ("topic", "intent", "emotion", UNIT, "channel", "source", "language")))
    declared = compared_attributes(program)
    few = _with_few_values(columns.coded["attributes"], declared)
    return plain + tuple(Kind(name, is_attribute=True, declared=declared is not None) for name in few)


def compared_attributes(program: Program) -> tuple[str, ...] | None:
    """Return which attributes feedback is compared by: the declared ones but numbers; None is all, without any."""
    if program.any_attribute and not program.attributes:
        return None
    return tuple(spec.name for spec in program.attributes.values() if spec.kind != "number")


def _with_few_values(column: Coded, names: Sequence[str] | None) -> Iterator[str]:
    """Yield the attributes with no more than so many values; of every name where there are none."""
    seen: dict[str, set[object] | None] = {} if names is None else {name: set() for name in names}
    for value in column.values:
        for name, one in orjson.loads(value or "{}").items():
            if names is None and name not in seen:
                seen[name] = None if ":" in name else set()
            values = seen.get(name)
            if values is None:
                continue
            values.add(one)
            if len(values) > MOST_VALUES:
                seen[name] = None
    for name, values in seen.items():
        if values and not (names is None and all(isinstance(one, float) for one in values)):
            yield name


def nodes_of(labels: str, task: str) -> Iterator[str]:
    """Yield the labels of a task that hold, and every node above them."""
    begins = f"{task}:"
    for line in labels.splitlines():
        if line.startswith(begins):
            yield from ancestors(line[len(begins) :])


def sentiment_of(labels: str) -> str:
    """Return the sentiment of labels, by the groups of emotions that hold."""
    groups = {path.partition("/")[0] for path in nodes_of(labels, "emotion")}
    good, bad = not groups.isdisjoint(POSITIVE), not groups.isdisjoint(NEGATIVE)
    if good:
        return "mixed" if bad else "positive"
    return "negative" if bad else "neutral"


def narrower(unit: str | None, other: str) -> str:
    """Return the one of two units that is below the other.

    Raises
    ------
    QuestionError
        If neither is.
    """
    if unit is None or Scope(unit).sees(other):
        return other
    if Scope(other).sees(unit):
        return unit
    raise QuestionError(f"no unit is below both {show(unit)} and {show(other)}", UNIT)


def _one_of(kind: str, name: str) -> dict[str, Any]:
    return {"statuses" if kind == "status" else f"{kind}s": (name,)}


def _of_attribute(value: str | None, name: str) -> list[str]:
    found = orjson.loads(value or "{}").get(name)
    return [] if found is None else [said_value(found)]
