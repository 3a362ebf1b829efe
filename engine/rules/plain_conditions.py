"""Conditions in plain English, one function a kind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

from engine.rules.about_condition import AboutCondition
from engine.rules.conditions import All, AnyOf, Condition, NoneOf
from engine.rules.defined_condition import DefinedCondition
from engine.rules.field_condition import FieldCondition
from engine.rules.label_condition import LabelCondition
from engine.rules.phrasing import say
from engine.rules.plain_text import say_labels, say_meaning, say_questions, say_words, spoken_by, where, who
from engine.rules.plain_words import plain_name
from engine.rules.question_condition import QuestionCondition
from engine.rules.saying import Saying, either, listing
from engine.rules.says_condition import SaysCondition
from engine.rules.sentiment_condition import SentimentCondition
from engine.rules.text_scope import CUSTOMER
from engine.rules.together_condition import TogetherCondition


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
    said = say_labels(condition.task, condition.names, condition.scope)
    named = f"{condition.task} {either(condition.names)}"
    low, high = condition.at_least, condition.at_most
    if low is None and high is None:
        return Saying(f"{said} ({named}, as sure as the model needs)")
    if low is not None and high is not None:
        sure = f"between {low:g} and {high:g}"
    else:
        sure = f"at least {low:g}" if low is not None else f"at most {high:g}"
    return Saying(f"the model is {sure} sure that {said} ({named})")


@say_condition.register
def _sentiment(condition: SentimentCondition) -> Saying:
    place = where(condition.scope)
    return Saying(f"{who(condition.scope)} is {either(condition.names)}{place} (sentiment, by the emotions)")


@say_condition.register
def _says(condition: SaysCondition) -> Saying:
    return Saying(say_words(condition))


@say_condition.register
def _about(condition: AboutCondition) -> Saying:
    return Saying(say_meaning(condition))


@say_condition.register
def _question(condition: QuestionCondition) -> Saying:
    return Saying(f"the customer answers {say_questions(condition.questions)}")


@say_condition.register
def _together(condition: TogetherCondition) -> Saying:
    many = "one sentence" if condition.sentences == 1 else f"{condition.sentences} sentences in a row"
    place, speaker = f"in {many}{where(condition.scope)}", (condition.scope or CUSTOMER).speaker
    children = [spoken_by(child, speaker) for child in condition.children]
    return listing(_said(children), one=f"{place},", several=f"{place}, all of these hold:")


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
