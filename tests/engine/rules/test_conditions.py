"""Conditions: yes, no, unknown, and why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.intake import admit
from engine.program import AttributeSpec, Program, RuleFile
from engine.reading import ReadingStatus, blank_reading
from engine.rules.about_condition import AboutCondition
from engine.rules.case import Case
from engine.rules.conditions import All, AnyOf, Condition, NoneOf
from engine.rules.field_condition import FieldCondition
from engine.rules.label_condition import LabelCondition
from engine.rules.load import load_rules
from engine.rules.phrase import parse_phrase
from engine.rules.reasons import reasons
from engine.rules.says_condition import SaysCondition
from engine.rules.sentiment_condition import SENTIMENTS, SentimentCondition
from engine.rules.text_scope import Reach, TextScope
from engine.rules.together_condition import TogetherCondition
from engine.rules.trace import trace_from_dict
from engine.rules.truth import Truth
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY, KeywordReader

PROGRAM = Program(attributes={"tier": AttributeSpec("tier", "text"), "months": AttributeSpec("months", "number")})
READER = KeywordReader()


def case(text: str, **fields: Any) -> Case:
    feedback = admit({"id": "1", "text": text, **fields}, PROGRAM, NOON)
    return Case(feedback, READER.read([feedback.parts])[0])


def condition(text: str) -> Condition:
    program = Program(
        attributes=PROGRAM.attributes, rule_files=(RuleFile("r.yaml", f"rule: r\nstatus: draft\nwhen: {text}\n"),)
    )
    loaded = load_rules(program, TAXONOMY)
    assert not loaded.errors, loaded.errors
    return loaded.rules[0].when


TABLE = [
    pytest.param("{emotion: anger/anger}", "furious", {}, Truth.YES, id="a leaf"),
    pytest.param("{emotion: anger}", "annoying", {}, Truth.YES, id="a node means what is below"),
    pytest.param("{emotion: joy}", "annoying", {}, Truth.NO, id="another node"),
    pytest.param("{emotion: [joy, anger]}", "annoying", {}, Truth.YES, id="a list is any of"),
    pytest.param("{emotion: anger}", "maybe furious", {}, Truth.UNKNOWN, id="unsure is unknown"),
    pytest.param("{emotion: anger}", "maybe furious. annoying", {}, Truth.YES, id="one leaf holds, one is unsure"),
    pytest.param("{emotion: {is: anger, at_least: 0.9}}", "furious", {}, Truth.YES, id="exactly at least"),
    pytest.param("{emotion: {is: anger, at_least: 0.91}}", "furious", {}, Truth.NO, id="a little more"),
    pytest.param("{emotion: {is: anger, at_least: 0.5}}", "maybe furious", {}, Truth.NO, id="bounds are never unknown"),
    pytest.param("{emotion: {is: anger, at_most: 0.5}}", "hello", {}, Truth.YES, id="at most"),
    pytest.param("{emotion: anger}", "", {}, Truth.UNKNOWN, id="nothing was read"),
    pytest.param("{emotion: {is: anger, at_least: 0.5}}", "", {}, Truth.UNKNOWN, id="nothing was read, with bounds"),
    pytest.param("{nps: {at_most: 6}}", "x", {"scores": {"nps": 6}}, Truth.YES, id="a score at its bound"),
    pytest.param("{nps: {at_most: 6}}", "x", {"scores": {"nps": 7}}, Truth.NO, id="a score above"),
    pytest.param("{nps: {at_most: 6}}", "x", {}, Truth.NO, id="a missing score is no"),
    pytest.param("{nps: {missing: true}}", "x", {}, Truth.YES, id="missing"),
    pytest.param("{nps: {missing: false}}", "x", {}, Truth.NO, id="not missing"),
    pytest.param("{nps: 6}", "x", {"scores": {"nps": 6}}, Truth.YES, id="a number alone"),
    pytest.param("{nps: [5, 6]}", "x", {"scores": {"nps": 6}}, Truth.YES, id="a list of numbers"),
    pytest.param("{nps: {between: [0, 6]}}", "x", {"scores": {"nps": 6}}, Truth.YES, id="between includes its ends"),
    pytest.param("{tier: GOLD}", "x", {"attributes": {"tier": "gold"}}, Truth.YES, id="text without regard to case"),
    pytest.param("{tier: {in: [gold, silver]}}", "x", {"attributes": {"tier": "basic"}}, Truth.NO, id="in"),
    pytest.param("{months: {at_least: 12}}", "x", {"attributes": {"months": 12}}, Truth.YES, id="a number attribute"),
    pytest.param("{attribute.else: true}", "x", {"attributes": {"else": True}}, Truth.YES, id="an undeclared flag"),
    pytest.param("{attribute.else: 1}", "x", {"attributes": {"else": True}}, Truth.NO, id="a flag is no number"),
    pytest.param("{unit: emea/uk}", "x", {"unit": "emea/uk/leeds"}, Truth.YES, id="a unit and below"),
    pytest.param("{unit: emea/uk}", "x", {"unit": "emea/ukraine"}, Truth.NO, id="not its namesake"),
    pytest.param("{channel: email}", "x", {"channel": "Email"}, Truth.YES, id="channel"),
    pytest.param("{language: en}", "x", {}, Truth.YES, id="language"),
    pytest.param("{status: empty}", "", {}, Truth.YES, id="status"),
    pytest.param("{none: [{emotion: anger}]}", "maybe furious", {}, Truth.UNKNOWN, id="none of an unknown"),
    pytest.param("{any: [{emotion: anger}, {nps: 1}]}", "maybe furious", {}, Truth.UNKNOWN, id="unknown or no"),
    pytest.param("{all: [{emotion: anger}, {nps: 1}]}", "maybe furious", {}, Truth.NO, id="unknown and no"),
    pytest.param("{emotion: anger, nps: 1}", "furious", {"scores": {"nps": 1}}, Truth.YES, id="entries are all of"),
]


@pytest.mark.parametrize(("text", "said", "fields", "truth"), TABLE)
def test_truth(text: str, said: str, fields: dict[str, Any], truth: Truth) -> None:
    found = condition(text)
    assert found.judge(case(said, **fields)) == truth
    assert found.explain(case(said, **fields)).truth == truth


def test_the_evidence_is_the_sentence() -> None:
    text = "Hello there. I am furious. Bye."
    trace = condition("{emotion: anger}").explain(case(text))
    assert trace.evidence is not None
    assert text[trace.evidence.start : trace.evidence.end].strip() == "I am furious"
    assert (trace.found, trace.wanted) == ("anger/anger 0.9 (holds)", "anger")


def test_reasons_leave_out_what_was_excluded() -> None:
    found = condition("{all: [{emotion: anger}, {nps: {at_most: 6}}], none: [{channel: chat}]}")
    told = reasons(found.explain(case("furious", scores={"nps": 2})))
    assert told == ("emotion anger (found anger/anger 0.9 (holds))", "nps at most 6 (found 2)")


reaches = st.builds(
    Reach, st.sampled_from(["first", "last"]), st.integers(1, 2), st.sampled_from(["sentences", "turns"])
)
terms = st.sampled_from([(parse_phrase("fur*"),), (parse_phrase("maybe"), parse_phrase("thanks"))])
scopes = st.builds(
    TextScope,
    st.sampled_from(["customer", "agent", "anyone"]),
    st.just(None),
    st.none() | reaches,
)
text_leaves = st.one_of(
    st.builds(
        LabelCondition,
        st.just("emotion"),
        st.just(("anger",)),
        st.just((0, 1)),
        st.none() | st.floats(0, 1),
        st.none() | st.floats(0, 1),
        st.just(TAXONOMY),
        st.none() | scopes,
    ),
    st.builds(SentimentCondition, st.lists(st.sampled_from(SENTIMENTS), min_size=1).map(tuple), st.none() | scopes),
    st.builds(
        SaysCondition,
        st.lists(terms, min_size=1, max_size=2).map(tuple),
        st.none() | st.integers(1, 3),
        st.none() | scopes,
    ),
    st.builds(AboutCondition, st.just("leaving"), st.just(0.5), st.none() | scopes),
)


def groups(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    return st.builds(
        lambda kind, children: kind(tuple(children)),
        st.sampled_from([All, AnyOf, NoneOf]),
        st.lists(inner, min_size=1, max_size=3),
    )


text_trees = st.recursive(text_leaves, groups, max_leaves=4)
leaves = st.one_of(
    text_leaves,
    st.builds(
        TogetherCondition,
        st.integers(1, 3),
        st.lists(text_trees, min_size=1, max_size=3).map(tuple),
        st.none() | scopes,
    ),
    st.builds(FieldCondition, st.just("score"), st.just("nps"), st.just(()), st.none() | st.integers(0, 10)),
    st.builds(FieldCondition, st.just("channel"), st.just("channel"), st.just(("chat",))),
)
trees = st.recursive(leaves, groups, max_leaves=10)
texts = st.sampled_from(["furious", "maybe furious", "annoying. thanks", "", "hello"])


@given(trees, texts, st.none() | st.integers(0, 10), st.sampled_from([None, "chat", "email"]))
def test_explaining_agrees_with_judging(tree: Condition, text: str, nps: int | None, channel: str | None) -> None:
    scores = {} if nps is None else {"nps": nps}
    at = case(text, scores=scores, channel=channel)
    trace = tree.explain(at)
    assert trace.truth == tree.judge(at)
    assert trace_from_dict(trace.as_dict()) == trace


@pytest.mark.parametrize("status", [status for status in ReadingStatus if status is not ReadingStatus.READ])
def test_where_nothing_was_read_labels_are_unknown_and_scores_are_not(status: ReadingStatus) -> None:
    feedback = admit({"id": "1", "text": "x", "scores": {"nps": 1}}, PROGRAM, NOON)
    at = Case(feedback, blank_reading(status, TAXONOMY, model="m"))
    assert condition("{emotion: anger}").judge(at) == Truth.UNKNOWN
    assert condition("{nps: 1}").judge(at) == Truth.YES
    assert condition(f"{{status: {status}}}").judge(at) == Truth.YES
