"""Grounds: the labels on which a rule held, each with the sentence that was its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from engine.reading import ReadingStatus
from engine.rules.case import Case
from engine.rules.conditions import All, AnyOf, Condition
from engine.rules.label_condition import LabelCondition
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
        return _of_label(condition, case)
    if isinstance(condition, All | AnyOf):
        alike = isinstance(condition, All)
        chosen = [child for child in condition.children if alike or child.judge(case) is truth]
        return tuple(dict.fromkeys(ground for child in chosen for ground in grounds(child, case)))
    return ()


def _of_label(condition: LabelCondition, case: Case) -> tuple[Ground, ...]:
    reading = case.reading
    if reading.status is not ReadingStatus.READ or condition.at_most is not None:
        return ()
    found = condition.strongest(case)
    if found is None:
        return ()
    column, sentence = found
    return (Ground(*reading.taxonomy.columns[column], sentence),)
