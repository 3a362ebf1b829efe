"""Scopes: whose words, in answer to what, at which end of the conversation."""

from __future__ import annotations

from typing import Any

import pytest

from engine.rules.label_condition import LabelCondition
from engine.rules.text_scope import Range
from engine.rules.truth import Truth
from tests.engine.rules.test_conditions import condition
from tests.support.cases import talk

CALL: list[dict[str, Any]] = [
    {"text": "Good morning. How are you.", "speaker": "agent", "start": 0, "end": 4},
    {"text": "I am furious. The invoice is bad.", "start": 5, "end": 30},
    {"text": "So annoying.", "speaker": "agent", "start": 31, "end": 70},
    {"text": "thanks. great.", "start": 71, "end": 90},
]


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        pytest.param("{emotion: anger}", Truth.YES, id="the record"),
        pytest.param("{emotion: {is: anger/annoyance}}", Truth.NO, id="the record is the customer's"),
        pytest.param("{emotion: {is: anger/annoyance, speaker: agent}}", Truth.YES, id="the agent"),
        pytest.param("{emotion: {is: anger/anger, speaker: agent}}", Truth.NO, id="not the agent"),
        pytest.param("{emotion: {is: anger/annoyance, speaker: anyone}}", Truth.YES, id="anyone"),
        pytest.param("{emotion: {is: anger, speaker: other}}", Truth.NO, id="nobody is no"),
        pytest.param("{emotion: {is: anger, at_most: 0.9, speaker: other}}", Truth.NO, id="nobody is no, at most"),
        pytest.param("{emotion: {is: anger, at_least: 0.9, speaker: agent}}", Truth.YES, id="a bound"),
        pytest.param("{emotion: {is: anger, within_first: {sentences: 1}}}", Truth.YES, id="the first sentence"),
        pytest.param("{intent: {is: complaint, within_first: {sentences: 1}}}", Truth.NO, id="not the second"),
        pytest.param("{intent: {is: complaint, within_first: {turns: 1}}}", Truth.YES, id="the first turn"),
        pytest.param("{emotion: {is: anger, within_last: {turns: 1}}}", Truth.NO, id="the last turn"),
        pytest.param("{intent: {is: praise, within_last: {sentences: 1}}}", Truth.YES, id="the last sentence"),
        pytest.param("{emotion: {is: joy, within_first: 60s}}", Truth.NO, id="seconds"),
        pytest.param("{emotion: {is: anger, within_first: 60s}}", Truth.YES, id="more seconds"),
        pytest.param("{emotion: {is: joy, within_last: 1m}}", Truth.YES, id="the last minute"),
        pytest.param("{emotion: {is: anger, within_last: 1m}}", Truth.NO, id="what ended before it"),
        pytest.param("{sentiment: mixed}", Truth.YES, id="the sentiment of the record"),
        pytest.param("{sentiment: {is: negative, within_first: {turns: 1}}}", Truth.YES, id="the sentiment of a turn"),
        pytest.param("{sentiment: {is: positive, within_last: {turns: 1}}}", Truth.YES, id="and of another"),
        pytest.param("{sentiment: {is: negative, speaker: other}}", Truth.NO, id="the sentiment of nobody"),
    ],
)
def test_a_scope_says_which_sentences_count(text: str, truth: Truth) -> None:
    found = condition(text)
    assert found.judge(talk(*CALL)) is truth
    assert found.explain(talk(*CALL)).truth is truth


def test_a_scope_is_said_and_its_evidence_is_inside() -> None:
    trace = condition("{emotion: {is: anger, speaker: agent, within_last: {turns: 1}}}").explain(talk(*CALL))
    assert trace.condition == "emotion anger by the agent within the last 1 turn"
    assert trace.found == "anger/annoyance 0.9 (holds)"
    assert trace.evidence is not None
    assert (trace.evidence.sentence, trace.evidence.part) == (4, 2)


def test_the_evidence_of_the_record_is_the_customer_s() -> None:
    at = talk({"text": "furious", "speaker": "agent"}, {"text": "Hm. furious"})
    evidence = condition("{emotion: anger}").explain(at).evidence
    assert evidence is not None
    assert (evidence.sentence, evidence.part) == (2, 1)


def test_a_default_written_out_changes_nothing() -> None:
    assert condition("{emotion: {is: anger, speaker: customer}}") == condition("{emotion: anger}")


@pytest.mark.parametrize("reach", ["within_first: 60s", "within_last: 60s"])
def test_without_times_nothing_is_within_some_seconds(reach: str) -> None:
    assert condition(f"{{emotion: {{is: anger, {reach}}}}}").judge(talk({"text": "furious"})) is Truth.NO


