"""Conditions in plain English, one function a kind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

from engine.rules.conditions import All, AnyOf, Condition, NoneOf
from engine.rules.defined_condition import DefinedCondition
from engine.rules.field_condition import FieldCondition
from engine.rules.label_condition import LabelCondition
from engine.rules.phrasing import say
from engine.rules.plain_words import EMOTIONS, INTENTS, SPEAKERS, plain_name
from engine.rules.saying import Saying, either, listing


@singledispatch
def say_condition(condition: Condition) -> Saying:
    """Return a condition in plain English: what must be so.

    Raises
    ------
    TypeError
        For a kind of condition that has no words here.
    """
    raise TypeError(f"{type(condition).__name__} has no words in plain English")


def flat(condition: Condition) -> list[Condition]:
    """Return the conditions that must all hold, without groups inside groups that say the same."""
    if not isinstance(condition, All):
        return [condition]
    return [one for child in condition.children for one in flat(child)]


@say_condition.register
def _all(condition: All) -> Saying:
    return listing(_said(flat(condition)), one="", several="all of these hold:")


@say_condition.register
def _any(condition: AnyOf) -> Saying:
    return listing(_said(condition.children), one="", several="at least one of these holds:")


@say_condition.register
def _none(condition: NoneOf) -> Saying:
    return listing(_said(condition.children), one="it is not so that", several="none of these holds:")


@say_condition.register
def _defined(condition: DefinedCondition) -> Saying:
    inside = say_condition(condition.condition)
    return inside.after(f"it meets '{condition.name}', which means:")


@say_condition.register
def _label(condition: LabelCondition) -> Saying:
    said = _labelled(condition.task, condition.names)
    named = f"{condition.task} {either(condition.names)}"
    low, high = condition.at_least, condition.at_most
    if low is None and high is None:
        return Saying(f"{said} ({named}, as sure as the model needs)")
    if low is not None and high is not None:
        sure = f"between {low:g} and {high:g}"
    else:
        sure = f"at least {low:g}" if low is not None else f"at most {high:g}"
    return Saying(f"the model is {sure} sure that {said} ({named})")


def _labelled(task: str, names: Sequence[str]) -> str:
    """Return what is so when one of some labels holds."""
    subject = SPEAKERS["customer"]
    if task == "emotion" and all(name in EMOTIONS for name in names):
        return f"{subject} is {either(_once([EMOTIONS[name] for name in names]))}"
    if task == "intent" and all(name in INTENTS for name in names):
        return f"{subject} {either([INTENTS[name] for name in names])}"
    words = either([plain_name(name) for name in names])
    return f"it is about {words}" if task == "topic" else f"the {task} is {words}"


@say_condition.register
def _field(condition: FieldCondition) -> Saying:
    name = plain_name(condition.name)
    name = name if condition.kind in ("score", "attribute") else f"the {name}"
    if condition.missing is not None:
        return Saying(f"{name} is missing" if condition.missing else f"{name} is there")
    tests = []
    if condition.values:
        tests.append(either([say(value) for value in condition.values]))
    if condition.at_least is not None and condition.at_most is not None:
        tests.append(f"between {condition.at_least:g} and {condition.at_most:g}")
    elif condition.at_least is not None:
        tests.append(f"{condition.at_least:g} or more")
    elif condition.at_most is not None:
        tests.append(f"{condition.at_most:g} or less")
    below = ", or a unit below" if condition.kind == "unit" else ""
    return Saying(f"{name} is {' and '.join(tests)}{below}")


def _said(conditions: Sequence[Condition]) -> list[Saying]:
    return [say_condition(one) for one in conditions]


def _once(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(words))
