"""What is worth labelling next: readings in doubt, above all of rare labels, and unlike each other.

A label's doubt in a sentence is the entropy of its calibrated confidence, wherever the model is unsure of the label or
says that it holds: highest near the threshold, nothing where it is certain. A record is worth its three most doubtful
labels, each weighted by how rare it is. Records are then taken one by one, by what they are worth times how unlike
they are to what was taken (maximal marginal relevance); every fifth is the one most unlike the others of a random
sample (greedy k-center), so that what the model is wrongly sure of has a chance too.

References
----------
B. Settles, Active Learning Literature Survey (2009); J. Carbonell and J. Goldstein, The Use of MMR, Diversity-Based
Reranking (1998); O. Sener and S. Savarese, Active Learning for Convolutional Neural Networks: A Core-Set Approach
(2018), https://arxiv.org/abs/1708.00489.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from engine.reading import Reading, ReadingStatus, Standing
from engine.taxonomy import Taxonomy

Array = npt.NDArray[np.float32]
Key = tuple[str, str, int]

# Above this cosine two sentences say the same in nearly the same words.
ALIKE = 0.95
MOST_DOUBTFUL = 3
UNLIKE_EVERY = 5
# How many candidates are kept for each label, and in the random sample, however many readings come by.
PER_LABEL = 300
SAMPLE = 2_000
SPARE = 4


class Reason(StrEnum):
    """Why a record is picked."""

    DOUBT = "doubt"
    UNLIKE = "unlike"


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """What is kept of a reading until the picking.

    Parameters
    ----------
    key
        Source, id and revision.
    place
        Where the record can be fetched again.
    doubt
        (n_labels,) float32: the highest doubt of its sentences, 0 to 1.
    embedding
        (d,) float16 of its most doubtful sentence.
    tie
        A seeded random number that settles what is equal.
    """

    key: Key
    place: int
    model: str
    doubt: Array
    embedding: npt.NDArray[np.float16]
    tie: int

    @property
    def alike(self) -> object:
        """What two readings of the same words have in common."""
        return self.embedding.tobytes() if self.embedding.any() else self.key


@dataclass(frozen=True, slots=True)
class Pick:
    """A candidate, why it is picked, and its highest cosine with what was picked before."""

    candidate: Candidate
    reason: Reason
    nearest: float


def doubts(reading: Reading) -> Array:
    """Return the doubt of every label in every sentence, (n_sentences, n_labels), in bits, 0 to 1."""
    found = np.zeros((reading.n_sentences, len(reading.taxonomy.columns)), np.float32)
    claimed = reading.standing[:-1] > Standing.ABSENT
    chance = reading.confidence[:-1][claimed].astype(np.float64).clip(1e-6, 1 - 1e-6)
    found[claimed] = -(chance * np.log2(chance) + (1 - chance) * np.log2(1 - chance))
    return found


def focus_of(reading: Reading) -> int:
    """Return the row of the sentence with the most doubt."""
    return int(doubts(reading).sum(axis=1).argmax())


class Pool:
    """Sees every reading once and keeps what may be picked: memory is bounded, whatever the number.

    Parameters
    ----------
    taxonomy
        The trees in which labels are doubted; readings under another one count by the labels they share.
    n
        How many picks will be wanted.
    seed
        Settles what is equal, and draws the random sample.
    """

    def __init__(self, taxonomy: Taxonomy, n: int, seed: int = 0) -> None:
        self.taxonomy = taxonomy
        self.seen = 0
        self._seed = seed
        self._columns: dict[str, npt.NDArray[np.intp]] = {}
        self._held = np.zeros(len(taxonomy.columns))
        self._by_label = [_Best(PER_LABEL) for _ in taxonomy.columns]
        self._doubtful = _Best(SPARE * n)
        self._sample = _Best(max(SAMPLE, SPARE * n))

    def candidate(self, key: Key, place: int, reading: Reading) -> Candidate:
        """Return what is kept of a reading that has sentences."""
        doubt = doubts(reading)
        focus = int(doubt.sum(axis=1).argmax())
        highest = self._translated(doubt.max(axis=0), reading.taxonomy)
        embedding = reading.embedding[focus].copy()
        return Candidate(key, place, reading.model, highest, embedding, _tie(self._seed, key))

    def offer(self, key: Key, place: int, reading: Reading) -> None:
        """Look at a reading; what was not read is passed over."""
        if reading.status is not ReadingStatus.READ or not reading.n_sentences:
            return
        self.seen += 1
        holds = (reading.standing[-1] == Standing.HOLDS).astype(np.float32)
        self._held += self._translated(holds, reading.taxonomy)
        one = self.candidate(key, place, reading)
        self._sample.offer(0.0, one)
        columns = np.flatnonzero(one.doubt)
        for column in columns.tolist():
            self._by_label[column].offer(float(one.doubt[column]), one)
        if columns.size:
            self._doubtful.offer(float(one.doubt.sum()), one)

    def _translated(self, row: Array, theirs: Taxonomy) -> Array:
        """Return a row of another taxonomy's columns in this one's."""
        if theirs is self.taxonomy or theirs.version == self.taxonomy.version:
            return row
        if theirs.version not in self._columns:
            places = [self.taxonomy.column(task, leaf) for task, leaf in theirs.columns]
            self._columns[theirs.version] = np.array([-1 if place is None else place for place in places], np.intp)
        columns = self._columns[theirs.version]
        found = np.zeros(len(self.taxonomy.columns), np.float32)
        found[columns[columns >= 0]] = row[columns >= 0]
        return found

    @property
    def weights(self) -> Array:
        """(n_labels,) how much a label's doubt counts: 1 for one that always holds, more the rarer it is."""
        weights: Array = (np.log((1 + self.seen) / (1 + self._held)) + 1).astype(np.float32)
        return weights

    def ranked(self, taken: Sequence[Candidate] = ()) -> Iterator[Pick]:
        """Yield picks, the best first, none like another or like what is taken already."""
        kept = self._kept({one.key for one in taken})
        if not kept:
            return
        sampled = {one.key for one in self._sample.all()}
        in_sample = np.array([one.key in sampled for one in kept])
        worth = _worth(np.array([one.doubt for one in kept]), self.weights)
        spread = _Spread(kept)
        for one in taken:
            spread.take(one)
        picked = 0
        while (free := spread.free()).any():
            turn = Reason.UNLIKE if picked % UNLIKE_EVERY == UNLIKE_EVERY - 1 else Reason.DOUBT
            groups = {Reason.DOUBT: free & (worth > 0), Reason.UNLIKE: free & in_sample}
            reason = turn if groups[turn].any() else next((r for r in Reason if groups[r].any()), None)
            if reason is None:
                return
            value = worth * (1 - spread.nearest) if reason is Reason.DOUBT else -spread.nearest
            at = int(np.where(groups[reason], value, -np.inf).argmax())
            yield Pick(kept[at], reason, round(float(spread.nearest[at]), 3))
            spread.take(kept[at], at)
            picked += 1

    def _kept(self, without: set[Key]) -> list[Candidate]:
        """Return every candidate once; in the order of their ties, so that the first of equals is a random one."""
        found: dict[Key, Candidate] = {}
        for best in (*self._by_label, self._doubtful, self._sample):
            for one in best.all():
                found.setdefault(one.key, one)
        return sorted((one for key, one in found.items() if key not in without), key=lambda one: (one.tie, one.key))


