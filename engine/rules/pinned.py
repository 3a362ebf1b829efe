"""Pinned readings: what a perfect model would make of an example, by the labels that its author gave."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.feedback import Part
from engine.reading import Reading, ReadingStatus, Standing
from engine.rules.example import PinnedSentence
from engine.taxonomy import NEUTRAL, Taxonomy

MODEL = "pinned"
ABSENT = 0.01
HOLDS_FROM = 0.5


def pinned_reading(
    sentences: Sequence[PinnedSentence], parts: Sequence[Part], taxonomy: Taxonomy, language: str | None
) -> Reading:
    """Return the reading in which exactly the pinned labels hold, and nothing is unsure.

    The record rolls up as a model's does: the highest of the customer's sentences; neutral takes the least, and
    holds only when no other emotion does.

    Parameters
    ----------
    sentences
        At least one.
    parts
        The parts that they stand in.
    """
    rows = np.stack([_row(sentence, taxonomy) for sentence in sentences])
    heard = [parts[sentence.part].speaker == "customer" for sentence in sentences]
    absent = np.full((1, len(taxonomy.columns)), ABSENT, np.float32)
    record = _rolled_up(rows[heard] if any(heard) else absent, taxonomy)
    confidence = np.vstack([rows, record])
    standing = np.where(confidence >= HOLDS_FROM, Standing.HOLDS, Standing.ABSENT).astype(np.uint8)
    _settle_neutral(standing[-1], taxonomy)
    return Reading(
        status=ReadingStatus.READ,
        language=language,
        model=MODEL,
        taxonomy=taxonomy,
        spans=np.array([(one.part, one.start, one.end) for one in sentences], np.int32),
        confidence=confidence,
        standing=standing,
        embedding=np.zeros((len(sentences), 0), np.float16),
    )


def _row(sentence: PinnedSentence, taxonomy: Taxonomy) -> npt.NDArray[np.float32]:
    row = np.full(len(taxonomy.columns), ABSENT, np.float32)
    for (task, leaf), confidence in sentence.labels.items():
        column = taxonomy.column(task, leaf)
        if column is not None:
            row[column] = round(confidence, 4)
    return row


def _rolled_up(rows: npt.NDArray[np.float32], taxonomy: Taxonomy) -> npt.NDArray[np.float32]:
    record: npt.NDArray[np.float32] = rows.max(axis=0)
    neutral = taxonomy.column(*NEUTRAL)
    if neutral is not None:
        record[neutral] = rows[:, neutral].min()
    return record


def _settle_neutral(record: npt.NDArray[np.uint8], taxonomy: Taxonomy) -> None:
    neutral = taxonomy.column(*NEUTRAL)
    if neutral is None:
        return
    emotions = record[taxonomy.slices["emotion"]]
    if (emotions == Standing.HOLDS).sum() > (record[neutral] == Standing.HOLDS):
        record[neutral] = Standing.ABSENT
