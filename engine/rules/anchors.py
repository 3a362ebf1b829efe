"""Anchors: by what a rule is found among many, as one that another rule may fall under."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from engine.rules.field_condition import FieldCondition
from engine.rules.field_logic import covering, written
from engine.rules.formula import Literal
from engine.rules.label_condition import LabelCondition

MOST_ANCHORS = 64


def shelves_of(literal: Literal) -> tuple[Hashable, ...]:
    """Return the shelves on which a test stands, to be found by the tests that imply it."""
    one, subject = literal.condition, literal.subject
    if isinstance(one, FieldCondition) and literal.holds and one.kind != "unit" and 0 < len(one.values) <= MOST_ANCHORS:
        return tuple((subject, key) for value in one.values for key in written(value))
    if isinstance(one, LabelCondition) and literal.holds:
        return tuple((subject, column) for column in one.columns)
    if isinstance(one, LabelCondition):
        return ((subject, "none", one.columns[0]),)
    return (subject,)


def searched(literal: Literal) -> Iterator[Hashable]:
    """Yield the shelves on which the tests stand that a test may imply."""
    one, subject = literal.condition, literal.subject
    if not isinstance(one, LabelCondition):
        yield subject
    elif literal.holds:
        yield (subject, one.columns[0])
    else:
        yield from ((subject, "none", column) for column in one.columns)
    if isinstance(one, FieldCondition) and literal.holds and one.values:
        yield from ((subject, key) for key in covering(one, one.values[0]))
