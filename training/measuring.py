"""Reading labelled feedback with a model, to compare what it says with what people say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
import numpy.typing as npt

from engine.feedback import Part
from engine.reading import Reading, Standing
from engine.taxonomy import Taxonomy
from models.artifact import Artifact
from models.reader import OnnxReader, judged
from models.runtime import Runtime
from training.boundary_score import Starts, boundaries
from training.data import Labelled, records_of

Array = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
# Called with what goes on and how much of it is done, 0 to 1.
Progress = Callable[[str, float], None]
CHUNK = 512


def silently(said: str, done: float) -> None:
    """Show no progress."""


@dataclass(frozen=True, eq=False)
class Rows:
    """What a model says and what people say of each row: a record or a sentence.

    Parameters
    ----------
    confidence
        (n_rows, n_labels) float32, 0 to 1.
    held, labels, known
        (n_rows, n_labels): what the model says, what is there, and what was judged by people. Of what was not
        judged, nothing is said and nothing is there.
    owner
        (n_rows,) the record of each row, rising from 0 without gaps.
    texts, ids
        Of each row: its own words, and the name of its record.
    """

    confidence: Array
    held: Flags
    labels: Flags
    known: Flags
    owner: npt.NDArray[np.intp]
    texts: Sequence[str]
    ids: Sequence[str]

    def __len__(self) -> int:
        return len(self.confidence)

    @property
    def standing(self) -> npt.NDArray[np.uint8]:
        """(n_rows, n_labels) of `Standing`, without the unsure."""
        return np.where(self.held, np.uint8(Standing.HOLDS), np.uint8(Standing.ABSENT))

    def take(self, rows: npt.NDArray[np.intp]) -> Rows:
        """Return some rows, each as if of a record of its own."""
        held, labels, known = (flags[rows] for flags in (self.held, self.labels, self.known))
        texts, ids = ([names[row] for row in rows.tolist()] for names in (self.texts, self.ids))
        return Rows(self.confidence[rows], held, labels, known, np.arange(len(rows)), texts, ids)


@dataclass(frozen=True, eq=False)
class Measured:
    """The rows of some records.

    Parameters
    ----------
    records
        One row a record, as the product reads it.
    sentences
        One row a sentence that people told apart; None where no record has such.
    starts
        Of each record the words with which the model's sentences begin.
    statuses
        How many records were read, and how many were not and why.
    seconds
        How long the reading took, for so many sentences of the model.
    """

    records: Rows
    sentences: Rows | None
    starts: Sequence[Starts]
    statuses: dict[str, int]
    seconds: float
    sentences_read: int


@dataclass
class _Records:
    """What was kept of the readings so far."""

    confidence: list[Array] = field(default_factory=list)
    held: list[Flags] = field(default_factory=list)
    starts: list[Starts] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    sentences: int = 0

    def add(self, items: Sequence[Labelled], readings: Sequence[Reading]) -> None:
        self.confidence.append(np.stack([reading.confidence[-1] for reading in readings]))
        self.held.append(np.stack([reading.standing[-1] for reading in readings]) == Standing.HOLDS)
        for item, reading in zip(items, readings, strict=True):
            self.starts.append(boundaries(item.text, reading.spans[:, 1].tolist()))
            self.statuses[str(reading.status)] += 1
            self.sentences += reading.n_sentences


def measure(artifact: Artifact, items: Sequence[Labelled], progress: Progress = silently) -> Measured:
    """Read some records as the product does, and their sentences as people told them apart.

    Raises
    ------
    ArtifactError
        If the model cannot be loaded.
    """
    reader = OnnxReader(artifact, Runtime(artifact.folder), ("en",))
    reader.read([[Part("The first text also loads what reading needs: let it not be timed.")]])
    found = _Records()
    for done, chunk in _chunks(items):
        progress("reading records", done / len(items))
        started = perf_counter()
        readings = reader.read([[Part(item.text)] for item in chunk])
        found.seconds += perf_counter() - started
        found.add(chunk, readings)
    return Measured(
        _record_rows(items, artifact.config.taxonomy, found),
        _sentence_rows(artifact, reader, [item for item in items if item.split], progress),
        found.starts,
        dict(found.statuses),
        found.seconds,
        found.sentences,
    )


def _chunks(items: Sequence[Labelled]) -> Iterator[tuple[int, Sequence[Labelled]]]:
    for at in range(0, len(items), CHUNK):
        yield at, items[at : at + CHUNK]


def _record_rows(items: Sequence[Labelled], taxonomy: Taxonomy, found: _Records) -> Rows:
    """Return a row a record."""
    labels, known = (rows > 0 for rows in records_of(items, taxonomy))
    confidence, held = np.concatenate(found.confidence), np.concatenate(found.held)
    texts, ids = [item.text for item in items], [item.id for item in items]
    return Rows(confidence, held & known, labels, known, np.arange(len(items)), texts, ids)


def _sentence_rows(
    artifact: Artifact, reader: OnnxReader, items: Sequence[Labelled], progress: Progress
) -> Rows | None:
    if not items:
        return None
    logits = []
    for done, chunk in _chunks(items):
        progress("reading sentences", done / len(items))
        logits.append(reader.logits_of([(item.text, item.spans) for item in chunk]))
    confidence, standing = judged(np.concatenate(logits), artifact.config.sentence)
    known = np.concatenate([item.known for item in items]) > 0
    labels = (np.concatenate([item.labels for item in items]) > 0) & known
    owner = np.repeat(np.arange(len(items)), [len(item.spans) for item in items])
    texts = [item.text[start:end] for item in items for start, end in item.spans]
    ids = [items[record].id for record in owner.tolist()]
    return Rows(confidence, (standing == Standing.HOLDS) & known, labels, known, owner, texts, ids)
