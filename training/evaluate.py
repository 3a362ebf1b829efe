"""Judging a model: F1 by label and task, and calibration error."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.reading import Standing
from engine.taxonomy import Taxonomy

Array = npt.NDArray[np.float32]
LEAST_POSITIVES = 10
SURE = 0.8


def f1_by_label(held: npt.NDArray[np.bool_], labels: Array) -> npt.NDArray[np.float64]:
    """Return (n_labels,) F1; 0 where nothing is there to find and nothing was found."""
    true = (held & (labels > 0)).sum(axis=0)
    scores: npt.NDArray[np.float64] = 2 * true / np.maximum(1, held.sum(axis=0) + labels.sum(axis=0))
    return scores


def calibration_error(confidence: Array, labels: Array, bins: int = 15, at_least: float = 0.05) -> float:
    """Return the expected calibration error over pairs above `at_least`, in bins of equal mass.

    References
    ----------
    M. Naeini et al., Obtaining Well Calibrated Probabilities Using Bayesian Binning (AAAI 2015).
    """
    keep = confidence.ravel() >= at_least
    said, right = confidence.ravel()[keep], labels.ravel()[keep]
    if not said.size:
        return 0.0
    parts = np.array_split(np.argsort(said, kind="stable"), min(bins, said.size))
    gaps = [abs(float(said[part].mean() - right[part].mean())) * part.size for part in parts]
    return float(sum(gaps) / said.size)


def scores(confidence: Array, standing: npt.NDArray[np.uint8], labels: Array, taxonomy: Taxonomy) -> dict[str, Any]:
    """Return each task's macro-F1 over labels with ten positives or more, its calibration error and its surest share.

    Parameters
    ----------
    confidence, standing, labels
        (n_rows, n_labels), records or sentences.
    """
    held = standing == Standing.HOLDS
    f1 = f1_by_label(held, labels)
    found: dict[str, Any] = {}
    for task, columns in taxonomy.slices.items():
        positives = labels[:, columns].sum(axis=0)
        enough = positives >= LEAST_POSITIVES
        sure = confidence[:, columns] >= SURE
        found[task] = {
            "macro_f1": _rounded(f1[columns][enough].mean()) if enough.any() else None,
            "labels_counted": int(enough.sum()),
            "calibration_error": _rounded(calibration_error(confidence[:, columns], labels[:, columns])),
            "right_at_0.8": _rounded(labels[:, columns][sure].mean()) if sure.any() else None,
            "f1": {
                leaf: _rounded(score)
                for leaf, score, count in zip(taxonomy.leaves[task], f1[columns], positives, strict=True)
                if count >= LEAST_POSITIVES
            },
        }
    return found


def _rounded(value: Any) -> float:
    return round(float(value), 4)
