"""Variants of labelled verbatims: as speech comes in, as people mistype, and as boundaries are missed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from engine.taxonomy import NEUTRAL, Taxonomy
from training.data import Labelled, join

# How many variants are unpunctuated, how many mistyped, and how often two neighbours of the others become one sentence.
SPOKEN_SHARE = 0.35
MISTYPED_SHARE = 0.3
MERGED_SHARE = 0.35
# One word in so many is mistyped, of those that are long enough to be read anyway.
WORDS_A_SLIP = 6
SHORTEST = 4
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = {
    letter: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    for row in _ROWS
    for place, letter in enumerate(row)
}
_WORD = re.compile(rf"[A-Za-z]{{{SHORTEST},}}")
_MARKS = re.compile(r"[.,;:!?\"()\-\u2013\u2014\u2026\s]+")


def varied(items: Sequence[Labelled], taxonomy: Taxonomy, chance: random.Random) -> Iterator[Labelled]:
    """Yield one variant of each verbatim: without punctuation, mistyped, or with some neighbouring sentences as one."""
    for item in items:
        drawn = chance.random()
        if drawn < SPOKEN_SHARE:
            yield unpunctuated(item)
        elif drawn < SPOKEN_SHARE + MISTYPED_SHARE:
            yield mistyped(item, chance)
        else:
            yield merged(item, taxonomy, chance)


def mistyped(item: Labelled, chance: random.Random) -> Labelled:
    """Return a verbatim with slips of the fingers: at least one, where a word is long enough."""
    texts = [item.text[start:end] for start, end in item.spans]
    long = [(row, found.start(), found.end()) for row, text in enumerate(texts) for found in _WORD.finditer(text)]
    slips = chance.sample(long, min(len(long), 1 + len(long) // WORDS_A_SLIP))
    for row, start, end in sorted(slips, reverse=True):
        texts[row] = texts[row][:start] + slip(texts[row][start:end], chance) + texts[row][end:]
    text, spans = join(texts)
    return replace(item, text=text, spans=spans)


def slip(word: str, chance: random.Random) -> str:
    """Return a word with one slip: two letters swapped, or one left out, doubled or missed by a key."""
    place = chance.randrange(len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[: place + 1] + word[place + 2 :]
    if kind == 2:
        return word[: place + 1] + word[place:]
    return word[: place + 1] + chance.choice(_NEIGHBOURS[word[place + 1].lower()]) + word[place + 2 :]


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
