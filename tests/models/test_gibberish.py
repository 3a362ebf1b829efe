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
RANDOM = "qwerty asdasd tyui lkjh asdf asdfgh asdfasdf sdfsdf hjkl qwrtz jkjkjk fghfgh xcvxcv slkdfj kjhgkjh aaaa xxxx"


@pytest.mark.parametrize("word", f"{PLAIN} {MISSPELT} {DRAWN_OUT} {ABBREVIATED}".split())
def test_one_word_is_a_word(word: str) -> None:
    assert not SHAPES.is_gibberish(word)
    assert not SHAPES.is_gibberish(f"{word.upper()}!!")


@pytest.mark.parametrize("word", RANDOM.split())
def test_keys_at_random_are_not(word: str) -> None:
    assert SHAPES.is_gibberish(word)
    assert SHAPES.is_gibberish(f"{word} {word}, {word}")


@pytest.mark.parametrize(
    ("text", "gibberish"),
    [
        pytest.param("asdfgh jkl", True, id="short keys do not save long ones"),
        pytest.param("asdfgh ok", False, id="a known short word does"),
        pytest.param("wtf smh", False, id="short words alone are none"),
        pytest.param("q w e r t y", True, id="letters one by one"),
        pytest.param("A B", False, id="two letters"),
        pytest.param("ab" * 2_000, True, id="longer than any word"),
        pytest.param("pneumonoultramicroscopicsilicovolcanoconiosis", False, id="the longest word"),
        pytest.param("reza was rude", False, id="a name over the keys"),
        pytest.param("asdf " * 2_000 + "late", False, id="a word after many keys"),
        pytest.param("asdf " * 2_000, True, id="many keys"),
        pytest.param("asdf https://example.com", True, id="a link is no word"),
        pytest.param("𝓪𝓹𝓹 𝓬𝓻𝓪𝓼𝓱", True, id="letters in disguise"),
        pytest.param("𝓪𝓹𝓹 𝓬𝓻𝓪𝓼𝓱 refund", False, id="letters in disguise beside a word"),
    ],
)
def test_words_are_weighed_together(text: str, gibberish: bool) -> None:
    assert SHAPES.is_gibberish(text) is gibberish


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
        pytest.param("N / A", True, id="spaces"),
        pytest.param("#N/A", True, id="of a spreadsheet"),
        pytest.param("NULL", True, id="of a database"),
        pytest.param("[object Object]", True, id="of a program"),
        pytest.param("Prefer not to say.", True, id="declined"),
        pytest.param("prefer not to say who served me, but they were rude", False, id="declined, and more"),
        pytest.param("skip the queue was great", False, id="a verb"),
        pytest.param("none", False, id="none is an answer"),
        pytest.param("nothing", False, id="nothing is an answer"),
        pytest.param("https://example.com/it-is-broken", True, id="a link"),
        pytest.param("look: https://example.com", False, id="a link and a word"),
        pytest.param("https://example.com/it-is-broken " * 200 + "look", False, id="many links and a word"),
        pytest.param("07700 900123", True, id="a number"),
        pytest.param("10/10", False, id="a score out of ten"),
        pytest.param("100%!!", False, id="per cent"),
        pytest.param("31/01/2024", True, id="a date"),
        pytest.param("品質が悪い", False, id="another script"),
    ],
)
def test_stand_ins_for_an_answer(text: str, nothing: bool) -> None:
    assert stands_for_nothing(text) is nothing
