"""What tests of labels say of each other: certain, or nothing.

Every test here is of the same task and of the same sentences.
"""

from __future__ import annotations

from engine.rules.label_condition import LabelCondition
from engine.taxonomy import NEUTRAL


def implies(one: LabelCondition, other: LabelCondition) -> bool:
    """Return whether `other` surely holds where `one` does."""
    if _bounded(one) != _bounded(other):
        return False
    below, above = _within(one, other), _within(other, one)
    if not _bounded(one):
        return below
    low = other.at_least is None or (below and _low(one) >= other.at_least)
    return low and (other.at_most is None or (above and _high(one) <= other.at_most))


def rules_out(one: LabelCondition, other: LabelCondition) -> bool:
    """Return whether `other` is surely no where `one` holds."""
    if not (_bounded(one) and _bounded(other)):
        return False
    too_low = _within(other, one) and _high(one) < _low(other)
    return too_low or (_within(one, other) and _low(one) > _high(other))


def cannot_both_hold(one: LabelCondition, other: LabelCondition) -> bool:
    """Return whether surely not both hold."""
    return rules_out(one, other) or _neutral_beside(one, other) or _neutral_beside(other, one)


def always_holds(one: LabelCondition) -> bool:
    """Return whether its bounds let every confidence of a record in."""
    return one.scope is None and _bounded(one) and _low(one) <= 0 and _high(one) >= 1


def _neutral_beside(neutral: LabelCondition, other: LabelCondition) -> bool:
    """Return whether one asks for neutral and the other for an emotion, of a record: it is neutral only without any."""
    if _bounded(neutral) or _bounded(other) or neutral.taxonomy is None or neutral.scope is not None:
        return False
    column = neutral.taxonomy.column(*NEUTRAL)
    return neutral.task == NEUTRAL[0] and neutral.columns == (column,) and column not in other.columns


def _bounded(one: LabelCondition) -> bool:
    return one.at_least is not None or one.at_most is not None


def _low(one: LabelCondition) -> float:
    return 0.0 if one.at_least is None else one.at_least


def _high(one: LabelCondition) -> float:
    return 1.0 if one.at_most is None else one.at_most


def _within(one: LabelCondition, other: LabelCondition) -> bool:
    """Return whether each label of one is among the other's."""
    return one.columns == other.columns or set(one.columns) <= set(other.columns)
