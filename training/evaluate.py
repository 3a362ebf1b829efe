"""Judging a model: F1 by label and task, and calibration error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.reading import Standing
from engine.taxonomy import Taxonomy

Array = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
LEAST_POSITIVES = 10
SURE = 0.8
BINS = 15


@dataclass(frozen=True)
class Bin:
    """Pairs of a row and a label with confidences near each other: the mean said, the share right, how many."""

    said: float
    right: float
    pairs: int


def f1_by_label(held: Flags, labels: Array) -> npt.NDArray[np.float64]:
    """Return (n_labels,) F1; 0 where nothing is there to find and nothing was found."""
    true = (held & (labels > 0)).sum(axis=0)
    scores: npt.NDArray[np.float64] = 2 * true / np.maximum(1, held.sum(axis=0) + labels.sum(axis=0))
    return scores


def counted(labels: Array) -> Flags:
    """Return (n_labels,) whether a label has positives enough to count in a macro-F1."""
    enough: Flags = labels.sum(axis=0) >= LEAST_POSITIVES
    return enough


def macro_f1(held: Flags, labels: Array) -> float | None:
    """Return the mean F1 of the labels with ten positives or more; None if there is no such label."""
    enough = counted(labels)
    return _rounded(f1_by_label(held, labels)[enough].mean()) if enough.any() else None


def reliability(confidence: Array, labels: Array, bins: int = BINS, at_least: float = 0.05) -> list[Bin]:
    """Return what was said and what was right of pairs from `at_least` on, in bins of equal mass, the lowest first."""
    keep = confidence.ravel() >= at_least
    said, right = confidence.ravel()[keep], labels.ravel()[keep]
    if not said.size:
        return []
    parts = np.array_split(np.argsort(said, kind="stable"), min(bins, said.size))
    return [Bin(float(said[part].mean()), float(right[part].mean()), part.size) for part in parts]


def calibration_error(confidence: Array, labels: Array, bins: int = BINS, at_least: float = 0.05) -> float:
    """Return the expected calibration error over pairs from `at_least` on, in bins of equal mass.

    References
    ----------
    M. Naeini et al., Obtaining Well Calibrated Probabilities Using Bayesian Binning (AAAI 2015).
    """
    found = reliability(confidence, labels, bins, at_least)
    gaps = [abs(one.said - one.right) * one.pairs for one in found]
    return sum(gaps) / max(1, sum(one.pairs for one in found))


def scores(
    confidence: Array,
    standing: npt.NDArray[np.uint8],
    labels: Array,
    taxonomy: Taxonomy,
    known: Array | None = None,
) -> dict[str, Any]:
    """Return each task's macro-F1 over labels with ten positives or more, its calibration error and its surest share.

    Parameters
    ----------
    confidence, standing, labels
        (n_rows, n_labels), records or sentences.
    known
        (n_rows, n_labels): 0 where a label was not judged, so that it counts nowhere; None if all were.
    """
    judged = np.ones(labels.shape, bool) if known is None else known > 0
    labels = labels * judged
    held = (standing == Standing.HOLDS) & judged
    f1, enough = f1_by_label(held, labels), counted(labels)
    found: dict[str, Any] = {}
    for task, columns in taxonomy.slices.items():
        sure = (confidence[:, columns] >= SURE) & judged[:, columns]
        pairs = confidence[:, columns][judged[:, columns]], labels[:, columns][judged[:, columns]]
        found[task] = {
            "macro_f1": macro_f1(held[:, columns], labels[:, columns]),
            "labels_counted": int(enough[columns].sum()),
            "calibration_error": _rounded(calibration_error(*pairs)),
            "right_at_0.8": _rounded(labels[:, columns][sure].mean()) if sure.any() else None,
            "f1": {
                leaf: _rounded(score)
                for leaf, score, counts in zip(taxonomy.leaves[task], f1[columns], enough[columns], strict=True)
                if counts
            },
        }
    return found


def _rounded(value: Any) -> float:
    return round(float(value), 4)
