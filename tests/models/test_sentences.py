"""Sentences and clauses: exact offsets, whatever the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sentences import split


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param(" \n ", [], id="white space"),
        pytest.param("Good.", ["Good."], id="one"),
        pytest.param("It broke. Twice!", ["It broke.", "Twice!"], id="two sentences"),
        pytest.param(
            "The staff was lovely but the app crashed twice",
            ["The staff was lovely", "but the app crashed twice"],
            id="a clause with a subject of its own",
        ),
        pytest.param("Fish and chips for two", ["Fish and chips for two"], id="a list stays together"),
        pytest.param("I like the room; the bed was hard", ["I like the room", "the bed was hard"], id="a semicolon"),
        pytest.param("The room was cold\nThe bed was hard", ["The room was cold", "The bed was hard"], id="two lines"),
        pytest.param("ok but I", ["ok but I"], id="too short to split"),
    ],
)
def test_splitting(text: str, pieces: list[str]) -> None:
    assert [text[start:end] for start, end in split(text)] == pieces


@given(st.text(max_size=200) | st.text(alphabet="ab .,;!?\n-", max_size=80))
def test_offsets_are_in_order_inside_the_text_and_lose_no_word(text: str) -> None:
    spans = split(text)
    at = 0
    for start, end in spans:
        assert at <= start < end <= len(text)
        assert text[start:end].strip() == text[start:end]
        assert not any(character.isalnum() for character in text[at:start])
        at = end
    assert not any(character.isalnum() for character in text[at:])
