"""Calibration and thresholds, from held-out data only.

References
----------
J. Platt, Probabilistic Outputs for Support Vector Machines (1999); C. Guo et al., On Calibration of Modern Neural
Networks (2017), https://arxiv.org/abs/1706.04599: one scale and one shift a task.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from engine.taxonomy import Taxonomy
from models.artifact import Calibration

Array = npt.NDArray[np.float32]

LEAST_POSITIVES = 15
GRID = np.arange(0.06, 0.9, 0.02, dtype=np.float32)
# Below its threshold a label is unsure down to this share of it.
UNSURE_SHARE = 0.7


def scale_and_shift(logits: Array, labels: Array) -> tuple[float, float]:
    """Return the scale and shift that minimise the log loss of sigmoid(scale x logit + shift).

    Parameters
    ----------
    logits, labels
        (n_rows, n_labels) of one task.
    """
    x, y = logits.ravel().astype(np.float64), labels.ravel().astype(np.float64)

    def loss(at: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        z = at[0] * x + at[1]
        error = 1.0 / (1.0 + np.exp(-z)) - y
        return float(np.mean(np.logaddexp(0.0, z) - y * z)), np.array([np.mean(error * x), np.mean(error)])

    scale, shift = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B").x
    return float(scale), float(shift)


def best_threshold(confidence: Array, labels: Array) -> tuple[float, float]:
    """Return the threshold with the best F1 for one label, and that F1."""
    held = confidence[None, :] >= GRID[:, None]
    true = (held & (labels > 0)).sum(axis=1)
    f1 = 2 * true / np.maximum(1, held.sum(axis=1) + labels.sum())
    at = int(f1.argmax())
    return float(GRID[at]), float(f1[at])


def calibrate(logits: Array, labels: Array, taxonomy: Taxonomy, scored: Array | None = None) -> Calibration:
    """Fit scale and shift a task, and a threshold a label, on held-out rows.

    A label with few positives takes its task's common threshold: its own would be noise.

    Parameters
    ----------
    logits, labels
        (n_rows, n_labels) held-out rows.
    scored
        (n_rows,) whether a row counts; None counts all.
    """
    keep = np.ones(len(logits), bool) if scored is None else scored > 0
    logits, labels = logits[keep], labels[keep]
    width = logits.shape[1]
    arrays = {name: np.zeros(width, np.float32) for name in ("scale", "shift", "threshold")}
    for columns in taxonomy.slices.values():
        scale, shift = scale_and_shift(logits[:, columns], labels[:, columns])
        confidence = (1.0 / (1.0 + np.exp(-(scale * logits[:, columns] + shift)))).astype(np.float32)
        arrays["scale"][columns], arrays["shift"][columns] = scale, shift
        arrays["threshold"][columns] = thresholds(confidence, labels[:, columns])
    return Calibration(**arrays, unsure_from=arrays["threshold"] * np.float32(UNSURE_SHARE))


def thresholds(confidence: Array, labels: Array) -> Array:
    """Return a threshold for each label of a task: its own best, or the common one where positives are few."""
    common, _ = best_threshold(confidence.ravel(), labels.ravel())
    found = np.full(confidence.shape[1], common, np.float32)
    for column in np.flatnonzero(labels.sum(axis=0) >= LEAST_POSITIVES):
        found[column], _ = best_threshold(confidence[:, column], labels[:, column])
    return found
