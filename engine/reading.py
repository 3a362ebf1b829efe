"""A reading: all that was understood of one feedback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from functools import cached_property
from itertools import compress
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.feedback import Part
from engine.spoken import told_of
from engine.taxonomy import TASKS, Taxonomy

SHOWN_FROM = 0.05
# Between the models of a reading that several made.
AND = " & "


class ReadingStatus(StrEnum):
    """How far the reader got."""

    READ = "read"
    EMPTY = "empty"
    UNSURE = "unsure"
    UNSUPPORTED_LANGUAGE = "unsupported_language"
    UNREAD = "unread"


class Standing(IntEnum):
    """Whether a label holds by the model's tuned threshold."""

    ABSENT = 0
    UNSURE = 1
    HOLDS = 2


@dataclass(frozen=True, eq=False)
class Reading:
    """All that was understood of one feedback, over arrays.

    Parameters
    ----------
    status
        How far the reader got; everything but ``read`` has no labels.
    language
        ISO 639-1 code, or None when it could not be told; of a record in several, that of most of its words.
    model
        Name and version of the model, ``default@VERSION``; where others read sentences in other languages, theirs
        follow behind `AND`.
    taxonomy
        The label trees that name the columns.
    spans
        (n_sentences, 3) int32: part, start, end of each sentence, in the order of the parts, whoever spoke;
        half-open code-point offsets into that part's text.
    confidence
        (n_sentences + 1, n_labels) float32 calibrated probabilities, 0 to 1; the last row is the
        record, which goes by the customer's sentences alone. Rounded to four decimals, so that what is shown
        is what was compared.
    standing
        (n_sentences + 1, n_labels) uint8 of `Standing`: what the model's thresholds made of it.
    embedding
        (n_sentences, d) float16, one unit-length vector a sentence; 0 where it was not read, or by another model.
    language_confidence
        The probability, 0 to 1, that the record is in that language; None when it was not told.
    languages
        (n_sentences,) codes; empty where every sentence is in the record's language.
    """

    status: ReadingStatus
    language: str | None
    model: str
    taxonomy: Taxonomy
    spans: npt.NDArray[np.int32]
    confidence: npt.NDArray[np.float32]
    standing: npt.NDArray[np.uint8]
    embedding: npt.NDArray[np.float16]
    language_confidence: float | None = None
    languages: tuple[str, ...] = ()

    @property
    def space(self) -> str:
        """The model that the embeddings are of: where several read, that of the record's language."""
        return self.model.partition(AND)[0]

    @property
    def n_sentences(self) -> int:
        """Number of sentences."""
        return int(self.spans.shape[0])

    @cached_property
    def held(self) -> tuple[int, ...]:
        """The columns of the labels that hold for the record."""
        return tuple(np.flatnonzero(self.standing[-1] == Standing.HOLDS).tolist())

    @property
    def record_confidence(self) -> npt.NDArray[np.float32]:
        """(n_labels,) the record's confidences."""
        row: npt.NDArray[np.float32] = self.confidence[-1]
        return row

    def of_customer(self, parts: Sequence[Part]) -> npt.NDArray[np.bool_]:
        """Return whether each sentence is the customer's, (n_sentences,).

        Parameters
        ----------
        parts
            What was read.
        """
        own = np.array([part.speaker == "customer" for part in parts], bool)
        said: npt.NDArray[np.bool_] = own[self.spans[:, 0]]
        return said

    def only(self, rows: npt.NDArray[np.bool_]) -> Reading:
        """Return the same reading with some of its sentences, (n_sentences,), and the record as it is."""
        if rows.all():
            return self
        kept = np.append(rows, True)
        return replace(
            self,
            spans=self.spans[rows],
            confidence=self.confidence[kept],
            standing=self.standing[kept],
            embedding=self.embedding[rows],
            languages=tuple(compress(self.languages, rows)),
        )

    def row(self, row: int, at_least: float = SHOWN_FROM) -> dict[str, Any]:
        """Return a row's labels, what it is unsure of, and its confidences of at least that much, highest first."""
        confidence, standing = self.confidence[row], self.standing[row]
        hits = np.flatnonzero((confidence >= at_least) | (standing > 0))
        hits = hits[np.argsort(-confidence[hits], kind="stable")]
        shown: dict[str, dict[str, Any]] = {
            "labels": {task: [] for task in TASKS},
            "unsure": {task: [] for task in TASKS},
            "confidence": {task: {} for task in TASKS},
        }
        values = zip(hits.tolist(), confidence[hits].tolist(), standing[hits].tolist(), strict=True)
        for column, value, stands in values:
            task, leaf = self.taxonomy.columns[column]
            if value >= at_least:
                shown["confidence"][task][leaf] = round(value, 4)
            if stands:
                shown["labels" if stands == Standing.HOLDS else "unsure"][task].append(leaf)
        return shown

    def as_dict(self, feedback_id: str, *, everything: bool = False, parts: Sequence[Part] = ()) -> dict[str, Any]:
        """Return the reading in the shape of the API.

        Parameters
        ----------
        everything
            Whether every leaf's confidence is shown.
        parts
            What was read: with it, each sentence says whose it is, and a spoken one when it was said.
        """
        at_least = 0.0 if everything else SHOWN_FROM
        sentences = []
        for number, (part, start, end) in enumerate(self.spans.tolist()):
            shown = self.row(number, at_least)
            where: dict[str, Any] = {"part": part, "start": start, "end": end}
            if parts:
                where |= {"speaker": parts[part].speaker} | told_of(parts[part], start, end)
            said = {"language": self.languages[number]} if self.languages else {"language": self.language}
            sentences.append(where | said | {"labels": shown["labels"], "confidence": shown["confidence"]})
        record = {"id": feedback_id, "status": str(self.status)} | self._languages() | {"model": self.model}
        return record | self.row(-1, at_least) | {"sentences": sentences}

    def _languages(self) -> dict[str, Any]:
        told = [] if self.language is None else [self.language]
        return {
            "language": self.language,
            "language_confidence": self.language_confidence,
            "languages": list(dict.fromkeys([*told, *self.languages])),
        }


def blank_reading(
    status: ReadingStatus,
    taxonomy: Taxonomy,
    *,
    model: str,
    language: str | None = None,
    language_confidence: float | None = None,
    spans: npt.NDArray[np.int32] | None = None,
    dimensions: int = 0,
) -> Reading:
    """Return a reading that claims nothing: no label holds, none is unsure, all confidences are 0."""
    spans = np.zeros((0, 3), np.int32) if spans is None else spans
    rows = spans.shape[0]
    return Reading(
        status=status,
        language=language,
        model=model,
        taxonomy=taxonomy,
        spans=spans,
        confidence=np.zeros((rows + 1, len(taxonomy.columns)), np.float32),
        standing=np.zeros((rows + 1, len(taxonomy.columns)), np.uint8),
        embedding=np.zeros((rows, dimensions), np.float16),
        language_confidence=language_confidence,
    )