VOICEMAIL: dict[str, Any] = {
    "text": "I am furious. It goes on. so annoying. thanks. great.",
    "start": 10,
    "end": 300,
    "cues": [
        {"at": 0, "start": 10, "end": 14},
        {"at": 14, "start": 61, "end": 100},
        {"at": 26, "start": 100, "end": 240},
        {"at": 39, "start": 241, "end": 300},
    ],
}


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        pytest.param("{emotion: {is: anger/anger, within_first: 60s}}", Truth.YES, id="first"),
        pytest.param("{emotion: {is: anger/annoyance, within_first: 60s}}", Truth.NO, id="later in the part"),
        pytest.param("{emotion: {is: anger/annoyance, within_first: 101s}}", Truth.YES, id="begins within"),
        pytest.param("{emotion: {is: anger/annoyance, within_last: 60s}}", Truth.NO, id="ends on the edge"),
        pytest.param("{emotion: {is: anger/annoyance, within_last: 61s}}", Truth.YES, id="ends within"),
        pytest.param("{emotion: {is: joy, within_last: 60s}}", Truth.YES, id="last"),
        pytest.param("{says: {is: furious, within_first: 60s}}", Truth.YES, id="words"),
        pytest.param("{says: {is: annoying, within_first: 60s}}", Truth.NO, id="later words"),
        pytest.param("{says: {is: thanks, within_last: 60s}}", Truth.YES, id="last words"),
        pytest.param("{says: {is: [furious], within_last: 60s}}", Truth.NO, id="earlier words"),
    ],
)
def test_inside_a_part_cues_say_what_is_within_some_seconds(text: str, truth: Truth) -> None:
    found = condition(text)
    assert found.judge(talk(VOICEMAIL)) is truth
    assert found.explain(talk(VOICEMAIL)).truth is truth


def test_overlapping_speakers_are_each_judged_by_their_own_times() -> None:
    loud = {"text": "furious", "start": 0, "end": 90}
    over = {"text": "thanks", "start": 20, "end": 25, "speaker": "agent"}
    assert condition("{emotion: {is: anger, within_last: 10s}}").judge(talk(loud, over)) is Truth.YES
    assert condition("{emotion: {is: joy, speaker: agent, within_last: 10s}}").judge(talk(loud, over)) is Truth.NO


def test_what_was_not_read_is_unknown_in_any_scope() -> None:
    assert condition("{emotion: {is: anger, speaker: agent}}").judge(talk({"text": ""})) is Truth.UNKNOWN
    assert condition("{sentiment: {is: negative, speaker: agent}}").judge(talk({"text": ""})) is Truth.UNKNOWN


ASKED = [
    {"text": "furious", "question": "What could we do  better?"},
    {"text": "thanks", "question": "What’s good?"},
    {"text": "annoying"},
    {"text": "so great", "question": "And you?", "speaker": "agent"},
]


@pytest.mark.parametrize(
    ("question", "truth"),
    [
        pytest.param("what could we do better?", Truth.YES, id="without regard to case and spacing"),
        pytest.param("What could we do better", Truth.NO, id="whole"),
        pytest.param("*better*", Truth.YES, id="any characters"),
        pytest.param("What's good?", Truth.YES, id="apostrophes are alike"),
        pytest.param("What could we d? better?", Truth.YES, id="one character"),
        pytest.param("What?", Truth.NO, id="just one character"),
        pytest.param("and you?", Truth.NO, id="what the agent answers"),
        pytest.param("*[a-z]*", Truth.NO, id="nothing else is special"),
        pytest.param("*", Truth.YES, id="any question"),
    ],
)
def test_questions(question: str, truth: Truth) -> None:
    found = condition(f"{{question: ['no such', \"{question}\"]}}")
    assert found.judge(talk(*ASKED)) is truth
    assert found.explain(talk(*ASKED)).truth is truth


def test_an_answer_is_judged_by_itself() -> None:
    assert condition("{emotion: {is: anger/anger, question: '*better?'}}").judge(talk(*ASKED)) is Truth.YES
    assert condition("{emotion: {is: anger/annoyance, question: '*better?'}}").judge(talk(*ASKED)) is Truth.NO
    assert condition("{emotion: {is: joy, question: ['*better?', '*good?']}}").judge(talk(*ASKED)) is Truth.YES


def test_a_question_tells_the_question() -> None:
    trace = condition("{question: '*better?'}").explain(talk(*ASKED))
    assert (trace.found, trace.wanted) == ("What could we do  better?", "'*better?'")


@pytest.mark.parametrize(
    ("speaker", "reach", "ranges"),
    [
        pytest.param("customer", "within_first: {sentences: 1}", ((1, 0, 12),), id="a sentence"),
        pytest.param("customer", "within_first: {sentences: 3}", ((1, 0, 32), (3, 0, 6)), id="into the next part"),
        pytest.param("agent", "within_first: {turns: 1}", ((0, 0, 26),), id="a turn, whole"),
    ],
)
def test_the_characters_inside(speaker: str, reach: str, ranges: tuple[Range, ...]) -> None:
    found = condition(f"{{emotion: {{is: anger, speaker: {speaker}, {reach}}}}}")
    assert isinstance(found, LabelCondition)
    assert found.scope is not None
    assert found.scope.stretch(talk(*CALL)).ranges == ranges
