"""How far a measured number may be off: bootstrap intervals, resampling whole records.

Sentences of one record resemble each other, so a resample draws records, and with each all of its sentences.

References
----------
B. Efron and R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: percentile intervals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Wide = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
RESAMPLES = 1000
LEVEL = 0.95
# Draws held at once: bounds the memory, whatever the number of records.
DRAWS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Estimate:
    """A measured number, 0 to 1, with its 95% interval; None where nothing can be said."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each label was said rightly, was said, and was there.

    Parameters
    ----------
    true, said, there
        (n_records, n_labels) float32 in a sample, (n_resamples, n_labels) in totals.
    """

    true: Array
    said: Array
    there: Array

    def __getitem__(self, columns: slice | Flags | npt.NDArray[np.intp]) -> Counts:
        return Counts(self.true[:, columns], self.said[:, columns], self.there[:, columns])

    def rows(self, rows: npt.NDArray[np.intp]) -> Counts:
        """Return the counts of some records."""
        return Counts(self.true[rows], self.said[rows], self.there[rows])

    def pooled(self) -> Counts:
        """Return the counts over all labels together, as one label."""
        return Counts(*(values.sum(axis=1, keepdims=True) for values in (self.true, self.said, self.there)))

    def total(self) -> Counts:
        """Return the counts over all records together, (1, n_labels)."""
        return Counts(*(values.sum(axis=0, keepdims=True) for values in (self.true, self.said, self.there)))

    def precision(self) -> Wide:
        """Return the share that was right of what was said; NaN where nothing was."""
        return _share(self.true, self.said)

    def recall(self) -> Wide:
        """Return the share that was said of what was there; NaN where nothing was."""
        return _share(self.true, self.there)

    def f1(self) -> Wide:
        """Return F1; 0 where nothing was there and nothing was said."""
        both = self.said.astype(np.float64) + self.there
        return 2 * self.true / np.maximum(1, both)


def counts_of(held: Flags, labels: Flags, owner: npt.NDArray[np.intp]) -> Counts:
    """Return the counts of each record.

    Parameters
    ----------
    held, labels
        (n_rows, n_labels) what was said and what is there, False where a label was not judged.
    owner
        (n_rows,) the record of each row, rising from 0 without gaps.
    """
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    return Counts(*(np.add.reduceat(one.astype(np.float32), starts, axis=0) for one in (held & labels, held, labels)))


def resampled(counts: Counts, resamples: int = RESAMPLES, seed: int = 0) -> Counts:
    """Return the totals, (n_resamples, n_labels), of samples of the records drawn with replacement."""
    joined = np.hstack([counts.true, counts.said, counts.there])
    totals = np.concatenate([weights @ joined for weights in _weights(len(joined), resamples, seed)])
    return Counts(*np.split(totals, 3, axis=1))


def _weights(records: int, resamples: int, seed: int) -> Iterator[Array]:
    """Yield how often each record is drawn, (some resamples, n_records), in chunks of bounded size."""
    chance = np.random.default_rng(seed)
    most = max(1, DRAWS_AT_ONCE // records)
    for done in range(0, resamples, most):
        size = min(most, resamples - done)
        drawn = chance.integers(0, records, (size, records))
        drawn += np.arange(size)[:, None] * records
        yield np.bincount(drawn.ravel(), minlength=size * records).reshape(size, records).astype(np.float32)


def interval(value: float | None, found: Wide) -> Estimate:
    """Return an estimate with its percentile interval over the resamples, (n_resamples,), where it is defined."""
    kept = found[~np.isnan(found)]
    if value is None or np.isnan(value):
        return Estimate(None)
    if not kept.size:
        return Estimate(round(float(value), 4))
    low, high = np.quantile(kept, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(*(round(float(one), 4) for one in (value, low, high)))


def by_label(measured: Wide, found: Wide) -> list[Estimate]:
    """Return each label's estimate from (1, n_labels) and its resamples (n_resamples, n_labels)."""
    return [interval(value, column) for value, column in zip(measured[0].tolist(), found.T, strict=True)]


def _share(part: Array, whole: Array) -> Wide:
    shares = np.full(part.shape, np.nan)
    np.divide(part, whole, out=shares, where=whole > 0, dtype=np.float64)
    return shares
