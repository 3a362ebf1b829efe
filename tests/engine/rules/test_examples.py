"""Examples: loaded with pinned labels and crowds, with an error at its place for all that does not fit."""

from __future__ import annotations

from datetime import timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.program import Program, RuleFile
from engine.rules.check import check_examples
from engine.rules.example import Crowd, Example
from engine.rules.load import LoadedRules, load_rules
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY, KeywordReader

ANGER, ANNOYED = ("emotion", "anger/anger"), ("emotion", "anger/annoyance")
EASE, CHURN = ("topic", "digital/ease-of-use"), ("intent", "churn")


def load(example: str, when: str = "{nps: 1}") -> LoadedRules:
    text = f"rule: r\nwhen: {when}\nexamples:\n  fires:\n    - {example}\n"
    return load_rules(Program(rule_files=(RuleFile("r.yaml", text),)), TAXONOMY)


COUNT = "{nps: 1, count: {at_least: 3, within: 24h}}"


def example_of(text: str) -> Example:
    loaded = load(text, COUNT)
    assert not loaded.findings
    return loaded.rules[0].examples[0]


@pytest.mark.parametrize(
    ("text", "words", "pinned"),
    [
        pytest.param(
            "{text: Hello there, labels: {emotion: [anger], topic: [ease-of-use]}}",
            "Hello there",
            [(0, 0, 11, {ANGER: 0.99, EASE: 0.99})],
            id="the whole text is one sentence",
        ),
        pytest.param("{text: Hi, labels: {emotion: anger/annoyance}}", "Hi", [(0, 0, 2, {ANNOYED: 0.99})], id="a path"),
        pytest.param("{text: Hi, labels: {intent: []}}", "Hi", [(0, 0, 2, {})], id="nothing holds"),
        pytest.param("{text: Hi, labels: {intent: {churn: 0.7}}}", "Hi", [(0, 0, 2, {CHURN: 0.7})], id="a confidence"),
        pytest.param("{text: 100, labels: {intent: churn}}", "100", [(0, 0, 3, {CHURN: 0.99})], id="a number as text"),
        pytest.param(
            "{sentences: [{text: It is slow., topic: [ease-of-use]}, {text: Ünd weg., intent: [churn]}, {text: Bye}]}",
            "It is slow. Ünd weg. Bye",
            [(0, 0, 11, {EASE: 0.99}), (0, 12, 20, {CHURN: 0.99}), (0, 21, 24, {})],
            id="sentences, joined by one space",
        ),
    ],
)
def test_pinned_labels(text: str, words: str, pinned: list[tuple[int, int, int, dict[object, float]]]) -> None:
    example = example_of(text)
    assert example.record["text"] == words
    assert [(one.part, one.start, one.end, one.labels) for one in example.pinned] == pinned


def test_parts_pin_their_own_labels() -> None:
    example = example_of("{parts: [{text: Hi, speaker: agent}, {text: I am off, labels: {intent: churn}}]}")
    assert example.record["parts"] == [{"text": "Hi", "speaker": "agent"}, {"text": "I am off"}]
    assert [(one.part, one.start, one.end, one.labels) for one in example.pinned] == [(1, 0, 8, {CHURN: 0.99})]


BAD = [
    pytest.param("{text: x, labels: {emotion: [angry]}}", "unknown emotion label 'angry'; did you mean", id="a label"),
    pytest.param("{text: x, labels: {topic: digital}}", "'digital' is a group of topic labels", id="a group"),
    pytest.param("{text: x, labels: {emotoin: [anger]}}", "did you mean 'emotion'?", id="a task"),
    pytest.param("{text: x, labels: [anger]}", "labels must be a mapping", id="a bare list"),
    pytest.param("{text: x, labels: {emotion: [5]}}", "must name a label, not a number", id="a number"),
    pytest.param("{text: x, labels: {emotion: null}}", "must name a label, not nothing", id="nothing"),
    pytest.param("{text: x, labels: {emotion: {anger: 2}}}", "goes from 0 to 1, not 2", id="a confidence of 2"),
    pytest.param("{text: x, labels: {emotion: {anger: high}}}", "must be a number", id="a word as confidence"),
    pytest.param("{labels: {emotion: anger}}", "labels need a text beside them", id="labels without a text"),
    pytest.param("{text: ' ', labels: {emotion: anger}}", "labels need a text beside them", id="a text of no words"),
    pytest.param("{parts: [{text: x}], labels: {emotion: anger}}", "write them inside each part", id="beside parts"),
    pytest.param("{parts: [{labels: {emotion: anger}}]}", "labels need a text beside them", id="a part without text"),
    pytest.param("{text: x, sentences: [{text: x}]}", "'text' cannot stand beside 'sentences'", id="both"),
    pytest.param("{sentences: []}", "'sentences' must be a list", id="no sentence"),
    pytest.param("{sentences: {text: x}}", "'sentences' must be a list", id="sentences as a mapping"),
    pytest.param("{sentences: [x]}", "a sentence must be a mapping", id="a bare sentence"),
    pytest.param("{sentences: [{txt: x}]}", "did you mean 'text'?", id="a word of a sentence"),
    pytest.param("{sentences: [{text: x}, {emotion: anger}]}", "a sentence needs a text", id="a sentence of no words"),
    pytest.param("{text: x, repeat: 0}", "'repeat' must be a whole number from 1 to 10000", id="never"),
    pytest.param("{text: x, repeat: 1.5}", "'repeat' must be a whole number", id="one and a half"),
    pytest.param("{text: x, repeat: true}", "'repeat' must be a whole number", id="a flag"),
    pytest.param("{text: x, repeat: 1000000000}", "'repeat' must be a whole number", id="a flood"),
    pytest.param("{text: x, others: -1}", "'others' must be a whole number from 0", id="fewer than none"),
    pytest.param("{text: x, within: 2}", "'within': '2' is not a duration", id="no unit"),
    pytest.param("{text: x, within: [2h]}", "within must be text", id="a list as a span"),
    pytest.param("{text: x, quiet: 0h}", "'quiet' must be longer than nothing", id="no time"),
    pytest.param("{text: x, quiet: 999999w}", "at most 365 days", id="too long"),
    pytest.param("{text: x, lables: {}}", "did you mean 'labels'?", id="a field"),
]


