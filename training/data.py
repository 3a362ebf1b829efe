"""Labelled feedback: the data sets in the folder, and a data scientist's own files."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import DataError
from engine.names import is_storable, unknown
from engine.taxonomy import NEUTRAL, TASKS, Taxonomy

FORBIDDEN = "benchmark-only"
MODEL = "model"
CORPUS = Path("voc") / "train.jsonl"
EMOTIONS = Path("clean") / "goemotions" / "train.jsonl"
# What a record is made of; its other fields are attributes.
RECORD = frozenset({"id", "text", "sentences", "labels", "partial", "boundaries", "scores", "attributes", *TASKS})
Value = str | int | float | bool
Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Labelled:
    """One verbatim with labelled sentences.

    Parameters
    ----------
    text
        The whole verbatim.
    spans
        (start, end) of each sentence in it.
    labels
        (n_sentences, n_labels) float32 of 0 and 1.
    known
        (n_sentences, n_labels) float32: 1 where the label was judged, 0 where it is unknown and does not train.
    split
        Whether its sentences were told apart by hand; if not, the labels are those of the whole.
    bounded
        Whether its boundaries are right, so that they train.
    talk
        Whether it is talk among people (GoEmotions) and no feedback.
    attributes
        What else is known of it, such as its channel and its scores, by name; slices are made by it.
    """

    id: str
    text: str
    spans: tuple[tuple[int, int], ...]
    labels: npt.NDArray[np.float32]
    known: npt.NDArray[np.float32]
    split: bool = False
    bounded: bool = False
    talk: bool = False
    attributes: Mapping[str, Value] = field(default_factory=dict)


class Labels:
    """Names to columns: full paths, and leaf names that are unique in their task."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy

    def column(self, task: str, name: str) -> int:
        """Return the column of a label.

        Raises
        ------
        DataError
            If the task has no such leaf.
        """
        found = self.taxonomy.column(task, name)
        if found is None:
            raise DataError(unknown(f"{task} label", name, self.taxonomy.leaves[task]))
        return found


def refuse_benchmarks(path: Path) -> None:
    """Refuse data that may only be measured on.

    Raises
    ------
    DataError
        If the path lies in a folder named ``benchmark-only``.
    """
    if FORBIDDEN in path.resolve().parts:
        raise DataError(f"{path} is for measuring only and never trains a model; use another data set")


def read_labelled(path: Path, taxonomy: Taxonomy) -> list[Labelled]:
    """Read labelled feedback that may train a model, from JSONL or CSV; see `read_to_measure` for the formats.

    Raises
    ------
    DataError
        With file and line, if a record does not fit or the file may not be used for training.
    """
    refuse_benchmarks(path)
    return read_to_measure(path, taxonomy)


def read_to_measure(path: Path, taxonomy: Taxonomy) -> list[Labelled]:
    """Read labelled feedback to measure a model on, from JSONL or CSV; sets for measuring only are welcome here.

    JSONL has ``{id, text, labels: {emotion?, intent?, topic?}}`` or ``{id, sentences: [{text, emotion?, ...}]}``;
    CSV has columns id, text, emotion, intent, topic with labels separated by ``;``. A task that is absent is
    unknown; an empty one means that no label holds. ``partial: [task, ...]`` names tasks in which only the labels given
    were judged, and ``boundaries: "model"`` says that a model told the sentences apart, so that these boundaries do
    not train. Other fields, what is in ``scores`` and ``attributes``, and
    other columns are the record's attributes.

    Raises
    ------
    DataError
        With file and line, if a record does not fit.
    """
    found = []
    for _, record in each_record(path, taxonomy):
        if isinstance(record, DataError):
            raise record
        found.append(record)
    if not found:
        raise DataError(f"{path} has no records")
    return found


def each_record(path: Path, taxonomy: Taxonomy) -> Iterator[tuple[int, Labelled | DataError]]:
    """Yield each record of a file with its line, or what is wrong there.

    Raises
    ------
    DataError
        If the file cannot be read at all.
    """
    labels = Labels(taxonomy)
    for line, record in _records(path):
        if isinstance(record, DataError):
            yield line, record
            continue
        try:
            yield line, labelled(record, labels)
        except (DataError, KeyError, TypeError, AttributeError) as problem:
            said = str(problem) if isinstance(problem, DataError) else "a record needs text or sentences with text"
            yield line, DataError(f"{path}:{line}: {said}")


def _records(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | DataError]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            records: Iterator[tuple[int, Mapping[str, Any] | DataError]]
            records = _csv(file) if path.suffix.lower() == ".csv" else _jsonl(path, file)
            yield from records
    except OSError as problem:
        raise DataError(f"{path} cannot be read: {problem.strerror}") from problem
    except csv.Error as problem:
        raise DataError(f"{path} is not a CSV that can be read: {problem}") from problem
    except UnicodeDecodeError as problem:
        raise DataError(f"{path} is not UTF-8; save it as UTF-8") from problem


