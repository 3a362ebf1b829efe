"""Settling a network's heads on held-out verbatims before it is quantised: boundaries at 0, emotions on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import numpy.typing as npt
import torch
from scipy.special import expit
from tokenizers import Tokenizer
from torch import nn

from engine.taxonomy import Taxonomy
from models.encoder import EXPERT_TASK, SentenceClassifier
from models.reader import roll_up
from training.batches import Example
from training.calibrate import HeldOut, best_threshold, scales
from training.data import rolled_up
from training.fit import passes, predict
from training.interim import of_groups

Array = npt.NDArray[np.float32]


def settle_boundaries(model: SentenceClassifier, tokenizer: Tokenizer, examples: Sequence[Example]) -> float:
    """Move the boundary head's bias so that its best threshold on held-out verbatims is 0; return the F1 there."""
    said, right = [np.zeros(0, np.float32)], [np.zeros(0, np.float32)]
    for _, batch, outputs in passes(model, tokenizer, [one for one in examples if one.bounded]):
        kept = batch.candidates > 0
        said.append(outputs.boundary.float()[kept].cpu().numpy())
        right.append(batch.begins[kept].cpu().numpy())
    logits, labels = np.concatenate(said), np.concatenate(right)
    if not labels.any():
        return 0.0
    threshold, f1 = best_threshold(expit(logits).astype(np.float32), labels)
    with torch.no_grad():
        model.boundary.bias[0] -= float(np.log(threshold / (1 - threshold)))
    return f1


def settle_experts(
    model: SentenceClassifier, tokenizer: Tokenizer, examples: Sequence[Example], taxonomy: Taxonomy
) -> None:
    """Bring talk to the scale of feedback, inside the network: what ships has one calibration for both.

    Feedback is settled by its sentences. Talk is labelled whole, so it is settled as records are: its expert says what
    becomes the right confidence under the calibration of feedback's records.
    """
    columns = taxonomy.slices[EXPERT_TASK]
    feedback = [one for one in examples if not one.talk and one.known[:, columns].any()]
    if feedback:
        logits = _group_logits(model, tokenizer, feedback)
        sentences = _held_out(logits, feedback, taxonomy, whole=False).part(columns)
        _fold(cast(nn.Linear, model.heads[EXPERT_TASK]), *scales(sentences))
    talk = [one for one in examples if one.talk and one.known[:, columns].any()]
    if talk:
        rows = _held_out(_group_logits(model, tokenizer, talk), talk, taxonomy, whole=True).part(columns)
        scale, shift = scales(rows)
        if feedback:
            logits = _group_logits(model, tokenizer, feedback)
            record_scale, record_shift = scales(_held_out(logits, feedback, taxonomy, whole=True).part(columns))
            scale, shift = scale / record_scale, (shift - record_shift) / record_scale
        _fold(model.talk, scale, shift)


def _group_logits(model: SentenceClassifier, tokenizer: Tokenizer, examples: Sequence[Example]) -> list[Array]:
    """Return for each example one row of logits for each of its rows of labels."""
    return [of_groups(rows, one) for one, rows in zip(examples, predict(model, tokenizer, examples), strict=True)]


def _held_out(logits: Sequence[Array], examples: Sequence[Example], taxonomy: Taxonomy, *, whole: bool) -> HeldOut:
    labels, known = ([getattr(one, name).numpy() for one in examples] for name in ("labels", "known"))
    talk = np.array([one.talk for one in examples])
    if whole:
        return HeldOut(
            np.concatenate([roll_up(rows, [0], taxonomy) for rows in logits]), *rolled_up(labels, known, taxonomy), talk
        )
    rows = np.repeat(talk, [len(one) for one in logits])
    return HeldOut(np.concatenate(logits), np.concatenate(labels), np.concatenate(known), rows)


def _fold(head: nn.Linear, scale: Array, shift: Array) -> None:
    """Fold a scale and a shift a label into a head's weights."""
    factor = torch.from_numpy(scale).to(head.weight.device)
    with torch.no_grad():
        head.weight.mul_(factor[:, None])
        head.bias.copy_(head.bias * factor + torch.from_numpy(shift).to(head.bias.device))
