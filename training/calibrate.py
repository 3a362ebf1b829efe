"""Calibration and thresholds, from held-out data only.

References
----------
J. Platt, Probabilistic Outputs for Support Vector Machines (1999); C. Guo et al., On Calibration of Modern Neural
Networks (2017), https://arxiv.org/abs/1706.04599: one scale and one shift a task.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from engine.taxonomy import Taxonomy
from models.artifact import Calibration

Array = npt.NDArray[np.float32]

LEAST_POSITIVES = 15
# A label with so many positives in the fold is calibrated by itself.
POSITIVES_FOR_OWN = 100
GRID = np.arange(0.06, 0.9, 0.02, dtype=np.float32)
# F1 over thresholds is a ragged curve where positives are few: its best point is taken after averaging neighbours.
SMOOTHING = np.array([1, 2, 3, 2, 1]) / 9
# Below its threshold a label is unsure down to this share of it.
UNSURE_SHARE = 0.7


@dataclass(frozen=True)
class HeldOut:
    """What a network says of rows it was not fitted on.

    Parameters
    ----------
    logits, labels, known
        (n_rows, n_labels): sentences or records, and where a label was judged.
    talk
        (n_rows,) bool: whether a row is talk among people and no feedback.
    """

    logits: Array
    labels: Array
    known: Array
    talk: npt.NDArray[np.bool_]


def scale_and_shift(logits: Array, labels: Array, weights: Array | None = None) -> tuple[float, float]:
    """Return the scale and shift that minimise the log loss of sigmoid(scale x logit + shift).

    Parameters
    ----------
    logits, labels
        (n_rows, n_labels) of one task.
    weights
        (n_rows, n_labels) how much each pair counts; 0 where a label was not judged.
    """
    mass = np.ones(logits.size) if weights is None else weights.ravel().astype(np.float64)
    x, y = logits.ravel()[mass > 0].astype(np.float64), labels.ravel()[mass > 0].astype(np.float64)
    if not x.size:
        return 1.0, 0.0
    mass = mass[mass > 0] / mass.sum()

    def loss(at: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        z = at[0] * x + at[1]
        error = 1.0 / (1.0 + np.exp(-z)) - y
        return float(mass @ (np.logaddexp(0.0, z) - y * z)), np.array([mass @ (error * x), mass @ error])

    scale, shift = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B").x
    return float(scale), float(shift)


def f1_curve(confidence: Array, labels: Array) -> npt.NDArray[np.float64]:
    """Return the F1 of one label at each threshold of `GRID`, smoothed over its neighbours.

    Parameters
    ----------
    confidence, labels
        (n_rows,).
    """
    held = confidence[None, :] >= GRID[:, None]
    true = (held & (labels > 0)).sum(axis=1)
    curve = 2 * true / np.maximum(1, held.sum(axis=1) + labels.sum())
    reach = len(SMOOTHING) // 2
    smoothed: npt.NDArray[np.float64] = np.convolve(np.pad(curve, reach, mode="edge"), SMOOTHING, "valid")
    return smoothed


def best_threshold(confidence: Array, labels: Array) -> tuple[float, float]:
    """Return the threshold with the best F1 for one label, and that F1, on the smoothed curve.

    Parameters
    ----------
    confidence, labels
        (n_rows,).
    """
    curve = f1_curve(confidence, labels)
    at = int(curve.argmax())
    return float(GRID[at]), float(curve[at])


def calibrate(own: HeldOut, others: Sequence[HeldOut], taxonomy: Taxonomy) -> Calibration:
    """Fit scales and shifts on what the network says itself, and a threshold a label on that and on others' words.

    Parameters
    ----------
    own
        What the network that ships says of the fold that none of its members saw.
    others
        What each member says of its own fold. They are other networks with scales of their own, but once calibrated
        their confidences mean the same, and a threshold wants all the positives it can get.
    """
    width = own.logits.shape[1]
    scale, shift, threshold = (np.zeros(width, np.float32) for _ in range(3))
    everyone = [own, *others]
    for columns in taxonomy.slices.values():
        fitted = [_fitted(one, columns) for one in everyone]
        scale[columns], shift[columns] = fitted[0]
        confidences = [_confidence(one, columns, *at) for one, at in zip(everyone, fitted, strict=True)]
        threshold[columns] = _thresholds(confidences, everyone, columns)
    return Calibration(scale, shift, threshold, threshold * np.float32(UNSURE_SHARE))


def _fitted(one: HeldOut, columns: slice) -> tuple[Array, Array]:
    """Return each label's scale and shift: its task's, or its own where there are positives enough to tell."""
    weights = _weights(one)
    common = scale_and_shift(one.logits[:, columns], one.labels[:, columns], weights[:, columns])
    scale, shift = (np.full(columns.stop - columns.start, value, np.float32) for value in common)
    for place, column in enumerate(range(columns.start, columns.stop)):
        if (one.labels[:, column] * one.known[:, column]).sum() >= POSITIVES_FOR_OWN:
            scale[place], shift[place] = scale_and_shift(
                one.logits[:, column], one.labels[:, column], weights[:, column]
            )
    return scale, shift


def _weights(one: HeldOut) -> Array:
    """Return what each pair counts: nothing where it was not judged, and feedback as much in all as talk."""
    share = one.talk.mean()
    if share in (0.0, 1.0):
        return one.known
    of_row = np.where(one.talk, 1 / share, 1 / (1 - share)).astype(np.float32)
    weights: Array = one.known * of_row[:, None]
    return weights


def _confidence(one: HeldOut, columns: slice, scale: Array, shift: Array) -> Array:
    found: Array = (1.0 / (1.0 + np.exp(-(scale * one.logits[:, columns] + shift)))).astype(np.float32)
    return found


def _thresholds(confidences: Sequence[Array], held_out: Sequence[HeldOut], columns: slice) -> Array:
    """Return each label's threshold: the best on the mean of the curves of feedback and of talk.

    A label with few positives takes its task's common threshold: its own would be noise.
    """
    confidence = np.concatenate(confidences)
    labels = np.concatenate([one.labels[:, columns] for one in held_out])
    known = np.concatenate([one.known[:, columns] for one in held_out]) > 0
    talk = np.concatenate([one.talk for one in held_out])
    rows = [known & kind[:, None] for kind in (~talk, talk)]
    common = _best([f1_curve(confidence[kept], labels[kept]) for kept in rows if labels[kept].any()])
    found = np.full(confidence.shape[1], common, np.float32)
    for column in range(confidence.shape[1]):
        kinds = [kept[:, column] for kept in rows]
        enough = [kept for kept in kinds if labels[kept, column].sum() >= LEAST_POSITIVES]
        if enough:
            found[column] = _best([f1_curve(confidence[kept, column], labels[kept, column]) for kept in enough])
    return found


def _best(curves: Sequence[npt.NDArray[np.float64]]) -> float:
    return float(GRID[int(np.mean(curves, axis=0).argmax())]) if curves else 0.5