@pytest.mark.parametrize(("text", "said"), BAD)
def test_an_error_says_where_and_what(text: str, said: str) -> None:
    loaded = load(text, COUNT)
    assert any(said in finding.message for finding in loaded.errors), [str(one) for one in loaded.findings]
    assert {finding.line for finding in loaded.findings} == {5}
    assert loaded.rules == ()


@pytest.mark.parametrize(
    ("text", "crowd"),
    [
        pytest.param("{text: x}", None, id="none"),
        pytest.param("{text: x, repeat: 5}", Crowd(5), id="within a minute"),
        pytest.param("{text: x, repeat: 5, within: 2h}", Crowd(5, timedelta(hours=2)), id="spread"),
        pytest.param("{text: x, others: 40}", Crowd(others=40), id="beside others"),
        pytest.param("{text: x, quiet: 24h}", Crowd(quiet=timedelta(days=1)), id="then silence"),
    ],
)
def test_crowds(text: str, crowd: Crowd | None) -> None:
    assert example_of(text).crowd == crowd


@pytest.mark.parametrize("field", ["repeat: 2", "within: 2h", "others: 2", "quiet: 1h"])
def test_without_a_condition_over_time_a_crowd_says_nothing(field: str) -> None:
    (found,) = load(f"{{text: x, {field}}}").errors
    assert "is for rules with a condition over time" in found.message


def check(when: str, text: str) -> list[str]:
    loaded = load(text, when)
    assert not loaded.findings
    return [str(one) for one in check_examples(loaded.rules, loaded.program, KeywordReader(), NOON).findings]


@pytest.mark.parametrize(
    ("when", "text"),
    [
        pytest.param("{emotion: anger}", "{text: furious, labels: {emotion: anger}}", id="both agree"),
        pytest.param("{none: [{emotion: anger}]}", "{text: hello, labels: {emotion: []}}", id="what is not named"),
        pytest.param("{language: en}", "{text: furious, labels: {}}", id="the program's first language"),
    ],
)
def test_an_example_that_does_what_it_says_is_not_told(when: str, text: str) -> None:
    assert check(when, text) == []


def test_a_rule_that_fails_its_pinned_labels_is_an_error_and_drift_a_warning() -> None:
    rule, model = check("{emotion: anger, intent: churn}", "{text: leaving, labels: {intent: churn}}")
    assert rule.startswith(
        "r.yaml:5:7: error: rule 'r' should fire on this example, but with the labels given, it is no"
    )
    assert model.startswith(
        "r.yaml:5:7: warning: rule 'r' should fire on this example, but as the model reads it, it is no"
    )
    (drift,) = check("{intent: churn}", "{text: hello, labels: {intent: churn}}")
    assert ": warning: " in drift


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["anger", "2h"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["text", "emotion", "labels", "anger", "speaker"]), inner, max_size=3)
    ),
    max_leaves=8,
)
fields = st.sampled_from(
    ["text", "parts", "labels", "sentences", "repeat", "within", "others", "quiet", "nps", "attribute.x"]
)


@given(st.lists(st.dictionaries(fields, values, max_size=5), max_size=3))
def test_no_structure_raises(examples: list[dict[str, object]]) -> None:
    document = {"rule": "r", "when": {"nps": 1}, "examples": {"fires": examples}}
    text = yaml.safe_dump(document, allow_unicode=True)
    program = Program(rule_files=(RuleFile("r.yaml", text),))
    loaded = load_rules(program, TAXONOMY)
    assert loaded.rules or loaded.errors
    check_examples(loaded.rules, program, KeywordReader(), NOON)
