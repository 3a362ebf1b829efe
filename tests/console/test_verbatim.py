"""What the browser is told to show of what was said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.console.verbatim import say_redaction, told
from engine.alerts.alert import EvidenceSpan
from engine.feedback import Cue, Feedback, Part, Redaction
from engine.reading import Reading, ReadingStatus, Standing
from tests.support.keyword_reader import TAXONOMY, KeywordReader

COLUMNS = list(TAXONOMY.columns)


def read(*parts: Part) -> tuple[Feedback, Reading]:
    (found,) = KeywordReader().read([parts])
    return Feedback("1", parts), found


def shown(pieces: list[Any]) -> str:
    return "".join(piece[0] for piece in pieces)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        pytest.param("I am furious about the menu", "anger", id="what is felt comes before what it is about"),
        pytest.param("The menu is bad", "intent", id="what is wanted comes before what it is about"),
        pytest.param("The menu", "topic", id="a topic alone"),
        pytest.param("maybe furious", None, id="an unsure label colours nothing"),
        pytest.param("maybe furious but bad", None, id="all unsure"),
        pytest.param("Hello", None, id="no label"),
    ],
)
def test_a_sentence_has_the_colour_of_its_surest_label(text: str, group: str | None) -> None:
    found = told(*read(Part(text)))
    (sentence,) = found["sentences"]
    assert sentence.get("group") == group
    assert found["groups"] == ([group] if group else [])
    assert sentence.get("unsure", False) == ("maybe" in text)


def test_every_label_comes_along_with_its_confidence_and_standing() -> None:
    found = told(*read(Part("furious menu. maybe leaving")))
    names = {
        tuple(found["labels"][number])[1]: (percent, stands)
        for one in found["sentences"]
        for number, percent, stands in one["labels"]
    }
    assert names == {
        "anger/anger": (90, Standing.HOLDS),
        "digital/ease-of-use": (90, Standing.HOLDS),
        "churn": (40, Standing.UNSURE),
    }


def test_spoken_turns_say_who_and_when_and_how_well_it_was_heard() -> None:
    parts = (
        Part("Hello there", speaker="agent", start=0.0, end=2.0, confidence=0.95),
        Part("I am furious. Bye", start=62.0, end=66.0, cues=(Cue(0, 62.0, 64.0, 0.4), Cue(13, 65.0, 66.0, 0.9))),
    )
    found = told(*read(*parts))
    assert [(one["speaker"], one["who"], one["at"]) for one in found["turns"]] == [
        ("agent", "Agent", "0:00"),
        ("customer", "Customer", "1:02"),
    ]
    assert [(one.get("at"), one.get("heard")) for one in found["sentences"]] == [
        ("0:00", None),
        ("1:02", 40),
        ("1:05", None),
    ]


@pytest.mark.parametrize(
    ("text", "redactions", "evidence", "pieces"),
    [
        pytest.param(
            "Call [PHONE_NUMBER] now",
            [Redaction("parts.0.text", 5, 19, "phone", "mask")],
            [],
            [["Call ", 0], ["", 0, "", "phone number removed"], [" now", 0]],
            id="what stands in its place is told as a tag",
        ),
        pytest.param(
            "Call  now",
            [Redaction("parts.0.text", 5, 5, "phone", "drop")],
            [EvidenceSpan(0, 0, 4, "churn")],
            [["Call", 0, "churn"], [" ", 0], ["", 0, "", "phone number removed"], [" now", 0]],
            id="what was dropped leaves a tag",
        ),
        pytest.param(
            "a [NAME]",
            [Redaction("parts.0.text", 2, 8, "name", "hash")],
            [EvidenceSpan(0, 4, 8, "x")],
            [["a ", 0], ["", 0, "", "name replaced by a code"]],
            id="evidence that ends inside of it does not cut it",
        ),
        pytest.param(
            "ab",
            [Redaction("parts.0.text", 2, 2, "card", "drop"), Redaction("parts.1.text", 0, 1, "card", "mask")],
            [EvidenceSpan(0, 1, 99, "y"), EvidenceSpan(3, 0, 1, "z")],
            [["a", 0], ["b", 0, "y"], ["", None, "", "card number removed"]],
            id="at the end, in another part, beyond the text",
        ),
        pytest.param("", [], [], [], id="empty"),
    ],
)
def test_what_was_removed_and_what_is_evidence(
    text: str, redactions: list[Redaction], evidence: list[EvidenceSpan], pieces: list[Any]
) -> None:
    _, reading = read(Part(text or "x"))
    feedback = Feedback("1", (Part(text),), redactions=tuple(redactions))
    found = told(feedback, reading if text else None, evidence)
    assert found["turns"][0]["pieces"] == pieces


spans = st.tuples(st.integers(-3, 30), st.integers(-3, 30)).map(sorted)


@given(text=st.text(max_size=24), sentences=st.lists(spans, max_size=5), evidence=st.lists(spans, max_size=4))
def test_whatever_is_marked_all_words_are_shown_once_and_in_order(
    text: str, sentences: list[list[int]], evidence: list[list[int]]
) -> None:
    rows = np.array([(0, start, end) for start, end in sorted(sentences)], np.int32).reshape(len(sentences), 3)
    numbers = np.zeros((len(sentences) + 1, len(COLUMNS)))
    reading = Reading(
        *(ReadingStatus.READ, "en", "m@1", TAXONOMY, rows, numbers.astype(np.float32)),
        *(numbers.astype(np.uint8), np.zeros((len(sentences), 4), np.float16)),
    )
    found = told(Feedback("1", (Part(text),)), reading, [EvidenceSpan(0, *one, "x") for one in evidence])
    assert shown(found["turns"][0]["pieces"]) == text


@pytest.mark.parametrize(
    ("kind", "action", "said"),
    [
        pytest.param("phone", "mask", "phone number removed", id="masked"),
        pytest.param("email", "hash", "e-mail address replaced by a code", id="hashed"),
        pytest.param("whole", "drop", "personal data removed", id="a kind that is not known"),
    ],
)
def test_a_redaction_says_what_was_there(kind: str, action: str, said: str) -> None:
    assert say_redaction(Redaction("parts.0.text", 0, 0, kind, action)) == said
