"""Whether sentences are told apart where people tell them apart."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

import numpy as np

from training.data import Labelled
from training.intervals import Counts, Estimate, by_label, resampled

SPOKEN = frozenset({"call", "voicemail"})
_WORD = re.compile(r"\S+")
Starts = frozenset[int]


def boundaries(text: str, starts: Iterable[int]) -> Starts:
    """Return the words, counted from 0, with which the sentences but the first begin.

    Parameters
    ----------
    starts
        Where each sentence starts in the text.
    """
    words = [found.start() for found in _WORD.finditer(text)]
    found = {bisect_right(words, start) - 1 for start in starts}
    return frozenset(found - {min(found)}) if found else frozenset()


def is_spoken(item: Labelled) -> bool:
    """Return whether a verbatim was spoken, by its channel."""
    return item.attributes.get("channel") in SPOKEN


def boundary_counts(items: Sequence[Labelled], said: Sequence[Starts]) -> Counts:
    """Return (n_records, 1) counts of boundaries that were found rightly, found, and there."""
    there = [boundaries(item.text, [start for start, _ in item.spans]) for item in items]
    sizes = [(len(one & other), len(one), len(other)) for one, other in zip(said, there, strict=True)]
    return Counts(*np.split(np.array(sizes, np.float32).reshape(-1, 3), 3, axis=1))


def boundary_scores(counts: Counts, resamples: int, seed: int) -> dict[str, Estimate]:
    """Return precision, recall and F1 of boundaries, with intervals."""
    total, drawn = counts.total(), resampled(counts, resamples, seed)
    pairs = {"precision": Counts.precision, "recall": Counts.recall, "f1": Counts.f1}
    return {name: by_label(of(total), of(drawn))[0] for name, of in pairs.items()}
