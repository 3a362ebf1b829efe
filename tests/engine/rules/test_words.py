"""Words and phrases: alike however they are typed, in any script, one by one and many at once."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.rules.phrase import Phrase, parse_phrase
from engine.rules.vocabulary import Vocabulary
from engine.rules.wildcards import wildcard_pattern
from engine.rules.words import fold, spaced, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("My REFUND, please!", "my refund please", id="case and marks"),
        pytest.param("don't don’t don＇t donʼt", "don t don t don t don t", id="apostrophes"),
        pytest.param("e-mail e‑mail e–mail", "e mail e mail e mail", id="hyphens"),
        pytest.param("İPTAL iptal Iptal ıptal", "iptal iptal iptal iptal", id="the Turkish i"),
        pytest.param("Straße STRASSE", "strasse strasse", id="German ß"),
        pytest.param("ΣΊΣΥΦΟΣ Σίσυφος", "σίσυφοσ σίσυφοσ", id="Greek sigmas"),
        pytest.param("cafe\u0301 CAFÉ", "café café", id="combining marks"),
        pytest.param("हिन्दी में", "हिन्दी में", id="marks that do not combine"),
        pytest.param("أريد استرداد، أموالي", "أريد استرداد أموالي", id="Arabic"),
        pytest.param("我要退款！", "我 要 退 款", id="Han"),
        pytest.param("ﾍﾟｲﾍﾟｲで", "ペ イ ペ イ で", id="Kana, half-width"),
        pytest.param("iPhone手机2", "iphone 手 机 2", id="scripts side by side"),
        pytest.param("ok👍🏽👍 😡😡", "ok 👍 👍 😡 😡", id="emoji"),
        pytest.param("❤️ ❤", "❤ ❤", id="emoji as text and as a picture"),
        pytest.param("한국어 환불", "한국어 환불", id="Hangul"),
        pytest.param("\u1112\u1161\u11ab", "한", id="Hangul in pieces"),
        pytest.param("£50.99 (20%)", "50 99 20", id="numbers"),
        pytest.param("snake_case", "snake_case", id="underscores"),
        pytest.param("can\u00adcel zero\u200bwidth می\u200cخواهم", "cancel zero width میخواهم", id="what is not seen"),
        pytest.param("… ½", "1 2", id="one character, many"),
        pytest.param(" \n\t!?", "", id="nothing"),
    ],
)
def test_words(text: str, words: str) -> None:
    assert spaced(text) == words


def test_words_know_where_they_stand() -> None:
    text = "Ich WEISS, cafe\u0301 im 手机…weiß"
    found = words_of(text)
    pieces = [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]
    assert pieces == ["Ich", "WEISS", "cafe\u0301", "im", "手", "机", "weiß"]
    assert found.places["weiss"] == (1, 6)
    assert found.within(4, 10) == (1, 2)


@given(st.text(max_size=40))
@example("e\u200d\u0301")
@example("\u03b1\u0345")
@example("İi\u0307I\u0307")
def test_words_are_the_same_with_and_without_their_places(text: str) -> None:
    found = words_of(text)
    assert " ".join(found.words) == spaced(text)
    assert all(0 <= start < end <= len(text) for start, end in zip(found.starts, found.ends, strict=True))
    assert list(found.starts) == sorted(found.starts)


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        pytest.param("refund", "Refund, refunds; a REFUND!", ["Refund", "REFUND"], id="a word"),
        pytest.param("money back", "Money-back. My money,\nback", ["Money-back", "money,\nback"], id="words in a row"),
        pytest.param("refund*", "refund refunded prefund", ["refund", "refunded"], id="an ending"),
        pytest.param("*fund", "refund funds fund", ["refund", "fund"], id="a beginning"),
        pytest.param("wom?n", "woman women womn wom-n", ["woman", "women"], id="one letter"),
        pytest.param("cancel* my contract*", "Cancelling my contracts", ["Cancelling my contracts"], id="both"),
        pytest.param("a a", "a a a", ["a a", "a a"], id="overlapping"),
        pytest.param("don’t", "I don't. DON’T", ["don't", "DON’T"], id="apostrophes"),
        pytest.param("avocat", "J'appelle l’avocat", ["avocat"], id="after an elision"),
        pytest.param("退款", "我要退款！", ["退款"], id="Han inside a longer text"),
        pytest.param("😡", "no😡😡", ["😡", "😡"], id="emoji"),
        pytest.param("👍", "👍🏿", ["👍🏿"[:1]], id="any skin tone"),
        pytest.param("iptal", "İPTAL ıptal", ["İPTAL", "ıptal"], id="the Turkish i"),
        pytest.param("strasse", "Straße", ["Straße"], id="German ß"),
        pytest.param("استرداد", "أريد استرداد أموالي", ["استرداد"], id="Arabic"),
        pytest.param("café", "cafe\u0301 cafe", ["cafe\u0301"], id="combining marks"),
        pytest.param("ｃａｎｃｅｌ＊", "cancelled", ["cancelled"], id="full width"),
    ],
)
def test_phrases(phrase: str, text: str, found: list[str]) -> None:
    one, words = parse_phrase(phrase), words_of(text)
    assert [text[words.starts[first] : words.ends[last]] for first, last in one.find(words)] == found
    assert (one in Vocabulary([one]).which(spaced(text))) == bool(one.find(words))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("*", "stands for any word", id="a star"),
        pytest.param("money ** back", "stands for any word", id="stars among words"),
        pytest.param("退款*", "in scripts without spaces", id="a star behind Han"),
        pytest.param("?", "stands for any word", id="a question mark"),
        pytest.param("a*", "fits too many words", id="one letter and a star"),
        pytest.param("*a*b*c*d*e", "more than 4 wildcards", id="many stars"),
        pytest.param("*" * 150, "stands for any word", id="thousands of stars"),
        pytest.param("*" * 5000, "longer than 200 characters", id="more stars"),
        pytest.param("word " * 100, "longer than 200 characters", id="a novel"),
        pytest.param("a " * 50, "more than 40 words", id="many words"),
        pytest.param("!?!" * 3, "stands for any word", id="marks that are wildcards"),
        pytest.param("!!!", "has no words", id="marks"),
        pytest.param("  ", "has no words", id="nothing"),
    ],
)
def test_what_is_no_phrase(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)) as caught:
        parse_phrase(text)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("pattern", ["*a*a*a*b", "a*a*a*a*", "*aa?aa*a", "?*?*?*b"])
def test_no_pattern_takes_long(pattern: str) -> None:
    text = "a" * 20_000
    vocabulary = Vocabulary([Phrase((pattern,), pattern)])
    began = time.perf_counter()
    wildcard_pattern(pattern).match(text)
    vocabulary.which(spaced(" ".join([text[:2000]] * 10)))
    assert time.perf_counter() - began < 2


def _naive(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_naive(pattern[1:], text[at:]) for at in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and _naive(pattern[1:], text[1:])


@given(st.text(alphabet="ab*?", max_size=8), st.text(alphabet="ab?\n", max_size=8))
def test_wildcards_agree_with_trying_everything(pattern: str, text: str) -> None:
    assert (wildcard_pattern(pattern).match(text) is not None) == _naive(pattern, text)


WORDS = st.lists(
    st.text(alphabet="ab*?", min_size=1, max_size=4).filter(lambda one: one.strip("*?")), min_size=1, max_size=3
)
SAID = st.lists(st.text(alphabet="ab", min_size=1, max_size=4), max_size=12).map(" ".join)


@given(st.lists(WORDS.map(lambda words: Phrase(tuple(words), " ".join(words))), max_size=6), SAID)
def test_many_phrases_at_once_are_found_like_each_alone(phrases: list[Phrase], text: str) -> None:
    alone = {phrase: phrase.find(words_of(text)) for phrase in phrases}
    assert Vocabulary(phrases).which(spaced(text)) == {phrase for phrase, places in alone.items() if places}


@given(st.lists(st.text(max_size=6), max_size=4), st.text(max_size=30))
def test_any_text_is_a_phrase_or_is_refused_and_is_found_alike(texts: list[str], text: str) -> None:
    phrases = []
    for one in texts:
        try:
            phrases.append(parse_phrase(one))
        except ValueError:
            continue
    said = f"{text} {' '.join(texts)}"
    found = Vocabulary(phrases).which(spaced(said))
    assert found == {phrase for phrase in phrases if phrase.find(words_of(said))}
    assert all(phrase in found or not phrase.is_literal for phrase in phrases)


@given(st.text(max_size=30))
def test_folding_is_done_once(text: str) -> None:
    assert spaced(spaced(text)) == spaced(text)
    assert fold(fold(text)) == fold(text)
