"""Loading where a condition looks: `speaker`, `question`, `within_first` and `within_last`."""

from __future__ import annotations

from typing import cast

from engine.durations import parse_duration
from engine.fields import as_written, check_keys, choice_of, number_of, texts_of
from engine.located import Findings, Node
from engine.rules.question_condition import Questions
from engine.rules.text_scope import CUSTOMER, End, Reach, TextScope, Unit, Whose

SCOPE_KEYS = ("speaker", "question", "within_first", "within_last")
SPEAKERS = ("customer", "agent", "other", "anyone")
REACHES: tuple[tuple[str, End], ...] = (("within_first", "first"), ("within_last", "last"))
UNITS = ("sentences", "turns")
MOST_COUNTED = 1_000
MOST_QUESTIONS = 100
MOST_QUESTION = 500
MOST_STARS = 10


def load_scope(node: Node, findings: Findings) -> TextScope | None:
    """Return where a condition looks; None for all that the customer said, written out or not."""
    speaker = choice_of(node.get("speaker"), "speaker", SPEAKERS, findings) or "customer"
    asked = node.get("question")
    questions = None if asked is None else load_questions(asked, findings)
    scope = TextScope(cast(Whose, speaker), questions, _reach(node, findings))
    return None if scope == CUSTOMER else scope


def load_questions(node: Node, findings: Findings) -> Questions | None:
    """Return the questions that a text or a list of texts means, or None with errors."""
    before = findings.errors
    texts = texts_of(node, "question", findings)
    if not texts and findings.errors == before:
        findings.error(node, "question names no question; write its text")
    if len(texts) > MOST_QUESTIONS:
        findings.error(node, f"question lists more than {MOST_QUESTIONS} questions; use a wildcard (*)")
    if any(text.count("*") > MOST_STARS for text in texts):
        findings.error(node, f"a question may hold at most {MOST_STARS} wildcards (*)")
    return Questions(texts) if findings.errors == before else None


def _reach(node: Node, findings: Findings) -> Reach | None:
    found = [(value, key, end) for key, end in REACHES if (value := node.get(key)) is not None]
    if len(found) > 1:
        findings.error(found[1][0], "within_first and within_last cannot stand together; use one of them")
    if not found:
        return None
    value, key, end = found[0]
    return _counted(value, key, end, findings) if value.is_map else _timed(value, key, end, findings)


def _timed(node: Node, key: str, end: End, findings: Findings) -> Reach | None:
    try:
        seconds = int(parse_duration(str(as_written(node).value)).total_seconds())
    except ValueError:
        seconds = 0
    if not seconds:
        findings.error(node, f"{key} must be a span of time such as 60s, {{sentences: 3}} or {{turns: 2}}")
        return None
    return Reach(end, seconds, "seconds")


def _counted(node: Node, key: str, end: End, findings: Findings) -> Reach | None:
    before = findings.errors
    check_keys(node, UNITS, f"unit of {key}", findings)
    units = [unit for unit in UNITS if node.get(unit) is not None]
    if len(units) != 1 and findings.errors == before:
        findings.error(node, f"{key} counts either sentences or turns, such as {{sentences: 3}}")
    if findings.errors > before:
        return None
    amount = load_count(node.get(units[0]), units[0], findings)
    return None if amount is None else Reach(end, amount, cast(Unit, units[0]))


def load_count(node: Node | None, what: str, findings: Findings, *, least: int = 1) -> int | None:
    """Return a whole number from `least` to 1,000, or None (reported when it is there but is none)."""
    value = number_of(node, what, findings)
    if value is None or node is None:
        return None
    if not (least <= value <= MOST_COUNTED and value.is_integer()):
        findings.error(node, f"{what} must be a whole number from {least} to {MOST_COUNTED:,}, not {value:g}")
        return None
    return int(value)
