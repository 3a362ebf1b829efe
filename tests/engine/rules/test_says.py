"""What somebody said: words and meaning, near each other, and never unknown."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading import ReadingStatus, blank_reading
from engine.rules.about_condition import AboutCondition
from engine.rules.case import Case
from engine.rules.phrase import Phrase
from engine.rules.says_condition import SaysCondition
from engine.rules.trace import trace_from_dict
from engine.rules.truth import Truth
from engine.rules.words import words_of
from tests.engine.rules.test_conditions import condition
from tests.engine.rules.test_load import load, when
from tests.support.cases import talk
from tests.support.keyword_reader import TAXONOMY

CALL: list[dict[str, Any]] = [
    {"text": "Do you want a refund. Or a voucher.", "speaker": "agent", "start": 0, "end": 9},
    {"text": "I want my money back. Cancel it.", "question": "What now?", "start": 10, "end": 19},
    {"text": "The contract. I said so.", "start": 80, "end": 99},
]


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        pytest.param("{says: money}", Truth.YES, id="a word"),
        pytest.param("{says: refund}", Truth.NO, id="the agent's word"),
        pytest.param("{says: {is: refund, speaker: agent}}", Truth.YES, id="asked of the agent"),
        pytest.param("{says: {is: refund, speaker: anyone}}", Truth.YES, id="asked of anyone"),
        pytest.param("{says: [refund, 'money back', lawyer]}", Truth.YES, id="any of some"),
        pytest.param("{says: {is: [lawyer, cancel*]}}", Truth.YES, id="a wildcard"),
        pytest.param("{says: 'back cancel'}", Truth.YES, id="over the end of a sentence"),
        pytest.param("{says: 'it the'}", Truth.NO, id="not over the end of a part"),
        pytest.param("{says: {all: [cancel*, contract]}}", Truth.YES, id="all, in any part"),
        pytest.param("{says: {all: [cancel*, [lawyer, contract]]}}", Truth.YES, id="all, one of them any of some"),
        pytest.param("{says: {all: [cancel*, lawyer]}}", Truth.NO, id="not all"),
        pytest.param("{says: {all: [cancel*, it], near: {words: 1}}}", Truth.YES, id="neighbours"),
        pytest.param("{says: {all: [want, cancel], near: {words: 4}}}", Truth.YES, id="four words on"),
        pytest.param("{says: {all: [want, cancel], near: {words: 3}}}", Truth.NO, id="one word more"),
        pytest.param("{says: {all: [cancel, want], near: {words: 4}}}", Truth.YES, id="in any order"),
        pytest.param(
            "{says: {all: ['my money back', cancel], near: {words: 1}}}", Truth.YES, id="from end to beginning"
        ),
        pytest.param("{says: {all: [cancel, contract], near: {words: 99}}}", Truth.NO, id="not in one part"),
        pytest.param("{says: {is: contract, within_last: 20s}}", Truth.YES, id="the last seconds"),
        pytest.param("{says: {is: money, within_last: 20s}}", Truth.NO, id="before the last seconds"),
        pytest.param("{says: {is: money, within_first: {sentences: 1}}}", Truth.YES, id="the first sentence"),
        pytest.param("{says: {is: cancel, within_first: {sentences: 1}}}", Truth.NO, id="the second sentence"),
        pytest.param("{says: {is: 'back cancel', within_first: {sentences: 1}}}", Truth.NO, id="half outside"),
        pytest.param("{says: {is: money, question: 'what now?'}}", Truth.YES, id="in answer to"),
        pytest.param("{says: {is: contract, question: 'what now?'}}", Truth.NO, id="in answer to something else"),
        pytest.param("{none: [{says: lawyer}]}", Truth.YES, id="what was not said"),
    ],
)
def test_what_was_said(text: str, truth: Truth) -> None:
    found, at = condition(text), talk(*CALL)
    assert found.judge(at) is truth
    trace = found.explain(at)
    assert trace.truth is truth
    assert trace_from_dict(trace.as_dict()) == trace


@pytest.mark.parametrize("status", [status for status in ReadingStatus if status is not ReadingStatus.READ])
def test_words_are_never_unknown(status: ReadingStatus) -> None:
    at = replace(talk(*CALL), reading=blank_reading(status, TAXONOMY, model="m"))
    assert condition("{says: money}").judge(at) is Truth.YES
    assert condition("{says: lawyer}").judge(at) is Truth.NO
    assert condition("{question: 'what*'}").judge(at) is Truth.YES
    assert condition("{says: {is: cancel, within_first: {sentences: 1}}}").judge(at) is Truth.YES
    evidence = condition("{says: 'money back'}").explain(at).evidence
    assert evidence is not None
    assert (evidence.sentence, evidence.part, evidence.start, evidence.end) == (None, 1, 10, 20)


@pytest.mark.parametrize(
    ("text", "said", "found", "shown"),
    [
        pytest.param("{says: MONEY}", "says 'MONEY'", "'money'", "money", id="a word"),
        pytest.param(
            "{says: {all: [[cancel*, end], back, [it]], near: {words: 5}}}",
            "says ('cancel*' or 'end') and 'back' and 'it' within 5 words of each other",
            "'Cancel', 'back', 'it'",
            "Cancel it",
            id="several: those of one sentence are shown",
        ),
        pytest.param("{says: {all: [want, so]}}", "says 'want' and 'so'", "'want', 'so'", "want", id="in two parts"),
        pytest.param("{says: {all: [want, lawyer]}}", "says 'want' and 'lawyer'", "only 'want'", None, id="not all"),
        pytest.param(
            "{says: {all: [want, it], near: {words: 1}}}",
            "says 'want' and 'it' within 1 word of each other",
            "'want', 'it', further apart",
            None,
            id="too far apart",
        ),
        pytest.param("{says: lawyer}", "says 'lawyer'", "nothing", None, id="nothing"),
    ],
)
def test_it_tells_the_words_as_they_were_said(text: str, said: str, found: str, shown: str | None) -> None:
    trace = condition(text).explain(talk(*CALL))
    assert (trace.condition, trace.found) == (said, found)
    where = trace.evidence
    assert (where and CALL[where.part]["text"][where.start : where.end]) == shown


@given(st.lists(st.sampled_from("abc "), max_size=14), st.integers(1, 5))
def test_near_is_any_two_at_most_so_far_apart(letters: list[str], near: int) -> None:
    text = " ".join(letters)
    terms = tuple((Phrase(tuple(words.split()), words),) for words in ("a", "b b", "c"))
    words = words_of(text)
    places = [[place for phrase in term for place in phrase.find(words)] for term in terms]
    choices = (sorted(choice) for choice in product(*places))
    holds = any(
        all(later[0] - earlier[1] <= near for earlier, later in [*pairwise(some), (some[0], some[-1])])
        for some in choices
    )
    assert (SaysCondition(terms, near).judge(talk({"text": f"{text}."})) is Truth.YES) == holds


def embedded(phrases: dict[str, list[float]], rows: list[list[float]]) -> Case:
    at = talk({"text": ". ".join(["good"] * (len(rows) - 1))}, {"text": "mine", "speaker": "agent"})
    reading = replace(at.reading, embedding=np.array(rows, np.float16))
    vectors: dict[str, npt.NDArray[np.float32]] = {name: np.array(row, np.float32) for name, row in phrases.items()}
    return Case(at.feedback, reading, vectors)


ROWS = [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("text", "phrases", "truth", "found"),
    [
        pytest.param("{about: leaving}", {"leaving": [0.6, 0.8]}, Truth.YES, 1.0, id="the closest sentence"),
        pytest.param("{about: leaving}", {"leaving": [-1, 0]}, Truth.NO, -0.6, id="far from all"),
        pytest.param("{about: leaving, at_least: 0.8}", {"leaving": [0, 1]}, Truth.YES, 0.8, id="as close as said"),
        pytest.param("{about: leaving, at_least: 0.81}", {"leaving": [0, 1]}, Truth.NO, 0.8, id="not as close"),
        pytest.param(
            "{about: leaving, at_least: 0.9, speaker: agent}", {"leaving": [0, 1]}, Truth.YES, 1.0, id="agent"
        ),
        pytest.param("{about: leaving, speaker: other}", {"leaving": [0, 1]}, Truth.NO, None, id="nobody"),
        pytest.param("{about: leaving}", {}, Truth.UNKNOWN, None, id="no vector"),
        pytest.param("{about: leaving}", {"leaving": [1, 0, 0]}, Truth.UNKNOWN, None, id="a vector of another length"),
    ],
)
def test_what_it_is_about(text: str, phrases: dict[str, list[float]], truth: Truth, found: float | None) -> None:
    test, at = condition(f"{{says: {text}}}"), embedded(phrases, ROWS)
    assert test.judge(at) is truth
    trace = test.explain(at)
    assert trace.truth is truth
    assert trace.found == found or (found is None and str(trace.found).startswith("nothing: "))
    assert (trace.evidence is None) == (found is None)


@pytest.mark.parametrize(
    ("phrases", "truth"),
    [
        pytest.param({"x": [1, 0]}, Truth.YES, id="one holds"),
        pytest.param({"x": [-1, 0]}, Truth.UNKNOWN, id="one is not known"),
        pytest.param({"x": [-1, 0], "leaving": [0, -1]}, Truth.NO, id="none holds"),
    ],
)
def test_several_meanings_are_any_of_them(phrases: dict[str, list[float]], truth: Truth) -> None:
    assert condition("{says: {about: [leaving, x]}}").judge(embedded(phrases, ROWS)) is truth


def test_what_was_not_read_is_about_nothing_known() -> None:
    at = replace(embedded({"leaving": [1, 0]}, ROWS), reading=blank_reading(ReadingStatus.UNREAD, TAXONOMY, model="m"))
    assert AboutCondition("leaving").judge(at) is Truth.UNKNOWN
    assert AboutCondition("leaving").explain(at).found == "nothing: the reading is unread"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{says: []}", "3:14: error: says lists no phrase", id="no phrase"),
        pytest.param("{says: {}}", "says needs one of 'is', 'all' and 'about'", id="nothing"),
        pytest.param("{says: {is: a, about: b}}", "says needs one of", id="two ways"),
        pytest.param("{says: {iz: a}}", "unknown test of says 'iz'", id="a key"),
        pytest.param("{says: [[a]]}", "says needs a phrase, such as 'money back', not a list", id="a list in a list"),
        pytest.param("{says: null}", "says needs a phrase", id="null"),
        pytest.param("{says: {all: abc}}", "'all' is a list of two or more", id="all of a word"),
        pytest.param("{says: {all: [abc]}}", "'all' is a list of two or more", id="all of one"),
        pytest.param("{says: {all: [abc, []]}}", "says lists no phrase", id="all of nothing"),
        pytest.param("{says: {all: [" + "ab, " * 30 + "]}}", "lists more than 20", id="all of many"),
        pytest.param("{says: [" + "ab, " * 1001 + "]}", "lists more than 1,000", id="many phrases"),
        pytest.param("{says: {is: [ab, cd], near: {words: 5}}}", "'near' stands beside 'all'", id="near without all"),
        pytest.param("{says: {all: [ab, cd], near: 5}}", "near must be a mapping", id="near what"),
        pytest.param("{says: {all: [ab, cd], near: {}}}", "near counts words", id="near nothing"),
        pytest.param("{says: {all: [ab, cd], near: {word: 5}}}", "did you mean 'words'?", id="near a word"),
        pytest.param("{says: {all: [ab, cd], near: {words: 0}}}", "whole number from 1", id="near 0"),
        pytest.param("{says: {is: ab, at_least: 0.5}}", "'at_least' stands beside 'about'", id="a confidence of words"),
        pytest.param("{says: {about: ab, at_least: 1.5}}", "from above 0 to 1, not 1.5", id="closer than close"),
        pytest.param("{says: {about: ab, at_least: 0}}", "from above 0 to 1, not 0", id="always"),
        pytest.param("{says: {about: []}}", "about names no meaning", id="about nothing"),
        pytest.param("{says: {about: [" + "ab, " * 51 + "]}}", "lists more than 50", id="about all"),
        pytest.param("{says: {about: {is: x}}}", "about must be text", id="about a mapping"),
        pytest.param("{says: {is: ab, speaker: agnt}}", "did you mean 'agent'?", id="a speaker"),
        pytest.param("{says: '*'}", "3:14: error: '*' stands for any word", id="any word"),
        pytest.param("{says: [ab, '*a*b*c*d*e']}", "3:19: error: '*a*b*c*d*e' has more than", id="built to explode"),
    ],
)
def test_errors(text: str, said: str) -> None:
    loaded = load(when(text))
    assert any(said in str(finding) for finding in loaded.errors), [str(finding) for finding in loaded.findings]
    assert not loaded.rules


def test_a_question_mark_is_told_to_be_a_wildcard() -> None:
    loaded = load(when("{says: 'where is my refund?'}"))
    assert [one.level for one in loaded.findings] == ["warning"]
    assert "leave it out if it is meant as a question mark" in loaded.findings[0].message


@pytest.mark.parametrize("text", ["{says: 404}", "{says: 0042}", "{says: true}", "{says: no}"])
def test_a_phrase_is_taken_as_it_is_written(text: str) -> None:
    found = condition(text)
    assert found.judge(talk({"text": "Error 404. 0042. true. no"})) is Truth.YES
