"""Grounds: the labels on which a rule held, each with the sentence that was its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.reading import ReadingStatus
from engine.rules.case import Case
from engine.rules.conditions import All, AnyOf, Condition
from engine.rules.defined_condition import DefinedCondition
from engine.rules.label_condition import LabelCondition
from engine.rules.sentence_condition import judge_within
from engine.rules.text_scope import Stretch
from engine.rules.together_condition import TogetherCondition
from engine.rules.truth import Truth


@dataclass(frozen=True, slots=True)
class Ground:
    """A label that a rule asked for and found; `sentence` is its row in the reading."""

    task: str
    label: str
    sentence: int


def grounds(condition: Condition, case: Case) -> tuple[Ground, ...]:
    """Return the labels on which a condition held, or would hold if the model were sure.

    Of a node's leaves it is the strongest. What had to be absent is no ground, and neither is the branch
    of an ``any`` that did not make it hold.
    """
    truth = condition.judge(case)
    if truth is Truth.NO:
        return ()
    if isinstance(condition, LabelCondition):
        return _of_label(condition, case, None)
    if isinstance(condition, DefinedCondition):
        return grounds(condition.condition, case)
    if isinstance(condition, TogetherCondition):
        window = condition.best(case)
        return () if window is None else _each(_within(child, case, window) for child in condition.children)
    if isinstance(condition, All | AnyOf):
        alike = isinstance(condition, All)
        return _each(grounds(child, case) for child in condition.children if alike or child.judge(case) is truth)
    return ()


def _within(condition: Condition, case: Case, window: Stretch) -> tuple[Ground, ...]:
    """Return the labels on which a condition held in some sentences."""
    truth = judge_within(condition, case, window)
    if truth is Truth.NO:
        return ()
    if isinstance(condition, LabelCondition):
        return _of_label(condition, case, window)
    if isinstance(condition, All | AnyOf):
        alike = isinstance(condition, All)
        chosen = [child for child in condition.children if alike or judge_within(child, case, window) is truth]
        return _each(_within(child, case, window) for child in chosen)
    return ()


def _each(found: Iterable[tuple[Ground, ...]]) -> tuple[Ground, ...]:
    return tuple(dict.fromkeys(ground for some in found for ground in some))


def _of_label(condition: LabelCondition, case: Case, window: Stretch | None) -> tuple[Ground, ...]:
    reading = case.reading
    if reading.status is not ReadingStatus.READ or condition.at_most is not None:
        return ()
    found = condition.strongest(case, window)
    if found is None:
        return ()
    column, sentence = found
    return (Ground(*reading.taxonomy.columns[column], sentence),)
