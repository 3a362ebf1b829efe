"""From the words of a topic to a vector: how much a sentence is like them, apart from what is common to all.

References
----------
What all sentences have in common is taken away before they are compared: J. Mu and P. Viswanath, All-but-the-Top:
Simple and Effective Postprocessing for Word Representations (ICLR 2018), https://arxiv.org/abs/1702.01417. Here the
descriptions have a mean of their own: they are lists of words, and no sentences.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from engine.errors import ArtifactError, ConfigError, Located
from engine.feedback import Part
from engine.ports import Reader
from engine.reading import ReadingStatus
from engine.topics import Topic, TopicTree
from models.taxonomy import default_taxonomy

Array = npt.NDArray[np.float64]

# Examples weigh k / (2k + 3): one says little of a topic, many say as much as its description.
EXAMPLES_SLOWLY = 3
# Measured on FABSA dev and voc dev; between 0.1 and 0.2 F1 hardly moves (docs/decisions/0012-custom-topics.md).
HOLDS_FROM = 0.2
UNSURE_FROM = 0.1
LEAST_READ = 0.5
ALIKE = 0.8
NEWTON_STEPS = 30
TINY = 1e-6


@dataclass(frozen=True)
class Linear:
    """One linear score a topic.

    Parameters
    ----------
    weights
        (n_topics, d).
    bias
        (n_topics,).
    """

    weights: Array
    bias: Array

    def of(self, embedding: Array) -> Array:
        """Return the scores, (n_sentences, n_topics), of embeddings (n_sentences, d)."""
        return embedding @ self.weights.T + self.bias


@dataclass(frozen=True)
class Phrases:
    """Embedded phrases.

    Parameters
    ----------
    embedding
        (n_phrases, d), of unit length; 0 where a phrase was not read.
    status
        How far the reader got with each.
    """

    embedding: Array
    status: tuple[ReadingStatus, ...]

    @property
    def read(self) -> npt.NDArray[np.bool_]:
        """(n_phrases,) whether each was read."""
        read: npt.NDArray[np.bool_] = np.linalg.norm(self.embedding, axis=1) > TINY
        return read


def embed(reader: Reader, phrases: Sequence[str]) -> Phrases:
    """Embed phrases, each alone: the mean of its sentences."""
    readings = reader.read([[Part(phrase)] for phrase in phrases])
    width = max((reading.embedding.shape[1] for reading in readings), default=0)
    means = np.zeros((len(readings), width))
    for row, reading in enumerate(readings):
        if reading.n_sentences:
            means[row] = reading.embedding.astype(np.float64).mean(axis=0)
    return Phrases(_unit(means), tuple(reading.status for reading in readings))


@cache
def _background() -> tuple[tuple[str, ...], Array]:
    """Return sentences of everyday feedback and their (n_sentences, n_default_topics) topics, 0 or 1."""
    lines = files("models").joinpath("background.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    topics = default_taxonomy().leaves["topic"]
    labels = np.array([[float(topic in row["topic"]) for topic in topics] for row in rows])
    return tuple(row["text"] for row in rows), labels


@dataclass(frozen=True)
class Background:
    """What a model makes of everyday feedback: what topics are measured against.

    Parameters
    ----------
    embedding
        (n_sentences, d) of the sentences.
    centre
        (d,) the mean of the default topics' descriptions: what all descriptions have in common.
    scale, shift
        confidence = sigmoid(scale x score + shift), as it fits the default topics on these sentences.
    """

    embedding: Array
    centre: Array
    scale: float
    shift: float

    def scores(self, towards: Array) -> Linear:
        """Return the score of topics that lie in some directions: a dot product of what is not common to all.

        Parameters
        ----------
        towards
            (n_topics, d) of unit length.
        """
        weights = _unit(towards - self.centre)
        return Linear(weights, -weights @ self.embedding.mean(axis=0))

    def calibrated(self, scores: Linear) -> Linear:
        """Return the logits of the confidences that belong to scores."""
        return Linear(self.scale * scores.weights, self.scale * scores.bias + self.shift)


def background_of(reader: Reader) -> Background:
    """Measure a model on everyday feedback.

    The default topics stand in for topics that it was not told of: their descriptions are scored on the
    background's sentences, and scale and shift are those that fit the labels there. So they are right for the
    model in use, also after it was trained again.

    Raises
    ------
    ArtifactError
        If it does not read English: the background's sentences are.
    """
    texts, labels = _background()
    default = default_taxonomy()
    said = [Topic(leaf, default.descriptions[f"topic:{leaf}"]).said for leaf in default.leaves["topic"]]
    sentences, descriptions = embed(reader, texts), embed(reader, said)
    if sentences.read.mean() < LEAST_READ or not descriptions.read.all():
        raise ArtifactError("topics need a model and a program that read English; add en to 'languages'")
    labels, embedding = labels[sentences.read], sentences.embedding[sentences.read]
    plain = Background(embedding, descriptions.embedding.mean(axis=0), 1.0, 0.0)
    scores = plain.scores(descriptions.embedding).of(embedding)
    return Background(embedding, plain.centre, *_logistic(scores.ravel(), labels.ravel()))


def _logistic(scores: Array, labels: Array) -> tuple[float, float]:
    """Return the scale and shift of the logistic regression of labels on scores; the scale is never below 0."""
    inputs, at = np.column_stack([scores, np.ones_like(scores)]), np.zeros(2)
    for _ in range(NEWTON_STEPS):
        chance = sigmoid(inputs @ at)
        # A trace of ridge: scores that part the labels perfectly must not send the scale to infinity.
        slope = inputs.T @ (chance - labels) + TINY * len(labels) * at
        curve = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + TINY * len(labels) * np.eye(2)
        at = at - np.linalg.solve(curve, slope)
    return max(float(at[0]), 0.0), float(at[1])


def directions(reader: Reader, tree: TopicTree) -> Array:
    """Return the direction of each topic, (n_topics, d) of unit length: its description and its examples.

    Raises
    ------
    ConfigError
        Naming every phrase that the model cannot read.
    """
    descriptions = embed(reader, [topic.said for topic in tree.topics])
    examples = embed(reader, [phrase for topic in tree.topics for phrase in topic.examples])
    unread = [
        (topic, phrase, status)
        for (topic, phrase), status, read in zip(
            [(topic, topic.description) for topic in tree.topics]
            + [(topic, phrase) for topic in tree.topics for phrase in topic.examples],
            [*descriptions.status, *examples.status],
            [*descriptions.read, *examples.read],
            strict=True,
        )
        if not read
    ]
    if unread:
        raise ConfigError([tree.error(topic, _unread(phrase, status)) for topic, phrase, status in unread])
    towards, at = descriptions.embedding.copy(), 0
    for row, topic in enumerate(tree.topics):
        count = len(topic.examples)
        if count:
            share = count / (2 * count + EXAMPLES_SLOWLY)
            mean = examples.embedding[at : at + count].mean(axis=0)
            towards[row] = (1 - share) * towards[row] + share * mean
        at += count
    return _unit(towards)


def sigmoid(logits: Array) -> Array:
    """Return the probabilities of logits; beyond 50 they are 0 and 1 for all purposes."""
    chance: Array = 1.0 / (1.0 + np.exp(-np.clip(logits, -50.0, 50.0)))
    return chance


def _unit(rows: Array) -> Array:
    """Return rows of unit length; a row of zeros stays one."""
    length: Array = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.maximum(length, TINY)


def _unread(phrase: str, status: ReadingStatus) -> str:
    shown = phrase if len(phrase) <= 60 else phrase[:57] + "..."
    return f"the model cannot read '{shown}' ({status}); say it in a few plain English words"


def alike(tree: TopicTree, scores: Linear) -> list[Located]:
    """Return a warning for each topic that means nearly the same to the model as one before it.

    Parameters
    ----------
    scores
        Of the tree's topics, as their words describe them.
    """
    unit = _unit(scores.weights)
    found = []
    for number, topic in enumerate(tree.topics[1:], start=1):
        near = unit[:number] @ unit[number]
        first = int(near.argmax())
        if near[first] >= ALIKE:
            other = tree.topics[first].path
            message = f"'{topic.path}' and '{other}' mean nearly the same to the model; say what tells them apart"
            found.append(replace(tree.error(topic, message), level="warning"))
    return found
