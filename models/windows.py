"""From texts to windows: tokens of a whole verbatim, and which of them each sentence owns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from engine.errors import ArtifactError
from models.sentences import Span

SPECIAL = 2
# Marks after which a sentence can begin without a space.
ENDS = '.!?;\u2026\u2014\u2013)"\u201d'


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence with its tokens: at most a window's worth."""

    part: int
    start: int
    end: int
    tokens: list[int]


@dataclass(frozen=True, slots=True)
class Window:
    """Some sentences of one record that are encoded together.

    Parameters
    ----------
    first
        Row of its first sentence among all sentences of the batch.
    lengths
        How many tokens each of its sentences has.
    tokens
        Their tokens, without the special ones.
    """

    first: int
    lengths: list[int]
    tokens: list[int]


def pieces_of(part: int, encoding: Encoding, spans: Sequence[Span], most: int) -> list[Piece]:
    """Return the sentences of a part with their tokens; one of more than `most` tokens is cut up."""
    ids, offsets = encoding.ids, encoding.offsets
    found: list[Piece] = []
    at = 0
    for start, end in spans:
        while at < len(ids) and offsets[at][1] <= start:
            at += 1
        first = at
        while at < len(ids) and offsets[at][0] < end:
            at += 1
        found += _cut(part, (start, end), ids[first:at], offsets[first:at], most)
    return found


def _cut(part: int, span: Span, ids: list[int], offsets: list[tuple[int, int]], most: int) -> list[Piece]:
    if len(ids) <= most:
        return [Piece(part, *span, ids)]
    starts = range(0, len(ids), most)
    begins = [span[0]] + [offsets[start][0] for start in starts[1:]]
    ends = [*begins[1:], span[1]]
    return [
        Piece(part, begin, end, ids[start : start + most])
        for start, begin, end in zip(starts, begins, ends, strict=True)
    ]


def may_begin(text: str, encoding: Encoding) -> list[bool]:
    """Return for each token whether a sentence could begin there: at a word, or after a mark that ends one."""
    return [
        not start or text[start - 1].isspace() or (text[start - 1] in ENDS and text[start : start + 1].isalnum())
        for start, _ in encoding.offsets
    ]


def windows_of(pieces: Sequence[Piece], first: int, most: int) -> list[Window]:
    """Pack a record's sentences into as few windows as keep their order."""
    windows: list[Window] = []
    for row, piece in enumerate(pieces, start=first):
        if not windows or len(windows[-1].tokens) + len(piece.tokens) > most:
            windows.append(Window(row, [], []))
        windows[-1].lengths.append(len(piece.tokens))
        windows[-1].tokens.extend(piece.tokens)
    return windows


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows as arrays: the model's three inputs, and where each output row belongs.

    Parameters
    ----------
    input_ids, attention_mask
        (n_windows, n_tokens).
    pool
        (n_windows, n_sentences, n_tokens) float32.
    windows, slots, rows
        (n_total,) for every sentence: its window, its place there, and its row among all sentences.
    """

    input_ids: npt.NDArray[np.int64]
    attention_mask: npt.NDArray[np.int32]
    pool: npt.NDArray[np.float32]
    windows: npt.NDArray[np.int64]
    slots: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]


def batch_of(windows: Sequence[Window], begin: int, end: int, pad: int) -> Batch:
    """Return windows as arrays, padded to the longest; `begin` and `end` are the special tokens."""
    width = max(len(window.tokens) for window in windows) + SPECIAL
    sentences = max(len(window.lengths) for window in windows)
    input_ids = np.full((len(windows), width), pad, np.int64)
    mask = np.zeros((len(windows), width), np.int32)
    pool = np.zeros((len(windows), sentences, width), np.float32)
    places: list[tuple[int, int, int]] = []
    for number, window in enumerate(windows):
        used = len(window.tokens) + SPECIAL
        input_ids[number, :used] = [begin, *window.tokens, end]
        mask[number, :used] = 1
        at = 1
        for slot, length in enumerate(window.lengths):
            if length:
                pool[number, slot, at : at + length] = 1.0 / length
            places.append((number, slot, window.first + slot))
            at += length
    where = np.array(places, np.int64)
    return Batch(input_ids, mask, pool, where[:, 0], where[:, 1], where[:, 2])


def special_tokens(tokenizer: Tokenizer) -> tuple[int, int, int]:
    """Return the numbers of [CLS], [SEP] and [PAD].

    Raises
    ------
    ArtifactError
        If the tokenizer lacks one of them.
    """
    found = {token: tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "[PAD]")}
    begin, end, pad = found.values()
    if begin is None or end is None or pad is None:
        raise ArtifactError("the model's tokenizer lacks [CLS], [SEP] or [PAD]; train or fetch the model again")
    return begin, end, pad


def load_tokenizer(path: str) -> Tokenizer:
    """Load a tokenizer that neither pads nor cuts: windows do both."""
    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
