"""Gibberish is told from words, misspelt and drawn-out ones included."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.artifact import DEFAULT
from models.gibberish import WordShapes, stands_for_nothing
from models.windows import load_tokenizer

SHAPES = WordShapes.of(load_tokenizer(str(DEFAULT / "tokenizer.json")))

PLAIN = "appalling atrocious unhelpful overpriced abysmal unprofessional uninstalled clunky glitchy scammers knackered"
MISSPELT = "disapointing dissapointed horible rediculous unacceptible excelent"
DRAWN_OUT = "noooo yessss sooo amaaazing hmmm ohhh grrr hahaha"
ABBREVIATED = "thx wtf smh gr8 ok lol"
RANDOM = "asdf asdfgh asdfasdf sdfsdf hjkl qwrtz jkjkjk fghfgh xcvxcv slkdfj kjhgkjh aaaa xxxx"


@pytest.mark.parametrize("word", f"{PLAIN} {MISSPELT} {DRAWN_OUT} {ABBREVIATED}".split())
def test_one_word_is_a_word(word: str) -> None:
    assert not SHAPES.is_gibberish(word)
    assert not SHAPES.is_gibberish(f"{word.upper()}!!")


@pytest.mark.parametrize("word", RANDOM.split())
def test_keys_at_random_are_not(word: str) -> None:
    assert SHAPES.is_gibberish(word)
    assert SHAPES.is_gibberish(f"{word} {word}, {word}")


@given(st.text(max_size=60))
def test_one_real_word_is_enough(text: str) -> None:
    assert not SHAPES.is_gibberish(f"{text} refund")


@pytest.mark.parametrize("text", ["", "10/10", "5", "A+", "👍", "品質が悪い"])
def test_what_has_no_word_to_judge_is_not_gibberish(text: str) -> None:
    assert not SHAPES.is_gibberish(text)


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        pytest.param("n/a", True, id="n/a"),
        pytest.param(" N.A. ", True, id="dots"),
        pytest.param("NA", True, id="letters"),
        pytest.param("Not applicable.", True, id="words"),
        pytest.param("nah", False, id="nah"),
        pytest.param("Nan was served last", False, id="a word that begins so"),
        pytest.param("n/a, but the app crashes", False, id="more after it"),
        pytest.param("", False, id="empty"),
    ],
)
def test_stand_ins_for_an_answer(text: str, nothing: bool) -> None:
    assert stands_for_nothing(text) is nothing
