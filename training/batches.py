"""Labelled verbatims as padded batches of tensors."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from tokenizers import Tokenizer
from torch import Tensor

from models.sentences import split
from models.windows import SPECIAL, Window, batch_of, may_begin, pieces_of, special_tokens, windows_of
from training.data import Labelled

BUCKET = 40


@dataclass(frozen=True)
class Example:
    """A verbatim, tokenised: one window of at most 256 tokens; what lies beyond does not train.

    Parameters
    ----------
    lengths
        Tokens of each sentence.
    may_begin
        For each token, whether a sentence could begin there.
    groups
        For each sentence, the row of `labels` it belongs to: its own, or the one row of a text that was labelled whole.
    labels, known
        (n_groups, n_labels).
    talk
        Whether it is talk among people and no feedback.
    bounded
        Whether its boundaries are right, so that they train.
    """

    lengths: list[int]
    tokens: list[int]
    may_begin: list[bool]
    groups: list[int]
    labels: Tensor
    known: Tensor
    talk: bool
    bounded: bool


@dataclass(frozen=True)
class TensorBatch:
    """The model's inputs, and what is known of every sentence, token and record.

    Parameters
    ----------
    groups
        (n_sentences,) row of `labels` of each sentence, in the order of `windows` and `slots`.
    labels, known
        (n_groups, n_labels).
    talk
        (batch,) 1 for talk among people.
    begins, candidates
        (batch, n_tokens): where sentences begin, and which tokens count.
    """

    input_ids: Tensor
    attention_mask: Tensor
    pool: Tensor
    windows: Tensor
    slots: Tensor
    groups: Tensor
    labels: Tensor
    known: Tensor
    talk: Tensor
    begins: Tensor
    candidates: Tensor


def examples_of(items: Sequence[Labelled], tokenizer: Tokenizer, max_tokens: int) -> list[Example]:
    """Tokenise labelled verbatims by their own sentences; those that were labelled whole are split by rule."""
    most = max_tokens - SPECIAL
    encodings = tokenizer.encode_batch([item.text for item in items], add_special_tokens=False)
    examples = []
    for item, encoding in zip(items, encodings, strict=True):
        spans = item.spans if item.split else split(item.text) or item.spans
        pieces = [pieces_of(0, encoding, [span], most)[:1] for span in spans]
        kept = [row for row, piece in enumerate(pieces) if piece and piece[0].tokens]
        windows = windows_of([pieces[row][0] for row in kept], 0, most)
        if not windows:
            continue
        window, rows = windows[0], kept[: len(windows[0].lengths)]
        words = may_begin(item.text, encoding)[: len(window.tokens)]
        groups, judged = (list(range(len(rows))), rows) if item.split else ([0] * len(rows), [0])
        labels, known = torch.tensor(item.labels[judged]), torch.tensor(item.known[judged])
        examples.append(Example(window.lengths, window.tokens, words, groups, labels, known, item.talk, item.bounded))
    return examples


def tensors_of(examples: Sequence[Example], tokenizer: Tokenizer) -> TensorBatch:
    """Return examples as one batch."""
    begin, end, pad = special_tokens(tokenizer)
    batch = batch_of([Window(0, one.lengths, one.tokens) for one in examples], begin, end, pad)
    begins, candidates = (torch.zeros(batch.input_ids.shape) for _ in range(2))
    for row, one in enumerate(examples):
        if one.bounded:
            candidates[row, 2 : 1 + len(one.tokens)] = torch.tensor(one.may_begin[1:], dtype=torch.float)
        at = 1
        for length in one.lengths[:-1]:
            at += length
            begins[row, at] = 1
    firsts = accumulate((len(one.labels) for one in examples), initial=0)
    groups = [first + group for first, one in zip(firsts, examples, strict=False) for group in one.groups]
    return TensorBatch(
        torch.from_numpy(batch.input_ids),
        torch.from_numpy(batch.attention_mask).long(),
        torch.from_numpy(batch.pool),
        torch.from_numpy(batch.windows),
        torch.from_numpy(batch.slots),
        torch.tensor(groups),
        torch.cat([one.labels for one in examples]),
        torch.cat([one.known for one in examples]),
        torch.tensor([one.talk for one in examples], dtype=torch.float),
        begins,
        candidates,
    )


def shuffled(examples: Sequence[Example], size: int, chance: random.Random) -> Iterator[list[Example]]:
    """Yield an epoch's batches: like lengths together, in random order."""
    pool = list(examples)
    chance.shuffle(pool)
    batches = []
    for start in range(0, len(pool), size * BUCKET):
        bucket = sorted(pool[start : start + size * BUCKET], key=lambda one: len(one.tokens))
        batches += [bucket[at : at + size] for at in range(0, len(bucket), size)]
    chance.shuffle(batches)
    yield from batches
