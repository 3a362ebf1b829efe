"""Where a condition looks, and what somebody said, in plain English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from engine.rules.about_condition import AboutCondition
from engine.rules.conditions import All, AnyOf, Condition, NoneOf
from engine.rules.label_condition import LabelCondition
from engine.rules.phrasing import quoted
from engine.rules.plain_words import EMOTIONS, INTENTS, SPEAKERS, plain_name, spelt
from engine.rules.question_condition import Questions
from engine.rules.saying import either
from engine.rules.says_condition import SaysCondition, Term
from engine.rules.sentiment_condition import SentimentCondition
from engine.rules.text_scope import CUSTOMER, Reach, TextScope, Whose


def who(scope: TextScope | None) -> str:
    """Return whose words are looked at."""
    return SPEAKERS[(scope or CUSTOMER).speaker]


def where(scope: TextScope | None) -> str:
    """Return at which place they are looked at, with a space before; nothing for everywhere."""
    scope = scope or CUSTOMER
    answer = "" if scope.questions is None else f" in answer to {say_questions(scope.questions)}"
    return answer + ("" if scope.reach is None else f" within {_reach(scope.reach)}")


def say_questions(questions: Questions) -> str:
    """Return some questions, any of them."""
    return either([quoted(text) for text in questions.texts])


def _reach(reach: Reach) -> str:
    if reach.unit == "seconds":
        much = spelt(timedelta(seconds=reach.amount)).removeprefix("1 ")
    else:
        much = reach.unit.removesuffix("s") if reach.amount == 1 else f"{reach.amount} {reach.unit}"
    return f"the {reach.end} {much}"


def spoken_by(condition: Condition, speaker: Whose) -> Condition:
    """Return a condition as it is judged on a speaker's sentences."""
    if isinstance(condition, All | AnyOf | NoneOf):
        return type(condition)(tuple(spoken_by(child, speaker) for child in condition.children))
    if isinstance(condition, LabelCondition | SentimentCondition | SaysCondition | AboutCondition):
        return replace(condition, scope=TextScope(speaker))
    return condition


def say_labels(task: str, names: Sequence[str], scope: TextScope | None) -> str:
    """Return what is so when one of some labels holds."""
    subject, there = who(scope), where(scope)
    if task == "emotion" and all(name in EMOTIONS for name in names):
        return f"{subject} is {either(list(dict.fromkeys(EMOTIONS[name] for name in names)))}{there}"
    if task == "intent" and all(name in INTENTS for name in names):
        return f"{subject} {either([INTENTS[name] for name in names])}{there}"
    words = either([plain_name(name) for name in names])
    if task != "topic":
        return f"the {task} of {subject} is {words}{there}"
    about = "it is about" if subject == SPEAKERS["customer"] else f"{subject} talks about"
    return f"{about} {words}{there}"


def say_words(condition: SaysCondition) -> str:
    """Return what is so when something was said."""
    several = len(condition.terms) > 1
    terms = [_term(term, bracket=several) for term in condition.terms]
    words = "word" if condition.near == 1 else "words"
    near = "" if condition.near is None else f", all within {condition.near} {words} of each other"
    return f"{who(condition.scope)} says {' and '.join(terms)}{near}{where(condition.scope)}"


def _term(term: Term, *, bracket: bool) -> str:
    said = either([quoted(phrase.text) for phrase in term])
    return f"({said})" if bracket and len(term) > 1 else said


def say_meaning(condition: AboutCondition) -> str:
    """Return what is so when something much like a phrase was said."""
    alike = f"(alike to {condition.at_least:g} or more)"
    return f"{who(condition.scope)} says much the same as {quoted(condition.about)} {alike}{where(condition.scope)}"
