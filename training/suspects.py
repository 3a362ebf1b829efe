"""Labels that are likely wrong: confident learning on what the other folds say.

The features of a sentence are the logits that a model gives it in its context; a logistic regression a label, fitted
on four fifths of the records, speaks about the last fifth. Where it contradicts the given label with confidence, the
label is a suspect.

References
----------
C. Northcutt et al., Confident Learning: Estimating Uncertainty in Dataset Labels (2021),
https://arxiv.org/abs/1911.00068; A. Thyagarajan et al., Identifying Incorrect Annotations in Multi-Label Classification
Data (2022), https://arxiv.org/abs/2211.13895.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.taxonomy import TASKS, Taxonomy
from models.reader import OnnxReader
from training.check import Place, Placed

FOLDS = 5
# A label needs this many sentences that have it, and as many that do not, before others can be told by it.
LEAST = 10
# How sure the other folds must be. A rare label is improbable everywhere: taking one away asks for more.
SURE_TO_ADD = 0.9
SURE_TO_DROP = 0.98
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Suspect:
    """A sentence whose labels in a task are likely wrong.

    Parameters
    ----------
    missing, doubtful
        Labels that the other folds would add, and those that they would take away.
    confidence
        The highest probability, 0 to 1, with which they contradict a label.
    """

    place: Place
    task: str
    text: str
    labels: tuple[str, ...]
    missing: tuple[str, ...]
    doubtful: tuple[str, ...]
    confidence: float


@dataclass(frozen=True)
class _Sentences:
    """All sentences of the records: (n_sentences, n_labels) arrays, and the record of each."""

    placed: Sequence[Placed]
    logits: Array
    labels: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    owner: npt.NDArray[np.intp]

    @classmethod
    def of(cls, placed: Sequence[Placed], reader: OnnxReader) -> _Sentences:
        items = [item for _, item in placed]
        sizes = [len(item.spans) for item in items]
        return cls(
            placed,
            reader.logits_of([(item.text, item.spans) for item in items]).astype(np.float64),
            np.concatenate([item.labels for item in items]) > 0,
            np.concatenate([item.known for item in items]) > 0,
            np.repeat(np.arange(len(items)), sizes),
        )

    def text(self, row: int) -> str:
        _, item = self.placed[self.owner[row]]
        start, end = item.spans[row - int(np.searchsorted(self.owner, self.owner[row]))]
        text: str = item.text[start:end]
        return text


def find_suspects(placed: Sequence[Placed], reader: OnnxReader, seed: int = 0) -> list[Suspect]:
    """Return label-error suspects; labels with too few examples to judge are left out.

    Sentences that lack a label come first, then those with one too many, each the surest first.
    """
    if not placed:
        return []
    sentences = _Sentences.of(placed, reader)
    found = [one for task in TASKS for one in _of_task(task, sentences, reader.taxonomy, seed)]
    return sorted(found, key=lambda one: (not one.missing, -one.confidence))


def _of_task(task: str, sentences: _Sentences, taxonomy: Taxonomy, seed: int) -> list[Suspect]:
    from cleanlab.multilabel_classification.filter import find_multilabel_issues_per_class

    columns = taxonomy.slices[task]
    rows = np.flatnonzero(sentences.known[:, columns].all(axis=1))
    labels = sentences.labels[rows][:, columns]
    counts = labels.sum(axis=0)
    judged = np.flatnonzero((counts >= LEAST) & (len(rows) - counts >= LEAST))
    owner = sentences.owner[rows]
    if not judged.size or len(set(owner.tolist())) < FOLDS:
        return []
    given = labels[:, judged]
    chance = out_of_sample(sentences.logits[rows], given, owner, seed)
    lists = [np.flatnonzero(row).tolist() for row in given]
    issues = find_multilabel_issues_per_class(lists, chance, filter_by="confident_learning", n_jobs=1)
    missing = issues & ~given & (chance >= SURE_TO_ADD)
    doubtful = issues & given & (1 - chance >= SURE_TO_DROP)
    against = np.where(missing, chance, np.where(doubtful, 1 - chance, 0.0)).max(axis=1)
    names = np.array(taxonomy.leaves[task])
    return [
        Suspect(
            place=sentences.placed[owner[at]][0],
            task=task,
            text=sentences.text(int(rows[at])),
            labels=tuple(names[labels[at]].tolist()),
            missing=tuple(names[judged[missing[at]]].tolist()),
            doubtful=tuple(names[judged[doubtful[at]]].tolist()),
            confidence=round(float(against[at]), 3),
        )
        for at in np.flatnonzero(against)
    ]


def out_of_sample(features: Array, labels: npt.NDArray[np.bool_], groups: npt.NDArray[np.intp], seed: int = 0) -> Array:
    """Return each label's probability, (n_rows, n_labels), from models that did not see the row's record.

    Parameters
    ----------
    features
        (n_rows, d).
    labels
        (n_rows, n_labels).
    groups
        (n_rows,) the record of each row.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold
    from sklearn.preprocessing import StandardScaler

    found = np.zeros(labels.shape)
    scaled = StandardScaler().fit_transform(features)
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=seed).split(scaled, groups=groups):
        for column in range(labels.shape[1]):
            target = labels[train, column]
            if target.all() or not target.any():
                found[test, column] = target.mean()
                continue
            model = LogisticRegression(C=0.1, max_iter=300).fit(scaled[train], target)
            found[test, column] = model.predict_proba(scaled[test])[:, 1]
    return found
