"""Hearing: what was heard badly claims less."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.feedback import Part
from engine.spoken import heard_at
from engine.taxonomy import NEUTRAL, Taxonomy

Array = npt.NDArray[np.float32]
Standings = npt.NDArray[np.uint8]

# Of what is claimed of words that were heard wrongly, so much is still true. Measured on voc dev with words dropped,
# added and taken for others: when 80, 60, 40 and 20% of the words are right, 92, 83, 71 and 59% as many of the labels
# of 0.5 and more are right as on the words that were written, where half of what is lost would be 90, 80, 70 and 60.
STILL_TRUE = 0.5


def heard_in(spans: npt.NDArray[np.int32], parts: Sequence[Part]) -> Array | None:
    """Return how sure the recogniser of speech was of each sentence, (n_sentences,); None where it says nothing.

    Parameters
    ----------
    spans
        (n_sentences, 3) part, start and end.
    """
    if all(part.confidence is None and not part.cues for part in parts):
        return None
    heard = [heard_at(parts[part], start, end) for part, start, end in spans.tolist()]
    return np.array([1.0 if one is None else one for one in heard], np.float32)


def lowered(confidence: Array, heard: Array) -> Array:
    """Return confidences, (n_sentences, n_labels), as far as they hold of what was heard; never higher than they were.

    Parameters
    ----------
    heard
        (n_sentences,) how sure the recogniser was; 1 changes nothing.
    """
    kept = STILL_TRUE + (1.0 - STILL_TRUE) * heard[:, None]
    found: Array = np.where(kept < 1.0, (confidence * kept).round(4), confidence).astype(np.float32)
    return found


def standing_of(confidence: Array, threshold: Array, unsure_from: Array) -> Standings:
    """Return what thresholds make of confidences."""
    return (confidence >= unsure_from).astype(np.uint8) + (confidence >= threshold).astype(np.uint8)


def lowered_record(sentences: Array, heard: Array, taxonomy: Taxonomy) -> Array:
    """Return the confidences of a record, (n_labels,), from those of its sentences as if each were the record.

    As without hearing, they are those of the highest sentence, and neutral has the lowest.
    """
    rows = lowered(sentences, heard)
    found: Array = rows.max(axis=0)
    if NEUTRAL in taxonomy.columns:
        column = taxonomy.columns.index(NEUTRAL)
        found[column] = rows[:, column].min()
    return found
