"""Windows: every token in one window, in order, never more than fit."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from models.artifact import DEFAULT
from models.windows import (
    BEGINS,
    NEVER,
    NEW_LINE,
    OUTSIDE,
    PERHAPS,
    SPECIAL,
    Window,
    batch_of,
    given,
    load_tokenizer,
    packed,
    together,
    window_of,
)

TOKENIZER = load_tokenizer(str(DEFAULT / "tokenizer.json"))
MOST = 10
PARAGRAPHS = st.text(alphabet="ab c.,!\né😡-", max_size=120)


@over(st.lists(PARAGRAPHS, max_size=4))
def test_a_record_s_windows_hold_every_token_once_and_in_order(texts: list[str]) -> None:
    encodings = [TOKENIZER.encode(text, add_special_tokens=False) for text in texts]
    windows = packed([(part, text, one) for part, (text, one) in enumerate(zip(texts, encodings, strict=True))], MOST)
    assert [token for window in windows for token in window.tokens] == [token for one in encodings for token in one.ids]
    assert all(0 < len(window.tokens) <= MOST for window in windows)
    assert all(window.breaks[0] == BEGINS for window in windows)
    places = [place for window in windows for place in window.places]
    assert places == [(part, *offset) for part, one in enumerate(encodings) for offset in one.offsets]
    firsts = {part: place for place, (part, _, _) in reversed(list(enumerate(places)))}
    breaks = [value for window in windows for value in window.breaks]
    assert all(breaks[place] == BEGINS for place in firsts.values())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("it broke", [BEGINS, PERHAPS], id="a word may begin a sentence"),
        pytest.param("crashed.Again", [BEGINS, NEVER, PERHAPS], id="a word right behind a full stop may, the stop not"),
        pytest.param("unhelpful staff", [BEGINS, NEVER, NEVER, NEVER, PERHAPS], id="the inside of a word may not"),
        pytest.param("bad\ngood", [BEGINS, NEW_LINE], id="a new line hints at one"),
    ],
)
def test_where_sentences_may_begin(text: str, wanted: list[float]) -> None:
    assert window_of(0, text, TOKENIZER.encode(text, add_special_tokens=False)).breaks == wanted


def test_a_long_part_is_cut_between_its_sentences() -> None:
    text = "One two three four five six. Seven eight nine ten eleven."
    windows = packed([(0, text, TOKENIZER.encode(text, add_special_tokens=False))], MOST)
    said = [text[window.places[0][1] : window.places[-1][2]] for window in windows]
    assert said == ["One two three four five six.", "Seven eight nine ten eleven."]


@over(PARAGRAPHS, st.lists(st.integers(0, 120), max_size=8))
def test_given_sentences_begin_where_they_are_given(text: str, cuts: list[int]) -> None:
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    spans = list(pairwise(edges))
    sentences = given(0, TOKENIZER.encode(text, add_special_tokens=False), spans, MOST)
    assert len(sentences) == len(spans)
    held = [one for one in sentences if one is not None]
    assert all([value == BEGINS for value in one.breaks] == [True] + [False] * (len(one.tokens) - 1) for one in held)
    windows = together(held, MOST)
    assert sum(window.breaks.count(BEGINS) for window in windows) == len(held)
    assert all(len(window.tokens) <= MOST for window in windows)


@over(st.lists(st.lists(st.integers(1000, 9000), min_size=1, max_size=MOST), min_size=1, max_size=6))
def test_a_batch_pads_to_the_longest_and_marks_what_is_no_sentence(texts: list[list[int]]) -> None:
    windows = [Window(tokens, [BEGINS] * len(tokens), [(0, 0, 1)] * len(tokens)) for tokens in texts]
    batch = batch_of(windows, (101, 102, 0))
    assert batch.input_ids.shape[1] == max(len(tokens) for tokens in texts) + SPECIAL
    np.testing.assert_array_equal(batch.attention_mask.sum(axis=1), [len(tokens) + SPECIAL for tokens in texts])
    for row, tokens in enumerate(texts):
        assert batch.input_ids[row, 1 : 1 + len(tokens)].tolist() == tokens
        assert (batch.breaks[row] == OUTSIDE).sum() == batch.breaks.shape[1] - len(tokens)
