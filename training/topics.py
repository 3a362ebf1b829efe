"""Topics fitted to labelled sentences: a logistic regression a topic on the model's embeddings.

References
----------
https://scikit-learn.org/stable/modules/linear_model.html#logistic-regression
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold

from engine.errors import DataError
from engine.ports import Reader
from engine.taxonomy import TASKS, Taxonomy
from engine.topics import TASK, TopicTree
from models.fitted import FittedTopics
from models.zero_shot import UNSURE_FROM, Linear, background_of, directions, embed, sigmoid
from training.calibrate import LEAST_POSITIVES, UNSURE_SHARE, best_threshold, scale_and_shift
from training.data import Labelled

Array = npt.NDArray[np.float64]

LEAST_SENTENCES = 8
LEAST_RECORDS = 2
FOLDS = 5
# Measured on voc: docs/decisions/0012-custom-topics.md.
REGULARISATION = 3.0
WORDS_WEIGHT = 3.0


@dataclass(frozen=True)
class TopicScore:
    """What became of one topic.

    Parameters
    ----------
    path
        Its name.
    sentences
        How many labelled sentences and examples are about it.
    fitted
        Whether it has a head of its own now.
    described, learnt
        Average precision over the labelled sentences: by its words alone, and by its head, in cross-validation;
        None where it was not fitted.
    """

    path: str
    sentences: int
    fitted: bool
    described: float | None = None
    learnt: float | None = None


def tree_taxonomy(tree: TopicTree, taxonomy: Taxonomy) -> Taxonomy:
    """Return the labels that labelled sentences may have: those of a model, and the topics of a tree."""
    paths = (topic.path for topic in tree.topics)
    topics = tuple(dict.fromkeys((*paths, *taxonomy.leaves[TASK])))
    return Taxonomy({task: topics if task == TASK else taxonomy.leaves[task] for task in TASKS}, {})


def fit_topics(
    tree: TopicTree, items: Sequence[Labelled], taxonomy: Taxonomy, reader: Reader
) -> tuple[FittedTopics, list[TopicScore]]:
    """Fit a head for each topic with eight labelled sentences or more, from two records or more.

    Parameters
    ----------
    items
        Labelled feedback under `taxonomy`, which is `tree_taxonomy`'s.
    reader
        The model whose embeddings are learnt from.

    Returns
    -------
    tuple[FittedTopics, list[TopicScore]]
        The heads, and what became of each topic of the tree.

    Raises
    ------
    DataError
        If no topic has enough sentences.
    ConfigError
        If the model cannot read one of the tree's phrases.
    """
    lessons = _lessons(tree, items, taxonomy, reader)
    enough = {topic.path: one for topic, one in zip(tree.topics, lessons, strict=True) if one.is_enough}
    if not enough:
        raise DataError(
            f"no topic of {tree.file} has {LEAST_SENTENCES} labelled sentences from {LEAST_RECORDS} records; label more"
        )
    scale, shift = scale_and_shift(*_side_by_side([(one.held_out, one.labels) for one in enough.values()]))
    heads = [one.head() for one in enough.values()]
    threshold = _thresholds([(sigmoid(scale * one.held_out + shift), one.labels) for one in enough.values()])
    fitted = FittedTopics(
        model=reader.model,
        tree=tree.version,
        paths=tuple(enough),
        weights=scale * np.vstack([head.weights for head in heads]),
        bias=scale * np.concatenate([head.bias for head in heads]) + shift,
        threshold=threshold,
        unsure_from=threshold * np.float32(UNSURE_SHARE),
    )
    return fitted, [one.score(topic.path) for topic, one in zip(tree.topics, lessons, strict=True)]


@dataclass(frozen=True)
class _Lesson:
    """What one topic is learnt from: labelled sentences, its examples, and everyday sentences that are not about it.

    Parameters
    ----------
    described
        The score of its words alone.
    embedding
        (n_sentences, d).
    labels
        (n_sentences,) 0 or 1.
    records
        (n_sentences,) which record each stands in: no record is split between folds.
    """

    described: Linear
    embedding: Array
    labels: npt.NDArray[np.float32]
    records: npt.NDArray[np.int64]

    @property
    def is_enough(self) -> bool:
        about = self.labels > 0
        kinds = (np.unique(self.records[which]).size for which in (about, ~about))
        return int(about.sum()) >= LEAST_SENTENCES and min(kinds) >= LEAST_RECORDS

    def head(self, rows: npt.NDArray[np.int64] | None = None) -> Linear:
        """Return the regression on some rows, as one vector: what the words say is one more, weaker input."""
        chosen = np.arange(len(self.labels)) if rows is None else rows
        inputs, labels = self.embedding[chosen], self.labels[chosen]
        words = WORDS_WEIGHT * self.described.of(inputs)
        model = LogisticRegression(C=REGULARISATION, max_iter=1_000).fit(np.hstack([inputs, words]), labels)
        own, weight = model.coef_[:, :-1], WORDS_WEIGHT * model.coef_[:, -1:]
        return Linear(own + weight * self.described.weights, model.intercept_ + weight[0] * self.described.bias)

    @cached_property
    def held_out(self) -> Array:
        """(n_sentences,) the score of each sentence by a head that has not seen its record."""
        records, first = np.unique(self.records, return_inverse=True)
        about = np.zeros(len(records), np.int64)
        np.maximum.at(about, first, (self.labels > 0).astype(np.int64))
        folds = StratifiedKFold(min(FOLDS, int(np.bincount(about).min())), shuffle=True, random_state=0)
        found = np.zeros(len(self.labels))
        for _, held in folds.split(records, about):
            out = np.isin(first, held)
            found[out] = self.head(np.flatnonzero(~out)).of(self.embedding[out])[:, 0]
        return found

    def score(self, path: str) -> TopicScore:
        count = int(self.labels.sum())
        if not self.is_enough:
            return TopicScore(path, count, fitted=False)
        words = self.described.of(self.embedding)[:, 0]
        described, learnt = (float(average_precision_score(self.labels, by)) for by in (words, self.held_out))
        return TopicScore(path, count, True, described, learnt)


def _lessons(tree: TopicTree, items: Sequence[Labelled], taxonomy: Taxonomy, reader: Reader) -> list[_Lesson]:
    background = background_of(reader)
    described = background.scores(directions(reader, tree))
    plainly_not = sigmoid(background.calibrated(described).of(background.embedding)) < UNSURE_FROM
    texts = [item.text[start:end] for item in items for start, end in item.spans]
    sentences = embed(reader, texts)
    records = np.repeat(np.arange(len(items)), [len(item.spans) for item in items])
    labels, known = (np.vstack([getattr(item, name) for item in items]) for name in ("labels", "known"))
    lessons = []
    for row, topic in enumerate(tree.topics):
        column = taxonomy.columns.index((TASK, topic.path))
        rows = np.flatnonzero(sentences.read & (known[:, column] > 0))
        others = background.embedding[plainly_not[:, row]]
        own = embed(reader, topic.examples).embedding if topic.examples else others[:0]
        extra = len(own) + len(others)
        lessons.append(
            _Lesson(
                Linear(described.weights[row : row + 1], described.bias[row : row + 1]),
                np.vstack([sentences.embedding[rows], own, others]),
                np.concatenate([labels[rows, column], np.ones(len(own)), np.zeros(len(others))]).astype(np.float32),
                np.concatenate([records[rows], len(items) + np.arange(extra)]),
            )
        )
    return lessons


def _side_by_side(
    pairs: Sequence[tuple[Array, npt.NDArray[np.float32]]],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return the scores and labels of several topics as one column each."""
    scores, labels = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return scores.astype(np.float32), labels.astype(np.float32)


def _thresholds(pairs: Sequence[tuple[Array, npt.NDArray[np.float32]]]) -> npt.NDArray[np.float32]:
    """Return a threshold for each topic: its own best, or the common one where sentences are few."""
    common, _ = best_threshold(*_side_by_side(pairs))
    found = [
        best_threshold(confidence.astype(np.float32), labels)[0] if labels.sum() >= LEAST_POSITIVES else common
        for confidence, labels in pairs
    ]
    return np.array(found, np.float32)
