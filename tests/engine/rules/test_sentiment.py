"""Sentiment: both sides of the emotions, rolled up on three values."""

from __future__ import annotations

from itertools import product

import pytest

from engine.program import Program, RuleFile
from engine.rules.load import load_rules
from engine.rules.sentiment_condition import SENTIMENTS, SentimentCondition
from engine.rules.truth import Truth, any_of
from engine.taxonomy import Taxonomy
from tests.engine.rules.test_conditions import condition
from tests.support.cases import talk
from tests.support.keyword_reader import LEAVES

GLAD, ANGRY = (
    {"no": "", "maybe": "maybe thanks", "yes": "thanks"},
    {"no": "", "maybe": "maybe furious", "yes": "furious"},
)


@pytest.mark.parametrize(
    ("glad", "angry", "truths"),
    [
        pytest.param("no", "no", "no no no yes", id="neither"),
        pytest.param("yes", "no", "yes no no no", id="only joy"),
        pytest.param("no", "yes", "no yes no no", id="only anger"),
        pytest.param("yes", "yes", "no no yes no", id="both"),
        pytest.param("maybe", "no", "unknown no no unknown", id="perhaps joy"),
        pytest.param("maybe", "yes", "no unknown unknown no", id="anger and perhaps joy"),
        pytest.param("yes", "maybe", "unknown no unknown no", id="joy and perhaps anger"),
        pytest.param("maybe", "maybe", "unknown unknown unknown unknown", id="who knows"),
    ],
)
def test_sentiment(glad: str, angry: str, truths: str) -> None:
    at = talk({"text": f"hello. {GLAD[glad]}. {ANGRY[angry]}"})
    found = [SentimentCondition((name,)).judge(at) for name in SENTIMENTS]
    assert [one.said for one in found] == truths.split()
    for name, truth in zip(SENTIMENTS, found, strict=True):
        assert SentimentCondition((name,)).explain(at).truth is truth


@pytest.mark.parametrize(("glad", "angry"), list(product(GLAD, ANGRY)))
def test_any_of_some_is_never_less_certain_than_each(glad: str, angry: str) -> None:
    at = talk({"text": f"hello. {GLAD[glad]}. {ANGRY[angry]}"})
    for names in [SENTIMENTS, ("negative", "mixed"), ("positive", "neutral")]:
        truth = SentimentCondition(tuple(names)).judge(at)
        kleene = any_of(SentimentCondition((name,)).judge(at) for name in names)
        assert truth is kleene or kleene is Truth.UNKNOWN
    assert SentimentCondition(SENTIMENTS).judge(at) is Truth.YES


def test_it_tells_both_sides_and_shows_the_negative_one() -> None:
    trace = condition("{sentiment: [mixed, negative]}").explain(talk({"text": "thanks. maybe furious"}))
    assert trace.condition == "sentiment mixed or negative"
    assert trace.found == "positive or mixed: anger/anger 0.4 (unsure), joy/gratitude 0.9 (holds)"
    assert trace.evidence is not None
    assert trace.evidence.sentence == 1


@pytest.mark.parametrize(
    ("when", "said"),
    [
        pytest.param("{sentiment: negativ}", "did you mean 'negative'?", id="a word"),
        pytest.param("{sentiment: []}", "sentiment names nothing", id="nothing"),
        pytest.param("{sentiment: 3}", "sentiment must be one of positive", id="a number"),
        pytest.param("{sentiment: {speaker: agent}}", "must be one of positive", id="only a speaker"),
        pytest.param("{sentiment: {is: negative, at_least: 0.8}}", "unknown test of sentiment", id="a confidence"),
        pytest.param("{emotion: {is: anger, speaker: agnt}}", "did you mean 'agent'?", id="a speaker"),
        pytest.param("{emotion: {is: anger, within_first: soon}}", "must be a span of time such as 60s", id="a span"),
        pytest.param("{emotion: {is: anger, within_first: 0s}}", "must be a span of time such as 60s", id="no time"),
        pytest.param("{emotion: {is: anger, within_first: [1]}}", "must be a span of time such as 60s", id="a list"),
        pytest.param("{emotion: {is: anger, within_last: {turns: 0}}}", "whole number from 1 to 1,000", id="0 turns"),
        pytest.param("{emotion: {is: anger, within_last: {turns: 1.5}}}", "whole number from 1", id="half a turn"),
        pytest.param("{emotion: {is: anger, within_last: {}}}", "either sentences or turns", id="an empty reach"),
        pytest.param("{emotion: {is: anger, within_last: {words: 1}}}", "unknown unit of within_last", id="a unit"),
        pytest.param(
            "{emotion: {is: anger, within_last: {turns: 1, sentences: 1}}}",
            "either sentences or turns",
            id="both units",
        ),
        pytest.param("{emotion: {is: anger, within_first: 9s, within_last: 9s}}", "use one of them", id="both ends"),
        pytest.param("{emotion: {is: anger, question: []}}", "names no question", id="no question"),
        pytest.param("{question: {is: x}}", "question must be text", id="a mapping as a question"),
        pytest.param("{question: '" + "a*" * 11 + "'}", "at most 10 wildcards", id="wildcards built to explode"),
        pytest.param("{question: '" + "a" * 501 + "'}", "longer than 500", id="a long question"),
        pytest.param("{speaker: agent}", "it stands inside a condition on text", id="a speaker alone"),
        pytest.param("{within_first: 60s}", "it stands inside a condition on text", id="a reach alone"),
    ],
)
def test_errors(when: str, said: str) -> None:
    program = Program(rule_files=(RuleFile("r.yaml", f"rule: r\nwhen: {when}\n"),))
    loaded = load_rules(program, Taxonomy(LEAVES, {}))
    assert not loaded.rules
    assert [one for one in loaded.errors if said in one.message], [str(one) for one in loaded.errors]
    assert {(one.file, one.line) for one in loaded.errors} == {("r.yaml", 2)}


def test_a_model_without_these_emotions_has_no_sentiment() -> None:
    program = Program(rule_files=(RuleFile("r.yaml", "rule: r\nwhen: {sentiment: negative}\n"),))
    loaded = load_rules(program, Taxonomy(LEAVES | {"emotion": ("calm", "surprise")}, {}))
    assert "the model has none of the emotions behind a sentiment" in loaded.errors[0].message