def _csv(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, row in enumerate(csv.DictReader(lines), start=2):
        tasks = {task: row[task].split(";") if row[task] else [] for task in TASKS if row.get(task) is not None}
        others = {name: value for name, value in row.items() if isinstance(value, str) and name not in RECORD}
        yield number, {"id": row.get("id") or number, "text": row["text"], "labels": tasks, "attributes": others}


def _jsonl(path: Path, lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any] | DataError]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError:
            yield number, DataError(f"{path}:{number}: this line is not valid JSON")
            continue
        yield number, record if isinstance(record, dict) else DataError(f"{path}:{number}: a record must be an object")


def labelled(record: Mapping[str, Any], labels: Labels) -> Labelled:
    """Return a labelled verbatim from a record in the design's format."""
    given: list[Mapping[str, Sequence[str]]]
    if "sentences" in record:
        sentences = record["sentences"]
        given = [{task: one[task] for task in TASKS if task in one} for one in sentences]
        if not sentences:
            raise DataError("sentences is empty; give at least one, or the text")
        text, spans = join([one["text"] for one in sentences])
    else:
        text = record["text"]
        spans = ((0, len(text)),)
        given = [_tasks(record.get("labels", {}))]
    if not isinstance(text, str) or not is_storable(text):
        raise DataError("the text must be a text, without NUL and without half of a surrogate pair")
    split = "sentences" in record
    partial = _partial(record.get("partial", []))
    rows = np.zeros((len(given), len(labels.taxonomy.columns)), np.float32)
    known = np.zeros_like(rows)
    for row, tasks in enumerate(given):
        for task, names in tasks.items():
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                raise DataError(f"{task} must be a list of labels; write [] where none holds")
            held = [labels.column(task, name.strip()) for name in names]
            known[row, held if task in partial else labels.taxonomy.slices[task]] = 1
            rows[row, held] = 1
    name, attributes = str(record.get("id", "")), attributes_of(record)
    bounded = split and record.get("boundaries") != MODEL
    return Labelled(name, text, spans, rows, known, split, bounded, attributes=attributes)


def _partial(given: Any) -> Sequence[str]:
    if not isinstance(given, list) or not all(task in TASKS for task in given):
        raise DataError(f"partial must be a list of tasks: {', '.join(TASKS)}")
    return given


def attributes_of(record: Mapping[str, Any]) -> dict[str, Value]:
    """Return what else is known of a record: its other fields, its attributes and its scores, by name."""
    found: dict[str, Value] = {}
    for values in ({k: v for k, v in record.items() if k not in RECORD}, *map(record.get, ("attributes", "scores"))):
        if isinstance(values, Mapping):
            found |= {name: value for name, value in values.items() if isinstance(value, Value) and value != ""}
    return found


def _tasks(given: Mapping[str, Sequence[str]] | Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return labels by task; a bare list is the emotion paths of the GoEmotions files."""
    return given if isinstance(given, Mapping) else {"emotion": given}


def records_of(items: Sequence[Labelled], taxonomy: Taxonomy) -> tuple[Array, Array]:
    """Return what holds for whole records, and what is known of them, as the product rolls its own sentences up.

    A label holds where a sentence has it, and is known to be absent where every sentence was judged. Neutral holds for
    a record of several sentences only when no other emotion does.

    Returns
    -------
    tuple[Array, Array]
        (n_records, n_labels) each.
    """
    return rolled_up([item.labels for item in items], [item.known for item in items], taxonomy)


def rolled_up(labels: Sequence[Array], known: Sequence[Array], taxonomy: Taxonomy) -> tuple[Array, Array]:
    """Return what `records_of` does, for (n_sentences, n_labels) of each record."""
    highest = np.stack([(rows * judged).max(axis=0) for rows, judged in zip(labels, known, strict=True)])
    judged = np.maximum(np.stack([rows.min(axis=0) for rows in known]), highest)
    if NEUTRAL in taxonomy.columns:
        neutral = taxonomy.columns.index(NEUTRAL)
        several = np.array([len(rows) > 1 for rows in labels])
        others = highest[:, taxonomy.slices["emotion"]].sum(axis=1) - highest[:, neutral]
        highest[several & (others > 0), neutral] = 0
    return highest, judged


def join(texts: Sequence[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return sentences joined by one space, and where each stands."""
    spans, at = [], 0
    for text in texts:
        spans.append((at, at + len(text)))
        at += len(text) + 1
    return " ".join(texts), tuple(spans)
