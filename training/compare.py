"""Two models on the same records: what differs, and whether that could be chance.

References
----------
B. Efron and R. Tibshirani, An Introduction to the Bootstrap (1993), for paired percentile intervals; Q. McNemar, Note
on the sampling error of the difference between correlated proportions (1947); S. Holm, A simple sequentially rejective
multiple test procedure (1979).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from engine.taxonomy import TASKS, Taxonomy
from training.data import Labelled, records_of
from training.evaluate import LEAST_POSITIVES

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.floating]
Label = tuple[str, str]
# Enough for p-values that survive the correction for a hundred labels.
RESAMPLES = 10_000
_CELLS = 4_000_000


@dataclass(frozen=True)
class Difference:
    """The difference of a score, B less A.

    Parameters
    ----------
    a, b
        The two scores, 0 to 1.
    low, high
        95% interval of the difference, by a paired bootstrap over records.
    p
        Two-sided, by the same bootstrap.
    p_corrected
        After Holm, over everything of its kind that is compared.
    """

    a: float
    b: float
    low: float
    high: float
    p: float
    p_corrected: float

    @property
    def change(self) -> float:
        """B less A."""
        return self.b - self.a


@dataclass(frozen=True)
class TaskDifference:
    """A task's macro-F1 over the labels that are compared."""

    task: str
    labels: int
    macro_f1: Difference


@dataclass(frozen=True)
class LabelDifference:
    """A label's F1, and its records that one model alone got right.

    Parameters
    ----------
    only_a, only_b
        Records that one model alone judged rightly.
    mcnemar, mcnemar_corrected
        Exact two-sided p-value of that split, and after Holm.
    """

    task: str
    label: str
    positives: int
    f1: Difference
    only_a: int
    only_b: int
    mcnemar: float
    mcnemar_corrected: float


@dataclass(frozen=True)
class ScoreChanges:
    """What differs between two models on labelled records.

    Parameters
    ----------
    records
        How many were read.
    tasks, labels
        Tasks, and labels with enough positives, that both models have.
    left_out
        Labels that both have with too few positives to compare, as ``task:path``.
    only_a, only_b
        Labels that one model alone has, as ``task:path``.
    """

    records: int
    tasks: tuple[TaskDifference, ...]
    labels: tuple[LabelDifference, ...]
    left_out: tuple[str, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]


def joined(a: Taxonomy, b: Taxonomy) -> Taxonomy:
    """Return trees with the labels of both models; data labelled for either can be read under them."""
    leaves = {task: tuple(dict.fromkeys((*a.leaves[task], *b.leaves[task]))) for task in TASKS}
    return Taxonomy(leaves, {**b.descriptions, **a.descriptions})


def compare_scores(
    held: tuple[Bools, Bools],
    trees: tuple[Taxonomy, Taxonomy],
    items: Sequence[Labelled],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    least: int = LEAST_POSITIVES,
) -> ScoreChanges:
    """Compare what two models found in the same records with what is there.

    Parameters
    ----------
    held
        For each model (n_records, its n_labels): whether a label holds for a record.
    trees
        The label trees of each model.
    items
        The records, labelled under `joined` trees.
    least
        Positives that a label needs to be compared.
    """
    a, b = trees
    both = joined(a, b)
    truth, known = (rows > 0 for rows in records_of(items, both))
    columns = {label: column for column, label in enumerate(both.columns)}
    shared = [label for label in a.columns if label in set(b.columns)]
    positives = {label: int(truth[:, columns[label]].sum()) for label in shared}
    counted = [label for label in shared if positives[label] >= least]
    there = [columns[label] for label in counted]
    found = [of[:, [tree.columns.index(label) for label in counted]] for of, tree in zip(held, trees, strict=True)]
    paired = Paired(found[0], found[1], truth[:, there], known[:, there])
    tasks, labels = _differences(paired, counted, resamples, seed)
    return ScoreChanges(
        records=len(items),
        tasks=tasks,
        labels=labels,
        left_out=_named(label for label in shared if positives[label] < least),
        only_a=_named(label for label in a.columns if label not in set(b.columns)),
        only_b=_named(label for label in b.columns if label not in set(a.columns)),
    )


def _named(labels: Iterable[Label]) -> tuple[str, ...]:
    return tuple(f"{task}:{leaf}" for task, leaf in labels)


