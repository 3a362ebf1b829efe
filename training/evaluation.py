"""Judging a model on labelled feedback: everything at once, as a data scientist wants to see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.errors import DataError
from engine.taxonomy import Taxonomy
from models.artifact import Artifact, load_artifact
from training.boundary_score import boundary_counts, boundary_scores, is_spoken
from training.data import Labelled
from training.intervals import RESAMPLES, Estimate, by_label, counts_of, resampled
from training.levels import LevelResult, Resampling, judged_tasks, level_of, macro_of, scores_of
from training.measuring import Measured, Progress, Rows, measure, silently
from training.slices import slices_of

TOP = 20


@dataclass(frozen=True)
class SliceTask:
    """A task in one slice; the macro-F1 counts labels with ten positives or more in the slice."""

    macro_f1: Estimate
    labels_counted: int
    micro_f1: Estimate


@dataclass(frozen=True)
class Slice:
    """The records with one value of an attribute, and how well their tasks are done."""

    attribute: str
    value: str
    records: int
    tasks: dict[str, SliceTask]


@dataclass(frozen=True)
class Boundaries:
    """Whether sentences begin where people say they do, over so many boundaries of so many records."""

    records: int
    boundaries: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


@dataclass(frozen=True)
class Speed:
    """How fast the model read: sentences are those it found."""

    seconds: float
    records_per_second: float
    sentences_per_second: float


@dataclass(frozen=True)
class Evaluation:
    """How good a model is on some labelled feedback.

    Parameters
    ----------
    model
        Its name and version.
    records, statuses
        How many records there are, and how many of them were read, or not and why.
    resamples, seed
        Of the 95% bootstrap intervals, which draw whole records.
    record
        Measured over records, as the product reads them.
    sentence
        Measured over the sentences that people told apart; None where no record has such.
    boundaries
        ``all`` and, where the channel says so, ``spoken``; empty where no record has sentences.
    slices
        By each attribute that was asked for.
    """

    model: str
    records: int
    statuses: dict[str, int]
    resamples: int
    seed: int
    record: LevelResult
    sentence: LevelResult | None
    boundaries: dict[str, Boundaries]
    slices: tuple[Slice, ...]
    speed: Speed

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def evaluate_model(
    model: Path | Artifact,
    items: Sequence[Labelled],
    *,
    by: Sequence[str] = (),
    top: int = TOP,
    resamples: int = RESAMPLES,
    seed: int = 0,
    progress: Progress = silently,
) -> Evaluation:
    """Judge a model on labelled feedback.

    Parameters
    ----------
    model
        An artifact folder, or the artifact that was loaded from it.
    items
        As `training.data.read_to_measure` returns them, with the labels of the model's trees.
    by
        Attributes to slice the records by.
    top
        How many of the worst errors to show.
    resamples, seed
        Of the bootstrap; the same seed gives the same intervals.
    progress
        Called with what goes on and how much of it is done, 0 to 1.

    Raises
    ------
    ArtifactError
        If the model cannot be used.
    DataError
        If there is nothing to measure, or no record has an attribute of `by`.

    Examples
    --------
    >>> artifact = load_artifact(DEFAULT)  # doctest: +SKIP
    >>> items = read_to_measure(Path("dev.jsonl"), artifact.config.taxonomy)  # doctest: +SKIP
    >>> evaluate_model(artifact, items, by=["channel"]).record.tasks["intent"].macro_f1  # doctest: +SKIP
    """
    artifact = load_artifact(model) if isinstance(model, Path) else model
    taxonomy, how = artifact.config.taxonomy, Resampling(resamples, seed)
    _check(items, taxonomy)
    slices = {name: slices_of(items, name) for name in dict.fromkeys(by)}
    found = measure(artifact, items, progress)
    progress("measuring", 1.0)
    rate = 1 / max(found.seconds, 1e-9)
    return Evaluation(
        model=artifact.model,
        records=len(items),
        statuses=found.statuses,
        resamples=resamples,
        seed=seed,
        record=level_of(found.records, taxonomy, how, top),
        sentence=level_of(found.sentences, taxonomy, how, top) if found.sentences else None,
        boundaries=_boundaries(items, found, how),
        slices=tuple(
            _slice(name, value, found.records.take(places), taxonomy, how)
            for name, values in slices.items()
            for value, places in values.items()
        ),
        speed=Speed(*(round(n, 3) for n in (found.seconds, len(items) * rate, found.sentences_read * rate))),
    )


def _check(items: Sequence[Labelled], taxonomy: Taxonomy) -> None:
    if not items:
        raise DataError("there are no records to measure on")
    if any(item.labels.shape[1] != len(taxonomy.columns) for item in items):
        raise DataError("the labels were read for other trees than the model's; read the data with its taxonomy")
    if not any(item.known.any() for item in items):
        raise DataError("no record has a label of emotion, intent or topic; there is nothing to measure")


def _boundaries(items: Sequence[Labelled], found: Measured, how: Resampling) -> dict[str, Boundaries]:
    bounded = [place for place, item in enumerate(items) if item.bounded]
    spoken = [place for place in bounded if is_spoken(items[place])]
    return {
        name: _boundary([items[place] for place in places], [found.starts[place] for place in places], how)
        for name, places in (("all", bounded), ("spoken", spoken))
        if places
    }


def _boundary(items: Sequence[Labelled], said: Sequence[frozenset[int]], how: Resampling) -> Boundaries:
    counts = boundary_counts(items, said)
    return Boundaries(len(items), int(counts.there.sum()), **boundary_scores(counts, how.resamples, how.seed))


def _slice(name: str, value: str, rows: Rows, taxonomy: Taxonomy, how: Resampling) -> Slice:
    counts = counts_of(rows.held, rows.labels, rows.owner)
    total, drawn = counts.total(), resampled(counts, how.resamples, how.seed)
    found = scores_of(rows, taxonomy)
    tasks = {}
    for task in judged_tasks(rows, taxonomy):
        columns = taxonomy.slices[task]
        macro = macro_of(found[task]["macro_f1"], columns, rows, drawn)
        micro = by_label(total[columns].pooled().f1(), drawn[columns].pooled().f1())[0]
        tasks[task] = SliceTask(macro, found[task]["labels_counted"], micro)
    return Slice(name, value, len(rows), tasks)
