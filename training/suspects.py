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
# Below this, labelling hands simply differ: on voc, half of all sentences would be suspects at 0.5.
SURE = 0.9
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


def find_suspects(placed: Sequence[Placed], reader: OnnxReader, seed: int = 0) -> list[Suspect]:
    """Return label-error suspects, the surest first; labels with too few examples to judge are left out."""
    if not placed:
        return []
    items = [item for _, item in placed]
    logits = reader.logits_of([(item.text, item.spans) for item in items]).astype(np.float64)
    labels = np.concatenate([item.labels for item in items]) > 0
    sizes = [len(item.spans) for item in items]
    known = np.repeat([item.known for item in items], sizes, axis=0) > 0
    owner = np.repeat(np.arange(len(items)), sizes)
    found: list[Suspect] = []
    for task in TASKS:
        rows = np.flatnonzero(known[:, reader.taxonomy.slices[task]].all(axis=1))
        found += _of_task(task, rows, logits, labels, owner, placed, reader.taxonomy, seed)
    return sorted(found, key=lambda one: -one.confidence)


def _of_task(
    task: str,
    rows: npt.NDArray[np.intp],
    logits: Array,
    labels: npt.NDArray[np.bool_],
    owner: npt.NDArray[np.intp],
    placed: Sequence[Placed],
    taxonomy: Taxonomy,
    seed: int,
) -> list[Suspect]:
    from cleanlab.multilabel_classification.filter import find_label_issues

    columns = taxonomy.slices[task]
    given = labels[rows][:, columns]
    counts = given.sum(axis=0)
    judged = np.flatnonzero((counts >= LEAST) & (len(rows) - counts >= LEAST))
    if not judged.size or len(set(owner[rows].tolist())) < FOLDS:
        return []
    given = given[:, judged]
    chance = out_of_sample(logits[rows], given, owner[rows], seed)
    lists = [np.flatnonzero(row).tolist() for row in given]
    issues = find_label_issues(lists, chance, return_indices_ranked_by="self_confidence", n_jobs=1)
    names = np.array(taxonomy.leaves[task])
    suspects = []
    for at in issues:
        against = np.where(given[at], 1 - chance[at], chance[at])
        wrong = against > SURE
        if not wrong.any():
            continue
        place, item = placed[owner[rows[at]]]
        start, end = item.spans[rows[at] - int(np.searchsorted(owner, owner[rows[at]]))]
        all_given = tuple(names[labels[rows[at]][columns]].tolist())
        missing, doubtful = (tuple(names[judged[wrong & some]].tolist()) for some in (~given[at], given[at]))
        sure = round(float(against.max()), 3)
        suspects.append(Suspect(place, task, item.text[start:end], all_given, missing, doubtful, sure))
    return suspects


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
