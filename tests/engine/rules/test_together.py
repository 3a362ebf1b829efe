"""Together: in the same few sentences of one speaker, or not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading import ReadingStatus, blank_reading
from engine.rules.case import Case
from engine.rules.conditions import All
from engine.rules.field_condition import FieldCondition
from engine.rules.reasons import failures, reasons, unknowns
from engine.rules.sentence_condition import explain_within, judge_within
from engine.rules.text_scope import CUSTOMER
from engine.rules.together_condition import TogetherCondition
from engine.rules.trace import trace_from_dict
from engine.rules.truth import Truth, any_of
from tests.engine.rules.test_conditions import condition
from tests.engine.rules.test_load import load, when
from tests.support.cases import talk
from tests.support.keyword_reader import TAXONOMY

CALL = [
    {"text": "The menu is fine. I am furious."},
    {"text": "Your invoice is annoying. Hm.", "speaker": "agent"},
    {"text": "The invoice. maybe leaving. It crash. thanks."},
]


def together(sentences: int, *children: str, more: str = "") -> str:
    return f"{{together: {{sentences: {sentences}, all: [{', '.join(children)}]{more}}}}}"


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        pytest.param("{same_sentence: [{emotion: anger}, {topic: billing}]}", Truth.NO, id="not in one sentence"),
        pytest.param(together(2, "{emotion: anger}", "{topic: billing}"), Truth.YES, id="neighbours, over a turn"),
        pytest.param(together(1, "{emotion: anger}", "{topic: billing}"), Truth.NO, id="not in one"),
        pytest.param(together(2, "{emotion: anger}", "{topic: digital/reliability}"), Truth.NO, id="too far apart"),
        pytest.param(together(4, "{emotion: anger}", "{topic: digital/reliability}"), Truth.YES, id="near enough"),
        pytest.param(together(99, "{topic: digital/ease-of-use}", "{emotion: joy}"), Truth.YES, id="fewer than asked"),
        pytest.param(
            together(1, "{emotion: anger}", "{topic: billing}", more=", speaker: agent"), Truth.YES, id="the agent"
        ),
        pytest.param(
            together(1, "{emotion: anger}", "{topic: billing}", more=", speaker: anyone"), Truth.YES, id="anyone"
        ),
        pytest.param(
            together(3, "{emotion: anger/annoyance}", "{emotion: anger/anger}", more=", speaker: anyone"),
            Truth.NO,
            id="never of two speakers",
        ),
        pytest.param(together(1, "{emotion: anger}", more=", speaker: other"), Truth.NO, id="nobody"),
        pytest.param(together(2, "{intent: churn}", "{topic: billing}"), Truth.UNKNOWN, id="the model is unsure"),
        pytest.param(together(1, "{intent: churn}", "{topic: billing}"), Truth.NO, id="unsure and no"),
        pytest.param("{same_sentence: [{says: invoice}, {topic: billing}]}", Truth.YES, id="a word and a label"),
        pytest.param("{same_sentence: [{says: furious}, {topic: billing}]}", Truth.NO, id="a word elsewhere"),
        pytest.param("{same_sentence: [{sentiment: negative}, {says: furious}]}", Truth.YES, id="a sentiment"),
        pytest.param("{same_sentence: [{sentiment: mixed}]}", Truth.NO, id="no mixed sentence"),
        pytest.param(together(9, "{sentiment: mixed}"), Truth.YES, id="mixed all in all"),
        pytest.param("{same_sentence: [{none: [{topic: digital}]}, {emotion: anger}]}", Truth.YES, id="none"),
        pytest.param(together(2, "{none: [{topic: digital}]}", "{emotion: anger}"), Truth.YES, id="none, one window"),
        pytest.param("{same_sentence: [{any: [{intent: praise}, {emotion: joy}]}]}", Truth.YES, id="any"),
        pytest.param("{same_sentence: [{says: {all: [menu, furious]}}]}", Truth.NO, id="all of some words"),
        pytest.param(together(2, "{says: {all: [menu, furious]}}"), Truth.YES, id="all of some words, near"),
        pytest.param(together(2, "{emotion: anger}", more=", within_last: {turns: 1}"), Truth.NO, id="in a scope"),
        pytest.param("{same_sentence: [{says: {about: leaving}}]}", Truth.UNKNOWN, id="a meaning"),
        pytest.param("{none: [{same_sentence: [{emotion: anger}, {topic: billing}]}]}", Truth.YES, id="below none"),
    ],
)
def test_together(text: str, truth: Truth) -> None:
    found, at = condition(text), talk(*CALL)
    assert found.judge(at) is truth
    trace = found.explain(at)
    assert trace.truth is truth
    assert trace_from_dict(trace.as_dict()) == trace


def test_the_trace_shows_the_sentences_and_what_was_found_in_them() -> None:
    at = talk(*CALL)
    trace = condition(together(2, "{emotion: anger}", "{topic: billing}")).explain(at)
    assert trace.condition == "all of, within 2 sentences"
    assert trace.evidence is not None
    assert at.feedback.parts[0].text[trace.evidence.start : trace.evidence.end] == " I am furious"
    rows = [child.evidence.sentence for child in trace.children if child.evidence]
    assert rows == [1, 4]
    assert reasons(trace) == (
        "emotion anger (found anger/anger 0.9 (holds))",
        "topic billing (found billing/accuracy 0.9 (holds))",
    )


def test_what_failed_is_told_of_the_window_in_which_most_held() -> None:
    trace = condition("{same_sentence: [{emotion: anger}, {says: furious}, {topic: billing}]}").explain(talk(*CALL))
    assert trace.condition == "all of, in one sentence"
    assert trace.evidence is None
    assert failures(trace) == ["topic billing is no (found billing/accuracy 0.01 (absent))"]
    nobody = condition(together(1, "{emotion: anger}", more=", speaker: other")).explain(talk(*CALL))
    assert failures(nobody) == ["all of, in one sentence by others is no (found nothing: there is no such sentence)"]


def test_what_is_unsure_is_told() -> None:
    trace = condition(together(2, "{intent: churn}", "{topic: billing}")).explain(talk(*CALL))
    assert unknowns(trace) == ("unsure: intent churn (found churn 0.4 (unsure))",)


@pytest.mark.parametrize("status", [status for status in ReadingStatus if status is not ReadingStatus.READ])
@pytest.mark.parametrize(
    ("text", "truth"),
    [
        pytest.param(together(1, "{says: invoice}", "{says: leaving}"), Truth.YES, id="words of one part"),
        pytest.param(together(1, "{says: menu}", "{says: leaving}"), Truth.NO, id="words of two parts"),
        pytest.param(together(2, "{says: menu}", "{says: leaving}"), Truth.YES, id="words of neighbouring parts"),
        pytest.param(together(1, "{says: invoice}", "{topic: billing}"), Truth.UNKNOWN, id="a word and a label"),
        pytest.param(together(1, "{says: lawyer}", "{topic: billing}"), Truth.NO, id="a word that is not there"),
    ],
)
def test_where_nothing_was_read_a_part_is_a_sentence(status: ReadingStatus, text: str, truth: Truth) -> None:
    at = replace(talk(*CALL), reading=blank_reading(status, TAXONOMY, model="m"))
    assert condition(text).judge(at) is truth
    assert condition(text).explain(at).truth is truth


CHILDREN = [
    "{emotion: anger}",
    "{topic: billing}",
    "{intent: churn}",
    "{says: invoice}",
    "{sentiment: mixed}",
    "{none: [{emotion: joy}]}",
    "{any: [{emotion: joy}, {topic: {is: billing, at_least: 0.3}}]}",
]
SENTENCES = ["I am furious", "The invoice", "maybe leaving", "thanks", "maybe furious and the invoice", "Hm"]


@given(
    st.lists(st.tuples(st.sampled_from(["customer", "agent"]), st.sampled_from(SENTENCES)), max_size=8),
    st.lists(st.sampled_from(CHILDREN), min_size=1, max_size=3),
    st.integers(1, 4),
)
def test_a_window_is_judged_as_if_nothing_else_was_said(
    said: list[tuple[str, str]], children: list[str], most: int
) -> None:
    own = [text for speaker, text in [("customer", "Hm"), *said] if speaker == "customer"]
    parts = [{"text": "Hm"}, *({"text": text, "speaker": speaker} for speaker, text in said)]
    windows = [own[first : first + most] for first in range(max(1, len(own) - most + 1))]
    alone = All(tuple(condition(child) for child in children))
    expected = any_of(alone.judge(talk(*({"text": text} for text in window))) for window in windows)
    found = condition(together(most, *children))
    assert found.judge(talk(*parts)) is expected
    assert found.explain(talk(*parts)).truth is expected


def test_what_is_no_condition_on_text_cannot_be_judged_on_sentences() -> None:
    at: Case = talk(*CALL)
    field = FieldCondition("score", "nps")
    for function in (judge_within, explain_within):
        with pytest.raises(TypeError, match="FieldCondition cannot be judged on some sentences"):
            function(field, at, CUSTOMER.stretch(at))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{together: [{emotion: anger}]}", "together must be a mapping", id="a list"),
        pytest.param("{together: {sentences: 2}}", "together needs 'all'", id="nothing"),
        pytest.param("{together: {all: [{emotion: anger}]}}", "together needs 'sentences'", id="how many"),
        pytest.param(together(0, "{emotion: anger}"), "whole number from 1 to 1,000, not 0", id="no sentence"),
        pytest.param("{together: {sentences: two, all: [{nps: 1}]}}", "sentences must be a number", id="a word"),
        pytest.param("{together: {sentence: 2, all: []}}", "did you mean 'sentences'?", id="a key"),
        pytest.param("{same_sentence: []}", "same_sentence needs a list of conditions on text", id="an empty list"),
        pytest.param("{same_sentence: {emotion: anger}}", "same_sentence needs a list", id="a mapping"),
        pytest.param(
            "{same_sentence: [{nps: 1}]}",
            "3:25: error: 'nps' cannot be judged on a sentence; put it outside 'same_sentence'",
            id="a score",
        ),
        pytest.param(
            together(2, "{any: [{emotion: anger}, {attribute.x: 1}]}"), "'attribute.x' cannot be judged", id="deeper"
        ),
        pytest.param(together(2, "{same_sentence: [{emotion: anger}]}"), "'same_sentence' cannot be", id="nested"),
        pytest.param(together(2, "{question: a}"), "'question' cannot be judged on a sentence", id="a question"),
        pytest.param(
            together(2, "{emotion: {is: anger, speaker: agent}}"),
            "'speaker' is said once for all",
            id="a speaker inside",
        ),
        pytest.param(together(2, "{emotoin: anger}"), "did you mean 'emotion'?", id="an unknown word"),
        pytest.param(together(2, "{emotion: angr}"), "did you mean 'anger'?", id="an unknown label"),
    ],
)
def test_errors(text: str, said: str) -> None:
    loaded = load(when(text))
    assert any(said in str(finding) for finding in loaded.errors), [str(finding) for finding in loaded.findings]
    assert not loaded.rules


def test_an_unknown_word_inside_is_reported_once() -> None:
    assert len(load(when(together(2, "{emotoin: anger}"))).errors) == 1


def test_same_sentence_is_together_with_one() -> None:
    assert condition("{same_sentence: [{says: refund}]}") == condition(together(1, "{says: refund}"))
    assert isinstance(condition("{same_sentence: [{says: refund}]}"), TogetherCondition)
