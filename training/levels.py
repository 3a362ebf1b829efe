"""All that is measured at one level: records or sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.taxonomy import Taxonomy
from training.confusions import Confusion, confusions
from training.curves import Curve, curve
from training.evaluate import SURE, Bin, counted, macro_f1, reliability, scores
from training.groups import Groups, grouped, groupings
from training.intervals import Counts, Estimate, by_label, counts_of, interval, resampled
from training.measuring import Rows
from training.mistakes import Mistake, worst


@dataclass(frozen=True)
class Resampling:
    """How intervals are made: so many resamples, from a seed."""

    resamples: int
    seed: int


@dataclass(frozen=True)
class LabelResult:
    """How well one label is told: in how many rows it is there and was said, and its scores."""

    label: str
    there: int
    said: int
    precision: Estimate
    recall: Estimate
    f1: Estimate
    curve: Curve | None


@dataclass(frozen=True)
class TaskResult:
    """How well one task is done.

    Parameters
    ----------
    macro_f1, labels_counted
        Over labels with ten positives or more.
    micro_precision, micro_recall, micro_f1
        Over all labels pooled.
    mean_average_precision
        Over labels with ten positives or more.
    calibration_error, reliability
        Over pairs of a row and a label with confidence 0.05 or more, in 15 bins of equal mass.
    right_when_sure, sure
        The share that is right of what is said at confidence 0.8 or more, and how much that is.
    curve
        Of all pairs pooled.
    """

    macro_f1: Estimate
    labels_counted: int
    micro_precision: Estimate
    micro_recall: Estimate
    micro_f1: Estimate
    mean_average_precision: float | None
    calibration_error: float
    right_when_sure: float | None
    sure: int
    reliability: tuple[Bin, ...]
    curve: Curve | None
    labels: tuple[LabelResult, ...]
    confusions: tuple[Confusion, ...]


@dataclass(frozen=True)
class GroupingResult:
    """How well groups of emotions are told: macro-F1 over groups with ten positives or more, and each group's F1."""

    macro_f1: Estimate
    groups_counted: int
    f1: dict[str, Estimate]


@dataclass(frozen=True)
class LevelResult:
    """All that was measured over some rows, records or sentences.

    Parameters
    ----------
    tasks
        By name; a task that nobody judged is left out.
    groups
        By the name of the grouping; empty where the emotions are not those of GoEmotions, or not judged.
    wrong, missed
        The worst errors.
    """

    rows: int
    tasks: dict[str, TaskResult]
    groups: dict[str, GroupingResult]
    wrong: tuple[Mistake, ...]
    missed: tuple[Mistake, ...]


def level_of(rows: Rows, taxonomy: Taxonomy, how: Resampling, top: int) -> LevelResult:
    """Measure some rows."""
    counts = counts_of(rows.held, rows.labels, rows.owner)
    drawn = resampled(counts, how.resamples, how.seed)
    found = scores_of(rows, taxonomy)
    tasks = {
        task: _task(rows, taxonomy, task, found[task], counts.total(), drawn) for task in judged_tasks(rows, taxonomy)
    }
    groups = groupings(taxonomy) if "emotion" in tasks else {}
    wrong, missed = worst(rows, taxonomy, top)
    return LevelResult(
        len(rows), tasks, {name: _grouping(rows, columns, how) for name, columns in groups.items()}, wrong, missed
    )


def scores_of(rows: Rows, taxonomy: Taxonomy) -> dict[str, Any]:
    """Return what `training.evaluate.scores` says of some rows."""
    labels, known = rows.labels.astype(np.float32), rows.known.astype(np.float32)
    return scores(rows.confidence, rows.standing, labels, taxonomy, known)


def judged_tasks(rows: Rows, taxonomy: Taxonomy) -> list[str]:
    """Return the tasks in which anything was judged."""
    return [task for task, columns in taxonomy.slices.items() if rows.known[:, columns].any()]


def macro_of(value: float | None, labels: Sequence[int] | slice, rows: Rows, drawn: Counts) -> Estimate:
    """Return a task's macro-F1 with its interval over the labels that count in all rows."""
    enough = counted(rows.labels[:, labels].astype(np.float32))
    return interval(value, drawn.f1()[:, labels][:, enough].mean(axis=1)) if enough.any() else Estimate(None)


def _task(rows: Rows, taxonomy: Taxonomy, task: str, found: dict[str, Any], total: Counts, drawn: Counts) -> TaskResult:
    columns = taxonomy.slices[task]
    known = rows.known[:, columns]
    confidence, labels = rows.confidence[:, columns], rows.labels[:, columns]
    enough = counted(labels.astype(np.float32)).tolist()
    each = _labels(rows, taxonomy, task, total[columns], drawn[columns])
    whole, resamples = total[columns].pooled(), drawn[columns].pooled()
    counting = [one.curve.average_precision for one, counts in zip(each, enough, strict=True) if counts and one.curve]
    return TaskResult(
        macro_f1=macro_of(found["macro_f1"], columns, rows, drawn),
        labels_counted=found["labels_counted"],
        micro_precision=by_label(whole.precision(), resamples.precision())[0],
        micro_recall=by_label(whole.recall(), resamples.recall())[0],
        micro_f1=by_label(whole.f1(), resamples.f1())[0],
        mean_average_precision=round(float(np.mean(counting)), 4) if counting else None,
        calibration_error=found["calibration_error"],
        right_when_sure=found["right_at_0.8"],
        sure=int((confidence[known] >= SURE).sum()),
        reliability=tuple(reliability(confidence[known], labels[known].astype(np.float32))),
        curve=curve(confidence[known], labels[known]),
        labels=tuple(each[at] for at in np.flatnonzero(known.any(axis=0)).tolist()),
        confusions=tuple(confusions(rows.held[:, columns], labels, known, taxonomy.leaves[task])),
    )


def _labels(rows: Rows, taxonomy: Taxonomy, task: str, total: Counts, drawn: Counts) -> list[LabelResult]:
    first = taxonomy.slices[task].start
    estimates = zip(
        by_label(total.precision(), drawn.precision()),
        by_label(total.recall(), drawn.recall()),
        by_label(total.f1(), drawn.f1()),
        strict=True,
    )
    return [
        LabelResult(leaf, int(total.there[0, at]), int(total.said[0, at]), *scored, curve=_curve(rows, first + at))
        for at, (leaf, scored) in enumerate(zip(taxonomy.leaves[task], estimates, strict=True))
    ]


def _curve(rows: Rows, column: int) -> Curve | None:
    known = rows.known[:, column]
    return curve(rows.confidence[known, column], rows.labels[known, column])


def _grouping(rows: Rows, groups: Groups, how: Resampling) -> GroupingResult:
    labels = grouped(rows.labels, groups)
    # A group is judged where all its leaves are, or where it is there.
    known = np.stack([rows.known[:, list(columns)].all(axis=1) for columns in groups.values()], axis=1) | labels
    held = grouped(rows.held, groups) & known
    counts = counts_of(held, labels, rows.owner)
    drawn = resampled(counts, how.resamples, how.seed)
    enough = counted(labels.astype(np.float32))
    value = macro_f1(held, labels.astype(np.float32))
    return GroupingResult(
        interval(value, drawn.f1()[:, enough].mean(axis=1)) if enough.any() else Estimate(None),
        int(enough.sum()),
        dict(zip(groups, by_label(counts.total().f1(), drawn.f1()), strict=True)),
    )
