"""Fitting: the encoder and its heads, fine-tuned together on sentences in their context."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch.nn import functional

from engine.errors import DataError
from models.encoder import Outputs, SentenceClassifier
from training.batches import Example, TensorBatch, parts, shuffled, tensors_of
from training.checkpoint import Checkpoints, Progressed
from training.recipe import Recipe, Stage

# Called with what goes on and how much of it is done, 0 to 1.
Progress = Callable[[str, float], None]

BOUNDARY_WEIGHT = 2.0
GATE_WEIGHT = 0.2
# Long texts take their step in parts: attention in between needs memory for each pair of a text's tokens.
TOKENS_AT_ONCE = 4_096
CHECKPOINT_S = 120.0
# A jump of the loss says little; its running mean does.
SMOOTH = 0.98


def seed_everything(seed: int) -> None:
    """Make the run reproducible on one machine."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def device_of(name: str) -> torch.device:
    """Return the device of a name; ``auto`` is CUDA where there is one, else the CPU.

    Raises
    ------
    DataError
        If CUDA is asked for and is not there.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise DataError("this machine has no CUDA device that torch can use; give --device cpu")
    return torch.device(name)


def _has_bfloat16(device: torch.device) -> bool:
    """Return whether bfloat16 is computed by the hardware: emulated, it takes three times as long as float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


