"""Labelled verbatims as padded batches of tensors."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from models.windows import SPECIAL, Window, batch_of, pieces_of, special_tokens, windows_of
from training.data import Labelled

BUCKET = 40


@dataclass(frozen=True)
class Example:
    """A verbatim, tokenised: one window of at most 256 tokens; what lies beyond does not train."""

    lengths: list[int]
    tokens: list[int]
    labels: Tensor
    known: Tensor


@dataclass(frozen=True)
class TensorBatch:
    """The model's inputs, and for every sentence its labels and which of them are known.

    Parameters
    ----------
    labels, known
        (n_sentences, n_labels), in the order of `windows` and `slots`.
    """

    input_ids: Tensor
    attention_mask: Tensor
    pool: Tensor
    windows: Tensor
    slots: Tensor
    labels: Tensor
    known: Tensor


def examples_of(items: Sequence[Labelled], tokenizer: Tokenizer, max_tokens: int) -> list[Example]:
    """Tokenise labelled verbatims with their own sentence boundaries."""
    most = max_tokens - SPECIAL
    encodings = tokenizer.encode_batch([item.text for item in items], add_special_tokens=False)
    examples = []
    for item, encoding in zip(items, encodings, strict=True):
        pieces = [pieces_of(0, encoding, [span], most)[:1] for span in item.spans]
        kept = [row for row, piece in enumerate(pieces) if piece and piece[0].tokens]
        windows = windows_of([pieces[row][0] for row in kept], 0, most)
        if not windows:
            continue
        rows = kept[: len(windows[0].lengths)]
        known = torch.tensor(item.known).expand(len(rows), -1)
        examples.append(Example(windows[0].lengths, windows[0].tokens, torch.tensor(item.labels[rows]), known))
    return examples


def tensors_of(examples: Sequence[Example], tokenizer: Tokenizer) -> TensorBatch:
    """Return examples as one batch."""
    begin, end, pad = special_tokens(tokenizer)
    batch = batch_of([Window(0, one.lengths, one.tokens) for one in examples], begin, end, pad)
    return TensorBatch(
        torch.from_numpy(batch.input_ids),
        torch.from_numpy(batch.attention_mask).long(),
        torch.from_numpy(batch.pool),
        torch.from_numpy(batch.windows),
        torch.from_numpy(batch.slots),
        torch.cat([one.labels for one in examples]),
        torch.cat([one.known for one in examples]),
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
