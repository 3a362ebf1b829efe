"""What is no language is left out, and only that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.noise import STRETCH, is_stylised, stretches, without_noise


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("see https://example.com/a?b=c, ta", "see ta", id="link"),
        pytest.param("see example.com/help", "see", id="bare domain"),
        pytest.param("write to a.b@example.co.uk please", "write to please", id="address"),
        pytest.param("@brand hello", "hello", id="handle"),
        pytest.param("<p class='x'>The&nbsp;app</p>", "The app", id="tags and entities"),
        pytest.param("Dear {{name}}, fix it", "Dear , fix it", id="placeholder"),
        pytest.param("order 550e8400-e29b-41d4-a716-446655440000 lost", "order lost", id="UUID"),
        pytest.param("token aGVsbG8gd29ybGQ= expired", "token expired", id="key"),
        pytest.param("nice :D really <3", "nice really", id="emoticons"),
        pytest.param("g\u200bo\u00adod", "good", id="invisible signs"),
        pytest.param("Z̸̧̢a̷̡l̸g̵o̶", "Zalgo", id="piled marks"),
        pytest.param("5 < 6 and 7 > 3", "5 < 6 and 7 > 3", id="comparisons stay"),
        pytest.param("it never came.Me and my wife waited", "it never came.Me and my wife waited", id="a stop stays"),
        pytest.param("#worstserviceever2024", "#worstserviceever2024", id="a hashtag stays"),
        pytest.param("internationalisation", "internationalisation", id="a long word stays"),
        pytest.param("and/or w/o 24/7", "and/or w/o 24/7", id="slashes stay"),
        pytest.param("ΑΒΓ ά ё й", "ΑΒΓ ά ё й", id="accents of other scripts stay"),
    ],
)
def test_noise_goes_and_words_stay(text: str, words: str) -> None:
    assert without_noise(text).split() == words.split()


@given(st.text(max_size=80))
def test_nothing_is_invented(text: str) -> None:
    assert len(without_noise(text).split()) <= len(text) + 1


@pytest.mark.parametrize("piece", ["a.", "a@", "=", "<a", "&a", "{{", "abcd-", "/a1", ":)", "<!--", "a" * 50 + "1 "])
def test_a_hostile_text_is_taken_in_stretches(piece: str) -> None:
    assert all(len(said) <= STRETCH for said in stretches(piece * 20_000))


def test_stretches_without_a_letter_are_left_out() -> None:
    text = "12 " * STRETCH + "<br>" * STRETCH + "it broke"
    assert "it broke" in list(stretches(text))[-1]


@pytest.mark.parametrize(
    ("text", "stylised"),
    [
        pytest.param("𝓣𝓱𝓮 app", False, id="half"),
        pytest.param("𝓣𝓱𝓮 𝓪𝓹𝓹", True, id="script"),
        pytest.param("ａｐｐ", True, id="wide"),
        pytest.param("app", False, id="plain"),
        pytest.param("über café", False, id="accents"),
        pytest.param("品質", False, id="another script"),
    ],
)
def test_letters_in_disguise(text: str, stylised: bool) -> None:
    assert is_stylised(text) is stylised
