"""A trial of topics: what each would catch in some feedback, before anything is set up with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.feedback import Feedback
from engine.reading import ReadingStatus, Standing
from engine.topics import TASK, TopicTree
from models.topics import TopicReader

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of some feedback, and the confidence of a topic in it."""

    id: str
    sentence: str
    confidence: float


@dataclass(frozen=True)
class TopicTrial:
    """What one topic catches.

    Parameters
    ----------
    topic
        Its path.
    records, unsure
        How many records it holds in, and in how many more the model is unsure.
    share
        Of the records that were read, 0 to 1.
    threshold
        It holds from this confidence on.
    top, near
        The sentences with the highest confidence, and those nearest to the threshold, each text once.
    """

    topic: str
    records: int
    unsure: int
    share: float
    threshold: float
    top: tuple[Said, ...]
    near: tuple[Said, ...]


@dataclass(frozen=True)
class Overlap:
    """Two topics that hold in the same records: how many, and which share that is of the rarer one's."""

    topics: tuple[str, str]
    records: int
    share: float


@dataclass(frozen=True)
class TrialReport:
    """What the topics of a tree would catch.

    Parameters
    ----------
    records, read
        How many there were, and how many of them the model could read.
    overlaps
        Pairs of topics, the closest first.
    quiet
        Topics that caught nothing.
    """

    model: str
    records: int
    read: int
    topics: tuple[TopicTrial, ...]
    overlaps: tuple[Overlap, ...]
    quiet: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


class Trial:
    """Collects readings, batch by batch; what is kept does not grow with their number.

    Parameters
    ----------
    reader
        Reads the topics.
    tree
        Whose topics are tried.
    most
        How many sentences of each kind are kept a topic.
    """

    def __init__(self, reader: TopicReader, tree: TopicTree, most: int = 3) -> None:
        columns = reader.taxonomy.columns
        self._reader = reader
        self._paths = [topic.path for topic in tree.topics]
        self._columns = [columns.index((TASK, path)) for path in self._paths]
        self._threshold = reader.heads.threshold
        count = len(self._paths)
        self._records = self._read = 0
        self._unsure = np.zeros(count, np.int64)
        self._together = np.zeros((count, count), np.int64)
        self._top = [_Best(most) for _ in self._paths]
        self._near = [_Best(most) for _ in self._paths]

    def add(self, batch: Sequence[Feedback]) -> None:
        """Read a batch and count."""
        readings = self._reader.read([feedback.parts for feedback in batch])
        pairs = [
            (one, of.only(of.of_customer(one.parts)))
            for one, of in zip(batch, readings, strict=True)
            if of.status is ReadingStatus.READ
        ]
        self._records += len(batch)
        self._read += len(pairs)
        if not pairs:
            return
        standing = np.vstack([of.standing[-1, self._columns] for _, of in pairs])
        holds = (standing == Standing.HOLDS).astype(np.int64)
        self._together += holds.T @ holds
        self._unsure += (standing == Standing.UNSURE).sum(axis=0)
        confidence = np.vstack([of.confidence[:-1, self._columns] for _, of in pairs])
        texts = [(one.id, _sentence(one, span)) for one, of in pairs for span in of.spans.tolist()]
        distance = np.abs(_logit(confidence) - _logit(self._threshold))
        for number, (top, near) in enumerate(zip(self._top, self._near, strict=True)):
            top.offer(-confidence[:, number], confidence[:, number], texts)
            near.offer(distance[:, number], confidence[:, number], texts)

    def report(self) -> TrialReport:
        """Return what was found so far."""
        counts = self._together.diagonal()
        topics = tuple(
            TopicTrial(
                topic=path,
                records=int(counts[number]),
                unsure=int(self._unsure[number]),
                share=round(int(counts[number]) / max(self._read, 1), 4),
                threshold=round(float(self._threshold[number]), 4),
                top=self._top[number].said,
                near=self._near[number].said,
            )
            for number, path in enumerate(self._paths)
        )
        return TrialReport(
            model=self._reader.model,
            records=self._records,
            read=self._read,
            topics=topics,
            overlaps=self._overlaps(),
            quiet=tuple(one.topic for one in topics if not one.records),
        )

    def _overlaps(self) -> tuple[Overlap, ...]:
        counts, found = self._together.diagonal(), []
        for one, other in zip(*np.nonzero(np.triu(self._together, k=1)), strict=True):
            both = int(self._together[one, other])
            share = round(both / int(min(counts[one], counts[other])), 4)
            found.append(Overlap((self._paths[one], self._paths[other]), both, share))
        return tuple(sorted(found, key=lambda pair: (-pair.share, -pair.records, pair.topics)))


class _Best:
    """The sentences that come first by some measure, each text once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[tuple[float, Said]] = []

    @property
    def said(self) -> tuple[Said, ...]:
        return tuple(said for _, said in self._kept)

    def offer(self, measure: Floats, confidence: Floats, texts: Sequence[tuple[str, str]]) -> None:
        """Keep those with the smallest measure of the ones kept and these, (n_sentences,)."""
        found = {said.sentence.casefold(): (at, said) for at, said in self._kept}
        taken: set[str] = set()
        for row in np.argsort(measure, kind="stable"):
            (feedback_id, sentence), at = texts[row], float(measure[row])
            folded = sentence.casefold()
            if folded not in taken and (folded not in found or at < found[folded][0]):
                found[folded] = (at, Said(feedback_id, sentence, round(float(confidence[row]), 4)))
            taken.add(folded)
            if len(taken) == self._most:
                break
        self._kept = sorted(found.values(), key=lambda pair: pair[0])[: self._most]


def _sentence(feedback: Feedback, span: Sequence[int]) -> str:
    part, start, end = span
    return feedback.parts[part].text[start:end]


def _logit(confidence: Floats) -> Floats:
    inside = np.clip(confidence, 1e-4, 1 - 1e-4)
    logits: Floats = np.log(inside / (1 - inside))
    return logits
