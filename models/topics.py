"""Custom topics: a reader's readings, with the topics of a program beside or instead of the model's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import structlog

from engine.errors import ArtifactError, ConfigError
from engine.feedback import Part
from engine.ports import Reader
from engine.program import Program
from engine.reading import Reading, ReadingStatus
from engine.taxonomy import Taxonomy
from engine.topics import TASK, ProgramTopics, TopicTree
from models.fitted import FittedTopics, load_fitted
from models.hearing import heard_in, lowered, standing_of
from models.reader import load_reader
from models.readers import LanguageReaders
from models.store import model_folder
from models.zero_shot import HOLDS_FROM, UNSURE_FROM, Array, Linear, background_of, directions, sigmoid

# A logit that is no confidence at all.
SURELY_NOT = -50.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class TopicHeads:
    """What reads topics: one vector, one bias and two thresholds each.

    Parameters
    ----------
    logits
        confidence = sigmoid of these linear scores.
    threshold, unsure_from
        (n_topics,) float32, as in `models.artifact.Calibration`.
    """

    logits: Linear
    threshold: npt.NDArray[np.float32]
    unsure_from: npt.NDArray[np.float32]

    def judged(self, embedding: Array) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
        """Return confidences, rounded to four decimals, and standings, (n_sentences, n_topics).

        In double precision: the same sentence gets the same confidence in any batch.
        """
        known = embedding[:, : self.logits.weights.shape[1]]
        confidence = sigmoid(self.logits.of(known)).round(4).astype(np.float32)
        return confidence, self.standing_of(confidence)

    def standing_of(self, confidence: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
        """Return what the thresholds make of confidences."""
        return standing_of(confidence, self.threshold, self.unsure_from)


def zero_shot_heads(reader: Reader, tree: TopicTree) -> TopicHeads:
    """Return the heads of topics that are described and nothing more.

    Raises
    ------
    ConfigError
        If the model cannot read one of the phrases.
    ArtifactError
        If it does not read English.
    """
    background = background_of(reader)
    logits = background.calibrated(background.scores(directions(reader, tree)))
    count = len(tree.topics)
    return TopicHeads(logits, np.full(count, HOLDS_FROM, np.float32), np.full(count, UNSURE_FROM, np.float32))


def with_fitted(heads: TopicHeads, tree: TopicTree, fitted: FittedTopics) -> TopicHeads:
    """Return heads of which those that were fitted take the place of the described ones."""
    rows = [row for row, topic in enumerate(tree.topics) if topic.path in fitted.paths]
    theirs = [fitted.paths.index(tree.topics[row].path) for row in rows]
    weights, bias = heads.logits.weights.copy(), heads.logits.bias.copy()
    threshold, unsure_from = heads.threshold.copy(), heads.unsure_from.copy()
    weights[rows], bias[rows] = fitted.weights[theirs], fitted.bias[theirs]
    threshold[rows], unsure_from[rows] = fitted.threshold[theirs], fitted.unsure_from[theirs]
    return TopicHeads(Linear(weights, bias), threshold, unsure_from)


class TopicReader:
    """A `Reader` that adds topics to another one's readings.

    Parameters
    ----------
    reader
        Reads the words; its embeddings are what the topics are found by.
    topics
        The program's topics, beside or instead of the reader's own.
    fitted
        Heads from `heedful topics fit`, made for this model and this tree.
    heads
        What finds the topics; None makes them from the topics' words.

    Raises
    ------
    ConfigError
        If the names clash with the reader's own topics, or it cannot read one of the phrases.
    ArtifactError
        If the fitted heads were made for another model or another tree.
    """

    def __init__(
        self,
        reader: Reader,
        topics: ProgramTopics,
        fitted: FittedTopics | None = None,
        heads: TopicHeads | None = None,
    ) -> None:
        self._reader = reader
        self._beside = topics.beside_default
        self._taxonomy = topics.taxonomy(reader.taxonomy)
        heads = zero_shot_heads(reader, topics.tree) if heads is None else heads
        version = topics.tree.version
        if fitted is not None:
            fitted.check(reader.model, topics.tree, heads.logits.weights.shape[1])
            heads, version = with_fitted(heads, topics.tree, fitted), f"{version}-{fitted.version}"
        self._heads = heads
        self._model = f"{reader.model}+topics@{version}"

    @property
    def heads(self) -> TopicHeads:
        """What finds the topics, in the order of the tree."""
        return self._heads

    @property
    def model(self) -> str:
        """Name and version of the model and of the topics: ``default@VERSION+topics@VERSION``."""
        return self._model

    @property
    def taxonomy(self) -> Taxonomy:
        """The label trees of the readings."""
        return self._taxonomy

    def read(self, records: Sequence[Sequence[Part]]) -> list[Reading]:
        """Read records as the inner reader does, and find the topics in their sentences.

        Raises
        ------
        ReaderUnavailableError
            If the inner reader cannot be used now.
        """
        readings = self._reader.read(records)
        found = [one.embedding for one in readings if one.n_sentences and one.status is ReadingStatus.READ]
        if not found:
            return [self._with(one, parts, 0, None, None) for one, parts in zip(readings, records, strict=True)]
        confidence, standing = self._heads.judged(np.vstack(found).astype(np.float64))
        composed, at = [], 0
        for one, parts in zip(readings, records, strict=True):
            composed.append(self._with(one, parts, at, confidence, standing))
            at += one.n_sentences if one.status is ReadingStatus.READ else 0
        return composed

    def _with(
        self,
        reading: Reading,
        parts: Sequence[Part],
        at: int,
        confidence: npt.NDArray[np.float32] | None,
        standing: npt.NDArray[np.uint8] | None,
    ) -> Reading:
        """Return a reading with the topics of its sentences, and of the record: the customer's highest sentence."""
        kept = slice(None) if self._beside else slice(0, reading.taxonomy.slices[TASK].start)
        shape = (reading.n_sentences + 1, len(self._heads.threshold))
        own, stands = np.zeros(shape, np.float32), np.zeros(shape, np.uint8)
        if confidence is not None and standing is not None and reading.status is ReadingStatus.READ:
            rows = slice(at, at + reading.n_sentences)
            read = reading.embedding.any(axis=1, keepdims=True)
            own[:-1], stands[:-1] = confidence[rows] * read, standing[rows] * read
            heard = heard_in(reading.spans, parts)
            if heard is not None:
                own[:-1] = lowered(own[:-1], heard)
                stands[:-1] = self._heads.standing_of(own[:-1]) * read
            said = reading.of_customer(parts)
            own[-1], stands[-1] = own[:-1][said].max(axis=0, initial=0), stands[:-1][said].max(axis=0, initial=0)
        return replace(
            reading,
            model=self._model,
            taxonomy=self._taxonomy,
            confidence=np.hstack([reading.confidence[:, kept], own]),
            standing=np.hstack([reading.standing[:, kept], stands]),
        )


