"""Conditions that can be judged on some sentences, alone and in groups."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from engine.rules.case import Case
from engine.rules.conditions import ALL, ANY, NONE, All, AnyOf, Condition, NoneOf
from engine.rules.text_scope import Stretch
from engine.rules.trace import Trace
from engine.rules.truth import Truth, all_of, any_of, negate

_NAMES = {All: ALL, AnyOf: ANY, NoneOf: NONE}


@runtime_checkable
class SentenceCondition(Condition, Protocol):
    """A condition that can be judged on any stretch of what was said, whatever its own scope."""

    def judge_within(self, case: Case, stretch: Stretch) -> Truth:
        """Return whether it holds in a stretch."""
        ...

    def explain_within(self, case: Case, stretch: Stretch) -> Trace:
        """Return whether it holds in a stretch, with the values found and wanted."""
        ...


def judge_within(condition: Condition, case: Case, stretch: Stretch) -> Truth:
    """Return whether a condition, or a group of such, holds in a stretch.

    Raises
    ------
    TypeError
        If it is a condition on something other than text.
    """
    if isinstance(condition, All | AnyOf | NoneOf):
        truths = (judge_within(child, case, stretch) for child in condition.children)
        if isinstance(condition, All):
            return all_of(truths)
        return any_of(truths) if isinstance(condition, AnyOf) else negate(any_of(truths))
    return _on_sentences(condition).judge_within(case, stretch)


def explain_within(condition: Condition, case: Case, stretch: Stretch) -> Trace:
    """Return the trace of a condition, or of a group of such, in a stretch.

    Raises
    ------
    TypeError
        If it is a condition on something other than text.
    """
    if isinstance(condition, All | AnyOf | NoneOf):
        children = tuple(explain_within(child, case, stretch) for child in condition.children)
        return Trace(_NAMES[type(condition)], judge_within(condition, case, stretch), children=children)
    return _on_sentences(condition).explain_within(case, stretch)


def _on_sentences(condition: Condition) -> SentenceCondition:
    if not isinstance(condition, SentenceCondition):
        raise TypeError(f"{type(condition).__name__} cannot be judged on some sentences")
    return condition