class Fitter:
    """Fits a model, stage by stage.

    Parameters
    ----------
    model
        Changed in place; on `device`.
    checkpoints
        Where the run keeps what it has.
    score
        Of the held-out fold, higher is better; asked after every epoch.
    progress
        Called with what goes on and how much of it is done, 0 to 1.
    """

    def __init__(
        self,
        model: SentenceClassifier,
        tokenizer: Tokenizer,
        recipe: Recipe,
        checkpoints: Checkpoints,
        score: Callable[[SentenceClassifier], float],
        progress: Progress,
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._recipe = recipe
        self._checkpoints = checkpoints
        self._score = score
        self._progress = progress
        self._device = next(model.parameters()).device
        self._loss = math.nan

    def run(self, stage: Stage, examples: Sequence[Example]) -> None:
        """Fit a stage from where it stands to its end; the model has its best weights then.

        Raises
        ------
        DataError
            If the loss is not finite: the rates are too high, or the data is broken.
        """
        if not examples:
            raise DataError("there is nothing to train on: every record is held out or has no words")
        optimizer = self._optimizer()
        at = self._begin(stage, optimizer)
        while not at.done:
            self._epoch(stage, examples, optimizer, at)
            self._judge(stage, at)
            self._checkpoints.save(stage.name, self._model, optimizer, at)
        self._model.load_state_dict(self._checkpoints.load_best(stage.name))
        self._model.eval()

    def _begin(self, stage: Stage, optimizer: torch.optim.Optimizer) -> Progressed:
        seed_everything(stage.seed)
        if self._checkpoints.progress(stage.name) is not None:
            return self._checkpoints.load(stage.name, self._model, optimizer)
        if stage.follows is not None:
            self._checkpoints.load(stage.follows, self._model, optimizer)
            seed_everything(stage.seed)
        return Progressed(epoch=stage.first)

    def _optimizer(self) -> torch.optim.Optimizer:
        recipe = self._recipe
        beside = [value for name, value in self._model.named_parameters() if not name.startswith("trunk.")]
        groups = [
            {"params": list(self._model.trunk.parameters()), "most": recipe.trunk_rate},
            {"params": beside, "most": recipe.head_rate},
        ]
        return torch.optim.AdamW(groups, weight_decay=recipe.weight_decay, fused=True)

    def _epoch(
        self, stage: Stage, examples: Sequence[Example], optimizer: torch.optim.Optimizer, at: Progressed
    ) -> None:
        chance = random.Random(stage.seed + at.epoch - stage.first)  # noqa: S311 - the order of batches is no secret
        batches = list(shuffled(examples, self._recipe.batch, chance))
        saved = time.monotonic()
        self._model.train()
        while at.step < len(batches):
            done = (at.epoch + at.step / len(batches)) / self._recipe.epochs
            self._step(optimizer, batches[at.step], done)
            at.step += 1
            self._say(stage, at, len(batches))
            if time.monotonic() - saved > CHECKPOINT_S:
                self._checkpoints.save(stage.name, self._model, optimizer, at)
                saved = time.monotonic()
        at.epoch, at.step = at.epoch + 1, 0

    def _step(self, optimizer: torch.optim.Optimizer, examples: Sequence[Example], done: float) -> None:
        share = min(1.0, done / self._recipe.warm_up) * max(0.0, 1.0 - done)
        for group in optimizer.param_groups:
            group["lr"] = group["most"] * share
        optimizer.zero_grad()
        value = 0.0
        for part in parts(examples, TOKENS_AT_ONCE):
            loss = loss_of(self._model, moved(tensors_of(part, self._tokenizer), self._device))
            loss = loss * (len(part) / len(examples))
            value += float(loss.item())
            torch.autograd.backward(loss)
        if not math.isfinite(value):
            raise DataError("the loss is not finite any more; train with lower rates, or check the data")
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        optimizer.step()
        self._loss = value if math.isnan(self._loss) else SMOOTH * self._loss + (1 - SMOOTH) * value

    def _say(self, stage: Stage, at: Progressed, steps: int) -> None:
        best = f", held-out F1 {at.scores[-1]:.3f}" if at.scores else ""
        said = f"{stage.name}: epoch {at.epoch + 1} of {self._recipe.epochs}, loss {self._loss:.3f}{best}"
        self._progress(said, (at.epoch - stage.first + at.step / steps) / max(1, stage.last - stage.first))

    def _judge(self, stage: Stage, at: Progressed) -> None:
        score = self._score(self._model)
        at.scores.append(score)
        # Without patience the last weights are the ones that count: the rates have come to rest there.
        if self._recipe.patience is None or score > at.best:
            at.best, at.best_epoch = score, at.epoch
            self._checkpoints.save_best(stage.name, self._model)
        waited = at.epoch - at.best_epoch
        at.done = at.epoch >= stage.last or (self._recipe.patience is not None and waited >= self._recipe.patience)


def moved(batch: TensorBatch, device: torch.device) -> TensorBatch:
    """Return a batch on a device."""
    return replace(batch, **{one.name: getattr(batch, one.name).to(device) for one in fields(batch)})


def loss_of(model: SentenceClassifier, batch: TensorBatch) -> torch.Tensor:
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
    device = batch.input_ids.device
    with torch.autocast(device.type, torch.bfloat16, enabled=_has_bfloat16(device)):
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


def predict(
    model: SentenceClassifier, tokenizer: Tokenizer, examples: Sequence[Example], size: int = 64
) -> list[npt.NDArray[np.float32]]:
    """Return for each example its sentences' logits, (n_sentences, n_labels), the experts weighed by the gate."""
    found: dict[int, npt.NDArray[np.float32]] = {}
    for places, batch, outputs in passes(model, tokenizer, examples, size):
        logits = _experts(outputs, batch, outputs.gate.float().sigmoid()).cpu().numpy()
        ends = np.cumsum([len(examples[place].lengths) for place in places])
        found |= zip(places, np.split(logits, ends[:-1]), strict=True)
    return [found[place] for place in range(len(examples))]


def passes(
    model: SentenceClassifier, tokenizer: Tokenizer, examples: Sequence[Example], size: int = 64
) -> Iterator[tuple[list[int], TensorBatch, Outputs]]:
    """Yield what the model makes of examples: their places, their batch and its outputs."""
    order = sorted(range(len(examples)), key=lambda place: len(examples[place].window.tokens))
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    for start in range(0, len(order), size):
        places = order[start : start + size]
        batch = moved(tensors_of([examples[place] for place in places], tokenizer), device)
        with torch.no_grad():
            yield places, batch, _outputs(model, batch)
    model.train(was_training)
