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
from models.windows import NEVER, SPECIAL, Window, batch_of, given, special_tokens, together, window_of
from training.data import Labelled

BUCKET = 40


@dataclass(frozen=True)
class Example:
    """A verbatim, tokenised: one window of at most 256 tokens; what lies beyond does not train.

    Parameters
    ----------
    window
        Its tokens.
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

    window: Window
    lengths: list[int]
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
        sentences = [(row, one) for row, one in enumerate(given(0, encoding, spans, most)) if one is not None]
        if not sentences:
            continue
        window = together([one for _, one in sentences], most)[0]
        lengths = _fitting([len(one.tokens) for _, one in sentences], most)
        rows = [row for row, _ in sentences[: len(lengths)]]
        groups, judged = (list(range(len(rows))), rows) if item.split else ([0] * len(rows), [0])
        labels, known = torch.tensor(item.labels[judged]), torch.tensor(item.known[judged])
        words = [one != NEVER for one in window_of(0, item.text, encoding).breaks[: len(window.tokens)]]
        examples.append(Example(window, lengths, words, groups, labels, known, item.talk, item.bounded))
    return examples


def _fitting(lengths: Sequence[int], most: int) -> list[int]:
    return [length for length, end in zip(lengths, accumulate(lengths), strict=True) if end <= most]


def tensors_of(examples: Sequence[Example], tokenizer: Tokenizer) -> TensorBatch:
    """Return examples as one batch."""
    batch = batch_of([one.window for one in examples], special_tokens(tokenizer))
    places = [(row, slot) for row, one in enumerate(examples) for slot in range(len(one.lengths))]
    firsts = accumulate((len(one.labels) for one in examples), initial=0)
    groups = [first + group for first, one in zip(firsts, examples, strict=False) for group in one.groups]
    pool, begins, candidates = _sentences(examples, batch.input_ids.shape[1])
    windows, slots = torch.tensor(places).unbind(-1)
    return TensorBatch(
        torch.from_numpy(batch.input_ids),
        torch.from_numpy(batch.attention_mask).long(),
        pool,
        windows,
        slots,
        torch.tensor(groups),
        torch.cat([one.labels for one in examples]),
        torch.cat([one.known for one in examples]),
        torch.tensor([one.talk for one in examples], dtype=torch.float),
        begins,
        candidates,
    )


def _sentences(examples: Sequence[Example], width: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the weight of each token in each sentence, where sentences begin, and which tokens count for that."""
    pool = torch.zeros(len(examples), max(len(one.lengths) for one in examples), width)
    begins, candidates = torch.zeros(len(examples), width), torch.zeros(len(examples), width)
    for row, one in enumerate(examples):
        if one.bounded:
            candidates[row, 2 : 1 + len(one.may_begin)] = torch.tensor(one.may_begin[1:], dtype=torch.float)
        at = 1
        for slot, length in enumerate(one.lengths):
            pool[row, slot, at : at + length] = 1.0 / length
            begins[row, at] = float(slot > 0)
            at += length
    return pool, begins, candidates


def parts(examples: Sequence[Example], most: int) -> Iterator[list[Example]]:
    """Yield a batch in parts of at most `most` tokens with their padding; a single example may have more."""
    part: list[Example] = []
    for one in sorted(examples, key=lambda one: len(one.window.tokens)):
        if part and (len(part) + 1) * (len(one.window.tokens) + SPECIAL) > most:
            yield part
            part = []
        part.append(one)
    yield part


def shuffled(examples: Sequence[Example], size: int, chance: random.Random) -> Iterator[list[Example]]:
    """Yield an epoch's batches: like lengths together, in random order."""
    pool = list(examples)
    chance.shuffle(pool)
    batches = []
    for start in range(0, len(pool), size * BUCKET):
        bucket = sorted(pool[start : start + size * BUCKET], key=lambda one: len(one.window.tokens))
        batches += [bucket[at : at + size] for at in range(0, len(bucket), size)]
    chance.shuffle(batches)
    yield from batches
