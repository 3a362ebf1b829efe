"""Loading the conditions on text: what was said, its sentiment, the question answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.fields import check_keys
from engine.located import Node
from engine.names import unknown
from engine.rules.conditions import Condition
from engine.rules.question_condition import QuestionCondition
from engine.rules.says_loader import load_says
from engine.rules.scope_loader import SCOPE_KEYS, load_questions, load_scope
from engine.rules.sentiment_condition import NEGATIVE, POSITIVE, SENTIMENTS, SentimentCondition, side_columns
from engine.rules.together_loader import load_same_sentence, load_together

if TYPE_CHECKING:
    from engine.rules.condition_loader import ConditionLoader

SENTIMENT_KEYS = ("is", *SCOPE_KEYS)


def _sentiment(loader: ConditionLoader, key: str, where: Node, value: Node) -> Condition | None:
    findings, before = loader.findings, loader.findings.errors
    named, scope = value, None
    if value.is_map:
        check_keys(value, SENTIMENT_KEYS, f"test of {key}", findings)
        scope = load_scope(value, findings)
        named = value.get("is") or Node(None, value.line, value.column)
    entries = named.value if named.is_list else [named]
    names = [entry.value for entry in entries if entry.value in SENTIMENTS]
    for entry in entries:
        if not isinstance(entry.value, str):
            findings.error(entry, f"{key} must be one of {', '.join(SENTIMENTS)}, not {entry.kind}")
        elif entry.value not in SENTIMENTS:
            findings.error(entry, unknown(key, entry.value, SENTIMENTS))
    if not entries:
        findings.error(named, f"{key} names nothing; name one of {', '.join(SENTIMENTS)}")
    groups = POSITIVE + NEGATIVE
    if not side_columns(loader.taxonomy, groups):
        findings.error(where, f"the model has none of the emotions behind a sentiment ({', '.join(groups)})")
    return SentimentCondition(tuple(dict.fromkeys(names)), scope) if findings.errors == before else None


def _question(loader: ConditionLoader, _key: str, _where: Node, value: Node) -> Condition | None:
    questions = load_questions(value, loader.findings)
    return None if questions is None else QuestionCondition(questions)


def _says(loader: ConditionLoader, _key: str, _where: Node, value: Node) -> Condition | None:
    return load_says(value, loader.findings)


TextLoader = Callable[["ConditionLoader", str, Node, Node], Condition | None]
TEXT_LOADERS: dict[str, TextLoader] = {
    "sentiment": _sentiment,
    "says": _says,
    "question": _question,
    "together": load_together,
    "same_sentence": load_same_sentence,
}
