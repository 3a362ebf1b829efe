"""Variants of labelled verbatims: as speech comes in, and as boundaries are missed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from engine.taxonomy import NEUTRAL, Taxonomy
from training.data import Labelled, join

# How many variants are unpunctuated, and how often two neighbours of the others become one sentence.
SPOKEN_SHARE = 0.4
MERGED_SHARE = 0.35
_MARKS = re.compile(r"[.,;:!?\"()\-\u2013\u2014\u2026\s]+")


def varied(items: Sequence[Labelled], taxonomy: Taxonomy, chance: random.Random) -> Iterator[Labelled]:
    """Yield one variant of each verbatim: without punctuation, or with some neighbouring sentences as one."""
    for item in items:
        yield unpunctuated(item) if chance.random() < SPOKEN_SHARE else merged(item, taxonomy, chance)


def unpunctuated(item: Labelled) -> Labelled:
    """Return a verbatim as a transcript without marks or capitals has it; sentences of marks alone go."""
    texts = [_MARKS.sub(" ", item.text[start:end]).strip().lower() for start, end in item.spans]
    kept = [row for row, text in enumerate(texts) if text]
    if not kept:
        return item
    text, spans = join([texts[row] for row in kept])
    return replace(item, text=text, spans=spans, labels=item.labels[kept], known=item.known[kept])


def merged(item: Labelled, taxonomy: Taxonomy, chance: random.Random) -> Labelled:
    """Return a verbatim in which some neighbours are one sentence with the labels of both: boundaries get missed."""
    spans = [item.spans[0]]
    rows, masks = [item.labels[0]], [item.known[0]]
    for span, labels, known in zip(item.spans[1:], item.labels[1:], item.known[1:], strict=True):
        if chance.random() < MERGED_SHARE:
            spans[-1], rows[-1] = (spans[-1][0], span[1]), np.maximum(rows[-1], labels)
            masks[-1] = np.minimum(masks[-1], known)
        else:
            spans.append(span)
            rows.append(labels)
            masks.append(known)
    labels = np.stack(rows)
    emotions = labels[:, taxonomy.slices["emotion"]].sum(axis=1)
    neutral = taxonomy.columns.index(NEUTRAL)
    # Neutral stands alone.
    labels[emotions > 1, neutral] = 0
    whole = len(spans) == len(item.spans)
    return replace(item, spans=tuple(spans), labels=labels, known=np.stack(masks), bounded=item.bounded and whole)
