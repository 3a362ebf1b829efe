"""Calibration and thresholds, from held-out data only.

References
----------
J. Platt, Probabilistic Outputs for Support Vector Machines (1999); C. Guo et al., On Calibration of Modern Neural
Networks (2017), https://arxiv.org/abs/1706.04599: one scale and one shift a task.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from engine.taxonomy import Taxonomy
from models.artifact import Calibration

Array = npt.NDArray[np.float32]

LEAST_POSITIVES = 15
# A label with so many positives in the fold is calibrated by itself.
POSITIVES_FOR_OWN = 100
# So many positives of its own weigh as much as what is best for the task's labels on the whole, and as much as what its
# confidences promise.
LIKE_ITS_TASK = 100
AS_PROMISED = 100
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

    def part(self, columns: slice) -> HeldOut:
        """Return some of the labels."""
        return HeldOut(self.logits[:, columns], self.labels[:, columns], self.known[:, columns], self.talk)

    def of_kind(self, *, talk: bool) -> HeldOut:
        """Return the rows of one kind."""
        kept = self.talk == talk
        return HeldOut(self.logits[kept], self.labels[kept], self.known[kept], self.talk[kept])

    def calibrated(self, scale: Array, shift: Array) -> HeldOut:
        """Return it with confidences, 0 to 1, in the place of logits."""
        said = expit(self.logits * scale + shift).astype(np.float32)
        return HeldOut(said, self.labels, self.known, self.talk)


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
        error = expit(z) - y
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


def expected_f1_curve(confidence: Array) -> npt.NDArray[np.float64]:
    """Return the F1 of one label at each threshold of `GRID` that calibrated confidences promise, labels unseen.

    Every row counts as far as it is likely, so a label with few positives has a smooth curve too.

    Parameters
    ----------
    confidence
        (n_rows,).

    References
    ----------
    N. Ye et al., Optimizing F-measure: A Tale of Two Approaches (2012), https://arxiv.org/abs/1206.4625.
    """
    likely = confidence.astype(np.float64)
    held = likely[None, :] >= GRID[:, None]
    found: npt.NDArray[np.float64] = 2 * (held @ likely) / np.maximum(1e-9, held.sum(axis=1) + likely.sum())
    return found


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
        What the network that ships says of the fold that none of its members saw. Scales and shifts come from feedback:
        talk is brought to the same scale inside the network (`training.settle`).
    others
        What each member says of its own fold. They are other networks with scales of their own, but once calibrated
        their confidences mean the same, and a threshold wants all the positives it can get.
    """
    width = own.logits.shape[1]
    scale, shift, threshold = (np.zeros(width, np.float32) for _ in range(3))
    for columns in taxonomy.slices.values():
        part = own.part(columns)
        feedback = part.of_kind(talk=False)
        scale[columns], shift[columns] = scales(feedback if feedback.known.any() else part)
        kinds = [part.calibrated(scale[columns], shift[columns])]
        for one in others:
            for talk in (False, True):
                rows = one.part(columns).of_kind(talk=talk)
                kinds.append(rows.calibrated(*scales(rows)))
        threshold[columns] = _thresholds(kinds)
    return Calibration(scale, shift, threshold, threshold * np.float32(UNSURE_SHARE))


def with_before(calibration: Calibration, before: npt.NDArray[np.float32]) -> Calibration:
    """Return a calibration whose thresholds lie halfway to those of the model that was gone on from.

    Confidences of both mean the same, as both are calibrated. A few positives choose a threshold badly, and the model
    before had others to choose it by.

    Parameters
    ----------
    before
        (n_labels,) thresholds.
    """
    threshold = ((calibration.threshold + before) / 2).astype(np.float32)
    return replace(calibration, threshold=threshold, unsure_from=threshold * np.float32(UNSURE_SHARE))


def scales(one: HeldOut) -> tuple[Array, Array]:
    """Return each label's scale and shift, (n_labels,): its task's, or its own where there are positives enough."""
    common = scale_and_shift(one.logits, one.labels, one.known)
    scale, shift = (np.full(one.logits.shape[1], value, np.float32) for value in common)
    for column in np.flatnonzero((one.labels * one.known).sum(axis=0) >= POSITIVES_FOR_OWN):
        of = one.part(slice(column, column + 1))
        scale[column], shift[column] = scale_and_shift(of.logits, of.labels, of.known)
    return scale, shift


@dataclass(frozen=True, eq=False)
class _Curves:
    """F1 over thresholds on the rows of one kind, feedback or talk.

    Parameters
    ----------
    own, promised
        (n_labels, n_thresholds): of the labels that are there, 0 where they are few; and of confidences alone.
    positives
        (n_labels,) rows that have a label.
    """

    own: npt.NDArray[np.float64]
    promised: npt.NDArray[np.float64]
    positives: npt.NDArray[np.float64]

    @property
    def enough(self) -> npt.NDArray[np.bool_]:
        """(n_labels,) whether a label has positives enough for a curve of its own."""
        many: npt.NDArray[np.bool_] = self.positives >= LEAST_POSITIVES
        return many


def _thresholds(given: Sequence[HeldOut]) -> npt.NDArray[np.float32]:
    """Return each label's threshold: the best on the mean of its curves over feedback and over talk.

    A label's curve is ragged where its positives are few. So two others stand beside it, each for as much as some
    positives of its own: its task's, and the one that its confidences promise. Where they are so few that nothing can
    be said, its task's is all.
    """
    width = given[0].logits.shape[1]
    kinds = [_curves([one.of_kind(talk=talk) for one in given]) for talk in (False, True)]
    judged = np.concatenate([kind.own[kind.enough] for kind in kinds])
    if not len(judged):
        return np.full(width, 0.5, np.float32)
    common = _shape(judged.mean(axis=0))
    return np.array([GRID[int(_mixed(column, kinds, common).argmax())] for column in range(width)], np.float32)


def _curves(rows: Sequence[HeldOut]) -> _Curves:
    said, labels, known = (
        np.concatenate([getattr(one, name) for one in rows]) for name in ("logits", "labels", "known")
    )
    width = said.shape[1]
    found = _Curves(np.zeros((width, len(GRID))), np.zeros((width, len(GRID))), (labels * (known > 0)).sum(axis=0))
    for column in range(width):
        kept = known[:, column] > 0
        found.promised[column] = expected_f1_curve(said[kept, column])
        if found.enough[column]:
            found.own[column] = f1_curve(said[kept, column], labels[kept, column])
    return found


def _mixed(column: int, kinds: Sequence[_Curves], common: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    judged = [kind for kind in kinds if kind.enough[column]]
    mixed = common * LIKE_ITS_TASK
    if judged:
        trust = sum(float(kind.positives[column]) for kind in judged)
        own, promised = ([_shape(getattr(kind, of)[column]) for kind in judged] for of in ("own", "promised"))
        mixed = mixed + np.mean(own, axis=0) * trust + np.mean(promised, axis=0) * AS_PROMISED
    return mixed


def _shape(curve: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return a curve relative to its best: what is lost elsewhere counts the same for hard labels and for easy ones."""
    return curve / max(float(curve.max()), 1e-9)