@dataclass(frozen=True)
class Paired:
    """What two models found, what is there and what is known: (n_records, n_labels) each."""

    a: Bools
    b: Bools
    truth: Bools
    known: Bools

    def f1(self, weights: Floats | None = None) -> tuple[Floats, Floats]:
        """Return the F1 of each label under A and B, (n_weights, n_labels); 0 where nothing is there and nothing found.

        Parameters
        ----------
        weights
            (n_weights, n_records): how often each record counts; without it, once.
        """
        rows = np.ones((1, len(self.truth))) if weights is None else weights
        there = rows @ (self.truth & self.known)
        return self._f1(self.a, rows, there), self._f1(self.b, rows, there)

    def _f1(self, held: Bools, rows: Floats, there: Floats) -> Floats:
        right, said = rows @ (held & self.truth & self.known), rows @ (held & self.known)
        scores: Floats = 2 * right / np.maximum(1, said + there)
        return scores

    def split(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return for each label how many records A alone, and B alone, judged rightly."""
        a, b = self.a == self.truth, self.b == self.truth
        return (a & ~b & self.known).sum(axis=0), (b & ~a & self.known).sum(axis=0)


def _differences(
    paired: Paired, counted: Sequence[Label], resamples: int, seed: int
) -> tuple[tuple[TaskDifference, ...], tuple[LabelDifference, ...]]:
    in_task = {task: [n for n, (of, _) in enumerate(counted) if of == task] for task in TASKS}
    in_task = {task: places for task, places in in_task.items() if places}
    if not counted:
        return (), ()
    # Means over a task's labels are one more product: macro-F1 is resampled with the F1s it is made of.
    means = np.zeros((len(counted), len(in_task)))
    for column, places in enumerate(in_task.values()):
        means[places, column] = 1 / len(places)
    one, other = (of[0] for of in paired.f1())
    changes = _resampled(paired, resamples, seed)
    macro = _tested(one @ means, other @ means, changes @ means)
    tasks = (TaskDifference(task, len(in_task[task]), found) for task, found in zip(in_task, macro, strict=True))
    return tuple(tasks), _labels(paired, counted, _tested(one, other, changes))


def _labels(paired: Paired, counted: Sequence[Label], f1: Sequence[Difference]) -> tuple[LabelDifference, ...]:
    only_a, only_b = paired.split()
    exact = [mcnemar(int(a), int(b)) for a, b in zip(only_a, only_b, strict=True)]
    corrected = holm(exact)
    positives = (paired.truth & paired.known).sum(axis=0)
    return tuple(
        LabelDifference(
            task, leaf, int(positives[n]), f1[n], int(only_a[n]), int(only_b[n]), exact[n], float(corrected[n])
        )
        for n, (task, leaf) in enumerate(counted)
    )


def _resampled(paired: Paired, resamples: int, seed: int) -> Floats:
    """Return (resamples, n_labels) differences of F1 over records drawn with replacement."""
    chance, n = np.random.default_rng(seed), len(paired.truth)
    size = max(1, _CELLS // n)
    parts = []
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        drawn = chance.integers(0, n, (rows, n)) + np.arange(rows)[:, None] * n
        weights = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)
        # Counts of records are exact in single precision, at half the time.
        one, other = paired.f1(weights.astype(np.float32))
        parts.append(other - one)
    return np.concatenate(parts)


def _tested(a: Floats, b: Floats, changes: Floats) -> list[Difference]:
    """Return each column's difference with its interval and p-values."""
    low, high = np.percentile(changes, (2.5, 97.5), axis=0)
    below, above = (changes <= 0).sum(axis=0), (changes >= 0).sum(axis=0)
    # Chance is never ruled out by a finite number of draws: hence the one more.
    p = np.minimum(1.0, 2 * (np.minimum(below, above) + 1) / (len(changes) + 1))
    columns = zip(a, b, low, high, p, holm(p), strict=True)
    return [Difference(*(float(value) for value in column)) for column in columns]


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the exact two-sided p-value that two models are as often alone in being right; 1 when neither ever is."""
    return float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0


def holm(p: Sequence[float] | Floats) -> Floats:
    """Return p-values corrected for how many there are: one below 0.05 keeps the chance of any false one below 0.05."""
    given = np.asarray(p, float)
    order = np.argsort(given, kind="stable")
    stepped = np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1))
    corrected = np.empty_like(given)
    corrected[order] = np.minimum(1.0, stepped)
    return corrected
