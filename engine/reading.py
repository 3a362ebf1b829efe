"""A reading: all that was understood of one feedback."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.taxonomy import TASKS, Taxonomy

SHOWN_FROM = 0.05


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
        ISO 639-1 code, or None when it could not be told.
    model
        Name and version of the model, ``default@VERSION``.
    taxonomy
        The label trees that name the columns.
    spans
        (n_sentences, 3) int32: part, start, end of each sentence; half-open code-point offsets into
        that part's text.
    confidence
        (n_sentences + 1, n_labels) float32 calibrated probabilities, 0 to 1; the last row is the
        record. Rounded to four decimals, so that what is shown is what was compared.
    standing
        (n_sentences + 1, n_labels) uint8 of `Standing`: what the model's thresholds made of it.
    embedding
        (n_sentences, d) float16, one unit-length vector a sentence.
    """

    status: ReadingStatus
    language: str | None
    model: str
    taxonomy: Taxonomy
    spans: npt.NDArray[np.int32]
    confidence: npt.NDArray[np.float32]
    standing: npt.NDArray[np.uint8]
    embedding: npt.NDArray[np.float16]

    @property
    def n_sentences(self) -> int:
        """Number of sentences."""
        return int(self.spans.shape[0])

    @property
    def record_confidence(self) -> npt.NDArray[np.float32]:
        """(n_labels,) the record's confidences."""
        row: npt.NDArray[np.float32] = self.confidence[-1]
        return row

    def labels(self, row: int = -1, standing: Standing = Standing.HOLDS) -> dict[str, list[str]]:
        """Return, per task, the leaf paths with that standing in a row, most confident first."""
        found: dict[str, list[str]] = {}
        for task, columns in self.taxonomy.slices.items():
            hits = np.flatnonzero(self.standing[row, columns] == standing)
            order = np.argsort(-self.confidence[row, columns][hits], kind="stable")
            found[task] = [self.taxonomy.leaves[task][hit] for hit in hits[order]]
        return found

    def confidences(self, row: int = -1, at_least: float = SHOWN_FROM) -> dict[str, dict[str, float]]:
        """Return, per task, the leaf paths and confidences of at least that much, highest first."""
        shown: dict[str, dict[str, float]] = {}
        for task, columns in self.taxonomy.slices.items():
            values = self.confidence[row, columns]
            hits = np.flatnonzero(values >= at_least)
            order = np.argsort(-values[hits], kind="stable")
            shown[task] = {self.taxonomy.leaves[task][hit]: round(float(values[hit]), 4) for hit in hits[order]}
        return shown

    def as_dict(self, feedback_id: str, *, everything: bool = False) -> dict[str, Any]:
        """Return the reading in the shape of the API; `everything` shows every leaf's confidence."""
        at_least = 0.0 if everything else SHOWN_FROM
        sentences = [
            {
                "part": int(part),
                "start": int(start),
                "end": int(end),
                "labels": self.labels(row),
                "confidence": self.confidences(row, at_least),
            }
            for row, (part, start, end) in enumerate(self.spans)
        ]
        return {
            "id": feedback_id,
            "status": str(self.status),
            "language": self.language,
            "model": self.model,
            "labels": self.labels(),
            "unsure": self.labels(standing=Standing.UNSURE),
            "confidence": self.confidences(-1, at_least),
            "sentences": sentences,
        }


def blank_reading(
    status: ReadingStatus,
    taxonomy: Taxonomy,
    *,
    model: str,
    language: str | None = None,
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
    )


__all__ = ["SHOWN_FROM", "TASKS", "Reading", "ReadingStatus", "Standing", "blank_reading"]
