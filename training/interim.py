"""How good a network is while it is fitted: cheap, and on the same scale from epoch to epoch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from engine.taxonomy import Taxonomy
from training.batches import Example
from training.calibrate import f1_curve

Array = npt.NDArray[np.float32]
LEAST_POSITIVES = 5


def interim_score(logits: Sequence[Array], examples: Sequence[Example], taxonomy: Taxonomy) -> float:
    """Return the mean of the tasks' macro-F1 over held-out sentences, each label at its own best threshold.

    An upper bound, since thresholds are chosen on what is judged; epochs can be compared by it, models cannot.
    """
    rows = [of_groups(found, one) for found, one in zip(logits, examples, strict=True)]
    confidence = expit(np.concatenate(rows))
    labels, known = (np.concatenate([getattr(one, name).numpy() for one in examples]) for name in ("labels", "known"))
    means = []
    for columns in taxonomy.slices.values():
        best = []
        for column in range(columns.start, columns.stop):
            kept = known[:, column] > 0
            if labels[kept, column].sum() >= LEAST_POSITIVES:
                best.append(f1_curve(confidence[kept, column], labels[kept, column]).max())
        if best:
            means.append(np.mean(best))
    return float(np.mean(means)) if means else 0.0


def of_groups(logits: Array, one: Example) -> Array:
    """Return (n_groups, n_labels): the highest of the sentences that share a row of labels."""
    found = np.full((len(one.labels), logits.shape[1]), -np.inf, np.float32)
    np.maximum.at(found, one.groups, logits)
    return found
