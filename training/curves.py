"""Precision-recall curves and average precision.

References
----------
J. Davis and M. Goadrich, The Relationship Between Precision-Recall and ROC Curves (ICML 2006);
https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, precision_recall_curve

Array = npt.NDArray[np.float32]
POINTS = 101


@dataclass(frozen=True)
class Curve:
    """Precision at rising recall, in at most 101 points, and the average precision; all 0 to 1."""

    average_precision: float
    recall: tuple[float, ...]
    precision: tuple[float, ...]


def curve(confidence: Array, labels: npt.NDArray[np.bool_]) -> Curve | None:
    """Return the curve of some pairs, (n_pairs,), or None if no label holds."""
    if not labels.any():
        return None
    precision, recall, _ = precision_recall_curve(labels, confidence, drop_intermediate=True)
    precision, recall = precision[::-1], recall[::-1]
    kept = np.unique(np.searchsorted(recall, np.linspace(0, 1, POINTS)).clip(max=recall.size - 1))
    return Curve(
        round(float(average_precision_score(labels, confidence)), 4),
        tuple(recall[kept].round(4).tolist()),
        tuple(precision[kept].round(4).tolist()),
    )