def load_program_reader(
    program: Program,
    folder: Path | None = None,
    threads: int | None = None,
    others: Mapping[str, Reader] | None = None,
) -> Reader:
    """Load a model for a program: with its languages, its topics if it has any, and its readers of other languages.

    Parameters
    ----------
    folder
        The main model's; None is the one that ships.
    others
        The readers of other languages, where they are loaded already; None loads those of the program.

    Raises
    ------
    ArtifactError
        If a model or the fitted topics cannot be used.
    ConfigError
        If the topics do not fit the model.
    """
    reader = _with_own_topics(load_reader(folder, program.languages, threads), program)
    others = load_second_readers(program, threads) if others is None else others
    return LanguageReaders(reader, others, program.languages) if others else reader


def _with_own_topics(reader: Reader, program: Program) -> Reader:
    if program.topics is None:
        return reader
    fitted = load_fitted(program.topics.fitted) if program.topics.fitted else None
    return TopicReader(reader, program.topics, fitted)


def load_second_readers(program: Program, threads: int | None = None) -> dict[str, Reader]:
    """Load the models that a program names for other languages.

    They find the program's topics by the same descriptions, if they can read these; else every topic is unsure. Heads
    that were fitted belong to the main model.

    Raises
    ------
    ArtifactError
        If a model cannot be used; it names the language.
    """
    return {code: _second_reader(code, place, program, threads) for code, place in program.readers.items()}


def _second_reader(code: str, place: Path, program: Program, threads: int | None) -> Reader:
    try:
        reader = load_reader(model_folder(place), (code,), threads)
    except ArtifactError as problem:
        raise ArtifactError(f"the reader of '{code}' cannot be used: {problem}") from problem
    if program.topics is None:
        return reader
    try:
        heads = zero_shot_heads(reader.for_languages((code, *program.languages)), program.topics.tree)
    except (ArtifactError, ConfigError) as problem:
        log.warning("a reader cannot read the program's topics, and is unsure of them", language=code, why=str(problem))
        heads = _untold(program.topics.tree)
    return TopicReader(reader, program.topics, heads=heads)


def _untold(tree: TopicTree) -> TopicHeads:
    """Return heads that know nothing: every topic is unsure in every sentence, with a confidence of 0."""
    count = len(tree.topics)
    nothing = Linear(np.zeros((count, 0)), np.full(count, SURELY_NOT))
    return TopicHeads(nothing, np.full(count, np.inf, np.float32), np.zeros(count, np.float32))
