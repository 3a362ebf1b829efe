"""A rule's conditions as a formula of literals: what must be yes, and what must be no, for the rule to fire."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from engine.located import Node
from engine.rules.conditions import All, AnyOf, Condition, NoneOf
from engine.rules.field_condition import FieldCondition
from engine.rules.field_logic import excludes, includes
from engine.rules.label_condition import LabelCondition
from engine.rules.label_logic import cannot_both_hold, implies, rules_out
from engine.rules.places import Places
from engine.rules.sentiment_condition import SentimentCondition


@dataclass(frozen=True, slots=True)
class Literal:
    """One test that must be yes, or must be no (not: unknown).

    Parameters
    ----------
    node
        Where it stands; None when nobody is to be told.
    """

    condition: Condition
    holds: bool = True
    node: Node | None = None

    @property
    def subject(self) -> Hashable:
        """What it is about: only literals of one subject say anything of each other."""
        one = self.condition
        if isinstance(one, FieldCondition):
            return one.kind, one.name
        if isinstance(one, LabelCondition):
            return one.task, one.scope
        return ("sentiment", one.scope) if isinstance(one, SentimentCondition) else (one,)

    def implies(self, other: Literal) -> bool:
        """Return whether the other surely holds where this does; both have one subject."""
        mine, theirs = self.condition, other.condition
        if mine == theirs:
            return self.holds is other.holds
        if self.holds and other.holds:
            return _includes(theirs, mine)
        if not self.holds and not other.holds:
            return _includes(mine, theirs)
        return self.holds and _rules_out(mine, theirs)

    def contradicts(self, other: Literal) -> bool:
        """Return whether surely not both hold; both have one subject."""
        mine, theirs = self.condition, other.condition
        if mine == theirs:
            return self.holds is not other.holds
        if self.holds and other.holds:
            if isinstance(mine, LabelCondition) and isinstance(theirs, LabelCondition):
                return cannot_both_hold(mine, theirs)
            return _rules_out(mine, theirs)
        if self.holds:
            return _includes(theirs, mine)
        return other.holds and _includes(mine, theirs)


@dataclass(frozen=True, slots=True)
class Every:
    """All of the parts."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of the parts."""

    parts: tuple[Formula, ...]
    node: Node | None = None


Formula = Literal | Every | Some


def formula(condition: Condition, places: Places | None = None, node: Node | None = None) -> Formula:
    """Return the formula that says when a condition is yes.

    Parameters
    ----------
    places
        Where the conditions stand.
    node
        Where those stand whose place is not known.
    """
    return _formula(condition, True, places or Places(), node)


def literals(parts: Formula) -> Iterator[Literal]:
    """Yield the literals that must hold in any case."""
    if isinstance(parts, Literal):
        yield parts
    elif isinstance(parts, Every):
        for part in parts.parts:
            yield from literals(part)


def _formula(condition: Condition, holds: bool, places: Places, node: Node | None) -> Formula:
    node = places.of(condition) or node
    if not isinstance(condition, All | AnyOf | NoneOf):
        return _literal(condition, holds, node)
    inner = holds is not isinstance(condition, NoneOf)
    parts = tuple(_formula(child, inner, places, node) for child in condition.children)
    # Not all of them is some of them not; none of them is every one of them not.
    return Every(parts) if isinstance(condition, All) is inner else Some(parts, node)


def _literal(condition: Condition, holds: bool, node: Node | None) -> Literal:
    if isinstance(condition, FieldCondition) and condition.missing is not None and not holds:
        return Literal(replace(condition, missing=not condition.missing), True, node)
    return Literal(condition, holds, node)


def _includes(wide: Condition, narrow: Condition) -> bool:
    if isinstance(wide, FieldCondition) and isinstance(narrow, FieldCondition):
        return includes(wide, narrow)
    if isinstance(wide, LabelCondition) and isinstance(narrow, LabelCondition):
        return implies(narrow, wide)
    if isinstance(wide, SentimentCondition) and isinstance(narrow, SentimentCondition):
        return set(narrow.names) <= set(wide.names)
    return False


def _rules_out(one: Condition, other: Condition) -> bool:
    if isinstance(one, FieldCondition) and isinstance(other, FieldCondition):
        return excludes(one, other)
    if isinstance(one, LabelCondition) and isinstance(other, LabelCondition):
        return rules_out(one, other)
    if isinstance(one, SentimentCondition) and isinstance(other, SentimentCondition):
        return set(one.names).isdisjoint(other.names)
    return False
