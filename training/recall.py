"""The embedding: what the fine-tuned encoder still knows, brought back to the base encoder's space.

Fine-tuning bends the space in which texts of like meaning are near each other, and custom topics live in that space.
A tether while training costs accuracy. Instead, after training, one linear map is fitted in closed form: from a
sentence's means in three of the trunk's layers to the embedding that the base encoder gives the sentence alone.

References
----------
A. Hoerl and R. Kennard, Ridge Regression: Biased Estimation for Nonorthogonal Problems (1970).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from models.encoder import SentenceClassifier
from models.windows import Window, batch_of, special_tokens
from training.batches import Example
from training.fit import passes

Array = npt.NDArray[np.float32]
# Of the mean square of the features: a hundredth keeps what generalises.
RIDGE = 0.01
BATCH = 64


def fit_recall(
    model: SentenceClassifier, base: torch.nn.Module, tokenizer: Tokenizer, examples: Sequence[Example]
) -> float:
    """Fit the map in place, and return the mean cosine between what it gives and the base's embeddings.

    Parameters
    ----------
    base
        The trunk that the model started from.
    examples
        Texts to fit on; a few ten thousand sentences are plenty.
    """
    means: Array = np.concatenate(_means(model, tokenizer, examples))
    wanted = alone(base, tokenizer, examples)
    weight, bias = _ridge(means.astype(np.float64), wanted.astype(np.float64))
    with torch.no_grad():
        model.recall.weight.copy_(torch.tensor(weight.T))
        model.recall.bias.copy_(torch.tensor(bias))
    found = means @ weight + bias
    return float((found * wanted).sum(1).mean() / np.linalg.norm(found, axis=1).mean())


def _means(model: SentenceClassifier, tokenizer: Tokenizer, examples: Sequence[Example]) -> list[Array]:
    found: dict[int, Array] = {}
    for places, batch, outputs in passes(model, tokenizer, examples):
        rows = outputs.means[batch.windows, batch.slots].float().cpu().numpy()
        ends = np.cumsum([len(examples[place].lengths) for place in places])
        found |= zip(places, np.split(rows, ends[:-1]), strict=True)
    return [found[place] for place in range(len(examples))]


def alone(base: torch.nn.Module, tokenizer: Tokenizer, examples: Sequence[Example]) -> Array:
    """Return the base encoder's embedding of every sentence by itself, (n_sentences, width), of unit length."""
    sentences = [tokens for one in examples for tokens in _sentences(one)]
    order = sorted(range(len(sentences)), key=lambda place: len(sentences[place]))
    device = next(base.parameters()).device
    base.eval()
    found = np.zeros((len(sentences), cast(Any, base).config.hidden_size), np.float32)
    for start in range(0, len(order), BATCH):
        places = order[start : start + BATCH]
        windows = [Window(sentences[place], [0.0] * len(sentences[place])) for place in places]
        batch = batch_of(windows, special_tokens(tokenizer))
        ids, mask = (torch.from_numpy(one).long().to(device) for one in (batch.input_ids, batch.attention_mask))
        with torch.no_grad():
            states = base(input_ids=ids, attention_mask=mask).last_hidden_state
        pooled = torch.nn.functional.normalize((states * mask.unsqueeze(-1)).sum(1), dim=-1)
        found[places] = pooled.cpu().numpy()
    return found


def _sentences(one: Example) -> Sequence[list[int]]:
    ends = np.cumsum(one.lengths)
    return [one.window.tokens[end - length : end] for end, length in zip(ends.tolist(), one.lengths, strict=True)]


def _ridge(
    features: npt.NDArray[np.float64], wanted: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    middle, target = features.mean(axis=0), wanted.mean(axis=0)
    centred = features - middle
    square = centred.T @ centred
    square[np.diag_indices_from(square)] += RIDGE * np.trace(square) / len(square)
    weight = np.linalg.solve(square, centred.T @ (wanted - target))
    return weight, target - middle @ weight