class _Best:
    """The best of any number of candidates, of the same words only one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[tuple[float, int, Key, Candidate]] = []
        self._alike: set[object] = set()

    def offer(self, score: float, one: Candidate) -> None:
        entry = (score, one.tie, one.key, one)
        full = len(self._heap) == self._most
        if (full and entry[:3] <= self._heap[0][:3]) or one.alike in self._alike:
            return
        if full:
            self._alike.discard(heapq.heapreplace(self._heap, entry)[3].alike)
        else:
            heapq.heappush(self._heap, entry)
        self._alike.add(one.alike)

    def all(self) -> list[Candidate]:
        return [entry[3] for entry in self._heap]


class _Spread:
    """How near every candidate is to what is picked; embeddings of two models cannot be compared."""

    def __init__(self, kept: Sequence[Candidate]) -> None:
        self.nearest = np.zeros(len(kept), np.float32)
        self._open = np.ones(len(kept), np.bool_)
        rows: dict[tuple[str, int], list[int]] = {}
        for row, one in enumerate(kept):
            rows.setdefault(_space(one), []).append(row)
        self._spaces = {
            space: (np.array(some), np.array([kept[row].embedding for row in some], np.float32))
            for space, some in rows.items()
        }

    def free(self) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = self._open & (self.nearest < ALIKE)
        return found

    def take(self, one: Candidate, row: int | None = None) -> None:
        if row is not None:
            self._open[row] = False
        if _space(one) in self._spaces:
            rows, embeddings = self._spaces[_space(one)]
            self.nearest[rows] = np.maximum(self.nearest[rows], embeddings @ one.embedding.astype(np.float32))


def _space(one: Candidate) -> tuple[str, int]:
    return (one.model, one.embedding.size)


def _worth(doubt: Array, weights: Array) -> Array:
    weighted = doubt * weights
    most = min(MOST_DOUBTFUL, weighted.shape[1])
    worth: Array = np.partition(weighted, -most, axis=1)[:, -most:].sum(axis=1)
    return worth


def _tie(seed: int, key: Key) -> int:
    said = "\x1f".join((str(seed), *map(str, key)))
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest(), "big")
