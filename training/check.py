"""Checking labelled feedback before it trains: what does not fit, what stands twice, what is labelled two ways.

References
----------
A. Broder, On the resemblance and containment of documents (1997), for near-duplicates by MinHash; C. Northcutt et al.,
Confident Learning: Estimating Uncertainty in Dataset Labels (2021), https://arxiv.org/abs/1911.00068.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import DataError
from engine.taxonomy import TASKS, Taxonomy
from training.data import Labelled, each_record

ALIKE = 0.8
PERMUTATIONS = 64
SHINGLE = 5
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Place:
    """Where a record stands."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Pair:
    """Two records with the same words, or nearly; `similarity` is the Jaccard index of their runs of characters."""

    one: Place
    other: Place
    similarity: float
    text: str


@dataclass(frozen=True)
class Conflict:
    """Two sentences with the same words and other labels in one task."""

    one: Place
    other: Place
    task: str
    text: str
    labels: tuple[str, ...]
    other_labels: tuple[str, ...]


@dataclass(frozen=True)
class DataReport:
    """What a check found.

    Parameters
    ----------
    records, sentences
        How many there are, by file.
    problems
        What does not fit, with file and line.
    counts
        How many sentences have each label, by task, then by label.
    duplicates, near_duplicates
        Pairs in one file or across files.
    conflicts
        The same sentence, labelled two ways.
    """

    records: dict[str, int] = field(default_factory=dict)
    sentences: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    duplicates: list[Pair] = field(default_factory=list)
    near_duplicates: list[Pair] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


Placed = tuple[Place, Labelled]


def scan(paths: Sequence[Path], taxonomy: Taxonomy) -> tuple[list[Placed], list[str]]:
    """Return the records of some files with their places, and all that does not fit.

    Raises
    ------
    DataError
        If a file cannot be read at all.
    """
    placed: list[Placed] = []
    problems: list[str] = []
    for path in paths:
        before = len(placed) + len(problems)
        for line, found in each_record(path, taxonomy):
            if isinstance(found, DataError):
                problems.append(str(found))
            else:
                placed.append((Place(str(path), line), found))
        if len(placed) + len(problems) == before:
            problems.append(f"{path} has no records")
    return placed, problems


def check_data(paths: Sequence[Path], taxonomy: Taxonomy) -> tuple[DataReport, list[Placed]]:
    """Check some files of labelled feedback together; return the report and the records that fit.

    Raises
    ------
    DataError
        If a file cannot be read at all.
    """
    placed, problems = scan(paths, taxonomy)
    same, nearly = _alike(placed)
    report = DataReport(
        records={str(path): sum(place.file == str(path) for place, _ in placed) for path in paths},
        sentences={str(path): sum(len(i.spans) for place, i in placed if place.file == str(path)) for path in paths},
        problems=problems,
        counts=_counts([item for _, item in placed], taxonomy),
        duplicates=same,
        near_duplicates=nearly,
        conflicts=_conflicts(placed, taxonomy),
    )
    return report, placed


def words_of(text: str) -> str:
    """Return the words of a text, or the text itself where it has none: "!!!" is not "."."""
    return " ".join(_WORD.findall(text.casefold())) or text


def _counts(items: Sequence[Labelled], taxonomy: Taxonomy) -> dict[str, dict[str, int]]:
    totals = np.zeros(len(taxonomy.columns))
    for item in items:
        totals += (item.labels * item.known).sum(axis=0)
    return {
        task: {leaf: int(count) for leaf, count in zip(taxonomy.leaves[task], totals[columns], strict=True)}
        for task, columns in taxonomy.slices.items()
    }


def _alike(placed: Sequence[Placed]) -> tuple[list[Pair], list[Pair]]:
    """Return the pairs with the same words, and those with nearly the same; a text pairs with its first likeness."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=ALIKE, num_perm=PERMUTATIONS)
    firsts: dict[str, Place] = {}
    kept: list[tuple[Place, frozenset[bytes]]] = []
    same: list[Pair] = []
    nearly: list[Pair] = []
    for place, item in placed:
        words = words_of(item.text)
        if words in firsts:
            same.append(Pair(firsts[words], place, 1.0, item.text))
            continue
        firsts[words] = place
        runs = frozenset(words[at : at + SHINGLE].encode() for at in range(len(words) - SHINGLE + 1))
        if not runs:
            continue
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch(runs)
        likely = ((_jaccard(runs, kept[number][1]), number) for number in index.query(sketch))
        similarity, number = max(likely, default=(0.0, 0))
        if similarity >= ALIKE:
            nearly.append(Pair(kept[number][0], place, round(similarity, 3), item.text))
        index.insert(len(kept), sketch)
        kept.append((place, runs))
    return same, nearly


def _jaccard(one: frozenset[bytes], other: frozenset[bytes]) -> float:
    return len(one & other) / len(one | other)


def _conflicts(placed: Sequence[Placed], taxonomy: Taxonomy) -> list[Conflict]:
    """Return sentences that are labelled in another way than most of their likes.

    A sentence of fewer than four words means what its neighbours make of it, so it is in no conflict.
    """
    seen: dict[tuple[str, str], list[tuple[Place, str, tuple[str, ...]]]] = defaultdict(list)
    for place, item in placed:
        for (start, end), row in zip(item.spans, item.labels, strict=True):
            text = item.text[start:end]
            words = words_of(text)
            if words.count(" ") < 3:
                continue
            for task in TASKS:
                columns = taxonomy.slices[task]
                if item.known[:, columns].all():
                    held = tuple(np.array(taxonomy.leaves[task])[row[columns] > 0].tolist())
                    seen[task, words].append((place, text, held))
    found = []
    for (task, _), given in seen.items():
        usual = Counter(held for *_, held in given).most_common(1)[0][0]
        first = next(place for place, _, held in given if held == usual)
        found += [Conflict(first, place, task, text, usual, held) for place, text, held in given if held != usual]
    return found
