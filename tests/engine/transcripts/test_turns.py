"""Utterances become parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feedback import MAX_PART_CHARACTERS, Cue, Part
from engine.transcripts.turns import parts_of
from engine.transcripts.utterance import Utterance


def test_a_turn_is_what_one_speaker_said_until_another_did() -> None:
    said = [
        Utterance("Hello, how can I help?", 0.0, 2.0, "A", 0.9),
        Utterance("My parcel", 2.5, 3.0, "C", 0.8),
        Utterance("  is\nlate. ", 3.0, 4.00049, "C", 0.5),
        Utterance("   ", 4.0, 5.0, "A", 0.1),
        Utterance("Again!", 5.0, 6.0, "C"),
        Utterance("Sorry.", 6.0, 7.0, "A"),
    ]
    assert parts_of(said, {"A": "agent", "C": "customer"}) == (
        Part("Hello, how can I help?", None, "agent", 0.0, 2.0, 0.9, (Cue(0, 0.0, 2.0, 0.9),)),
        Part(
            "My parcel is late. Again!",
            None,
            "customer",
            2.5,
            6.0,
            round((9 * 0.8 + 8 * 0.5) / 17, 4),
            (Cue(0, 2.5, 3.0, 0.8), Cue(10, 3.0, 4.0, 0.5), Cue(19, 5.0, 6.0)),
        ),
        Part("Sorry.", None, "agent", 6.0, 7.0, None, (Cue(0, 6.0, 7.0),)),
    )


@pytest.mark.parametrize(
    "utterances",
    [pytest.param([], id="none"), pytest.param([Utterance(" \n ", 0, 1)], id="without-words")],
)
def test_nothing_said_is_no_part(utterances: list[Utterance]) -> None:
    assert parts_of(utterances) == ()


def test_who_is_not_known_is_the_customer() -> None:
    said = [Utterance("One.", 0, 1, "X"), Utterance("Two.", 1, 2), Utterance("Three.", 2, 3, "Y")]
    assert [part.speaker for part in parts_of(said, {"Y": "agent"})] == ["customer", "customer", "agent"]


def test_a_long_turn_is_cut_before_the_utterance_that_is_too_much() -> None:
    half = "word " * (MAX_PART_CHARACTERS // 10)
    parts = parts_of([Utterance(half, n, n + 1, "C") for n in range(3)])
    assert [len(part.cues) for part in parts] == [1 + (len(half.strip()) * 2 + 1 <= MAX_PART_CHARACTERS), 1]
    assert [(part.start, part.end) for part in parts] == [(0, 2), (2, 3)]


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        pytest.param("x" * 45_000, [20_000, 20_000, 5_000], id="one-word"),
        pytest.param("word " * 9_000, [19_999, 19_999, 4_999], id="words"),
    ],
)
def test_an_utterance_longer_than_a_part_is_cut_between_words(text: str, lengths: list[int]) -> None:
    parts = parts_of([Utterance(text, 0, 45, "C", 0.5)])
    assert [len(part.text) for part in parts] == lengths
    assert "".join(part.text for part in parts).replace(" ", "") == text.replace(" ", "")
    assert parts[0].end == parts[1].start == pytest.approx(20, abs=0.1)
    assert {part.confidence for part in parts} == {0.5}


times = st.floats(0, 1e6, allow_nan=False)
utterances = st.builds(
    Utterance,
    text=st.text(st.characters(exclude_categories=("Cs",)), max_size=30),
    start=times,
    end=times,
    speaker=st.sampled_from([None, "A", "C"]),
    confidence=st.none() | st.floats(0, 1),
)


@given(st.lists(utterances, max_size=20))
def test_no_word_is_lost_and_every_cue_stands_at_its_own_words(said: list[Utterance]) -> None:
    parts = parts_of(said, {"A": "agent"})
    assert " ".join(part.text for part in parts).split() == " ".join(one.text for one in said).split()
    for part in parts:
        ends = [cue.at - 1 for cue in part.cues[1:]] + [len(part.text)]
        told = [part.text[cue.at : end] for cue, end in zip(part.cues, ends, strict=True)]
        assert all(told)
        assert " ".join(told) == part.text
        assert part.confidence is None or 0 <= part.confidence <= 1
