"""Values in rules: as they are written, and as they arrive."""

from __future__ import annotations

from typing import Any

import pytest

from engine.intake import admit
from engine.program import AttributeSpec, Program, RuleFile
from engine.rules.case import Case
from engine.rules.check import check_examples
from engine.rules.load import load_rules
from engine.rules.truth import Truth
from engine.taxonomy import Taxonomy
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY, KeywordReader

ATTRIBUTES = {
    "store": AttributeSpec("store", "text"),
    "term": AttributeSpec("term", "one_of", ("12", "24")),
    "months": AttributeSpec("months", "number"),
}


def program(when: str) -> Program:
    return Program(attributes=ATTRIBUTES, rule_files=(RuleFile("r.yaml", f"rule: r\nwhen: {when}\n"),))


@pytest.mark.parametrize(
    ("when", "attributes", "truth"),
    [
        pytest.param("{store: 0042}", {"store": "0042"}, Truth.YES, id="a text keeps its zeros"),
        pytest.param("{store: 0042}", {"store": "42"}, Truth.NO, id="another text"),
        pytest.param("{store: 1.50}", {"store": "1.50"}, Truth.YES, id="a text keeps its decimals"),
        pytest.param("{store: true}", {"store": True}, Truth.YES, id="a flag that came for a text"),
        pytest.param("{term: 12}", {"term": 12}, Truth.YES, id="one of some numbers"),
        pytest.param("{attribute.x: {at_least: 12}}", {"x": "14"}, Truth.YES, id="a number from a CSV"),
        pytest.param("{attribute.x: {at_least: 12}}", {"x": " 9.5 "}, Truth.NO, id="a smaller one"),
        pytest.param("{attribute.x: {at_least: 12}}", {"x": "many"}, Truth.NO, id="no number"),
        pytest.param("{attribute.x: {at_least: 0}}", {"x": True}, Truth.NO, id="a flag is no number"),
        pytest.param("{attribute.x: {at_least: 0}}", {"x": "1e999"}, Truth.NO, id="not without bounds"),
        pytest.param("{attribute.x: 14}", {"x": "14"}, Truth.YES, id="a number is a text that is one"),
        pytest.param("{attribute.x: '14'}", {"x": 14}, Truth.YES, id="and the other way round"),
        pytest.param("{attribute.x: true}", {"x": "TRUE"}, Truth.YES, id="a flag from a CSV"),
        pytest.param("{attribute.x: true}", {"x": "yes"}, Truth.NO, id="only by its own words"),
        pytest.param("{attribute.x: 'true'}", {"x": True}, Truth.YES, id="a flag and its word"),
        pytest.param("{attribute.x: true}", {"x": False}, Truth.NO, id="the other flag"),
        pytest.param("{attribute.x: gold}", {"x": 3}, Truth.NO, id="a word is no number"),
        pytest.param("{unit: 7}", {}, Truth.NO, id="nothing there"),
    ],
)
def test_values(when: str, attributes: dict[str, Any], truth: Truth) -> None:
    loaded = load_rules(program(when), TAXONOMY)
    assert not loaded.findings
    feedback = admit({"id": "1", "text": "x", "attributes": attributes}, program(when), NOON)
    at = Case(feedback, KeywordReader().read([feedback.parts])[0])
    assert loaded.rules[0].evaluate(at) is truth


def test_examples_are_taken_as_they_are_written() -> None:
    text = "rule: r\nwhen: {store: 0042, term: 24, months: 7}\nexamples:\n  fires:\n"
    text += "    - {text: 100, store: 0042, term: 24, months: 7}\n"
    taken = Program(attributes=ATTRIBUTES, rule_files=(RuleFile("r.yaml", text),))
    loaded = load_rules(taken, TAXONOMY)
    assert loaded.rules[0].examples[0].record["text"] == "100"
    assert check_examples(loaded.rules, taken, KeywordReader(), NOON).findings == []


def test_a_reading_of_another_model_is_judged_by_its_own_columns() -> None:
    """Today's rules, explained on what a model with other trees read: by name, never by a stranger's column."""
    loaded = load_rules(program("{any: [{emotion: anger}, {intent: churn}]}"), TAXONOMY)
    leaves = {task: tuple(reversed(names)) for task, names in TAXONOMY.leaves.items()}
    leaves["intent"] = ("praise",)
    other = Taxonomy(leaves, {})
    feedback = admit({"id": "1", "text": "furious"}, Program(), NOON)
    reading = KeywordReader().read([feedback.parts])[0]
    order = [TAXONOMY.columns.index(column) for column in other.columns]
    theirs = type(reading)(
        reading.status,
        reading.language,
        "other@1",
        other,
        reading.spans,
        reading.confidence[:, order],
        reading.standing[:, order],
        reading.embedding,
    )
    trace = loaded.rules[0].explain(Case(feedback, theirs))
    assert trace.truth is Truth.YES
    emotion, intent = trace.children
    assert emotion.found == "anger/anger 0.9 (holds)"
    assert (intent.truth, intent.found) == (Truth.UNKNOWN, "nothing: the model of this reading has no such label")
