"""Windows: every token in one window, in order, never more than fit."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.artifact import DEFAULT
from models.sentences import split
from models.windows import SPECIAL, Piece, batch_of, load_tokenizer, pieces_of, windows_of

TOKENIZER = load_tokenizer(str(DEFAULT / "tokenizer.json"))
MOST = 10
PARAGRAPHS = st.text(alphabet="ab c.,!\né😡-", max_size=120)


@given(PARAGRAPHS)
def test_pieces_hold_every_token_once_inside_their_offsets(text: str) -> None:
    encoding = TOKENIZER.encode(text, add_special_tokens=False)
    pieces = pieces_of(0, encoding, split(text), MOST)
    # What lies between sentences is punctuation that begins a clause; it belongs to none.
    inside = [token for piece in pieces for token in piece.tokens]
    assert len(inside) <= len(encoding.ids)
    assert all(len(piece.tokens) <= MOST for piece in pieces)
    assert all(0 <= piece.start < piece.end <= len(text) for piece in pieces)
    assert all(one.end <= other.start for one, other in pairwise(pieces))


@given(st.lists(st.lists(st.integers(1000, 9000), max_size=MOST), max_size=12))
def test_windows_keep_order_and_size(sentences: list[list[int]]) -> None:
    windows = windows_of([Piece(0, 0, 1, tokens) for tokens in sentences], 5, MOST)
    assert [token for window in windows for token in window.tokens] == [t for tokens in sentences for t in tokens]
    assert all(len(window.tokens) <= MOST for window in windows)
    rows = [window.first + slot for window in windows for slot in range(len(window.lengths))]
    assert rows == list(range(5, 5 + len(sentences)))


@given(st.lists(st.lists(st.integers(1000, 9000), min_size=1, max_size=MOST), min_size=1, max_size=6))
def test_each_sentence_pools_its_own_tokens(sentences: list[list[int]]) -> None:
    windows = windows_of([Piece(0, 0, 1, tokens) for tokens in sentences], 0, MOST)
    batch = batch_of(windows, begin=101, end=102, pad=0)
    assert batch.input_ids.shape[1] == max(len(window.tokens) for window in windows) + SPECIAL
    np.testing.assert_allclose(batch.pool[batch.windows, batch.slots].sum(axis=1), 1.0, atol=1e-6)
    for row, window, slot in zip(batch.rows, batch.windows, batch.slots, strict=True):
        assert batch.input_ids[window][batch.pool[window, slot] > 0].tolist() == sentences[row]
