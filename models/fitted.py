"""Topics that were fitted to labelled sentences: a JSON file of plain numbers."""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import ArtifactError
from engine.topics import TopicTree

FORMAT = 1
MOST_BYTES = 64 * 1024 * 1024
AGAIN = "run 'heedful topics fit' again"


@dataclass(frozen=True)
class FittedTopics:
    """The heads of some topics of a tree, for one model.

    Parameters
    ----------
    model, tree
        The versions that they were made for: they mean nothing to others.
    paths
        The topics that have a head.
    weights
        (n_topics, d): confidence = sigmoid(weights x embedding + bias).
    bias, threshold, unsure_from
        (n_topics,).
    """

    model: str
    tree: str
    paths: tuple[str, ...]
    weights: npt.NDArray[np.float64]
    bias: npt.NDArray[np.float64]
    threshold: npt.NDArray[np.float32]
    unsure_from: npt.NDArray[np.float32]

    @property
    def version(self) -> str:
        """A short hash of everything in it."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()[:8]

    def check(self, model: str, tree: TopicTree, dimensions: int) -> None:
        """Refuse another model and another tree.

        Raises
        ------
        ArtifactError
            If they are not those that the heads were made for.
        """
        if self.model != model:
            raise ArtifactError(f"the fitted topics are for the model {self.model}, and this is {model}; {AGAIN}")
        if self.tree != tree.version:
            raise ArtifactError(f"{tree.file} has changed since its topics were fitted; {AGAIN}")
        strange = set(self.paths) - {topic.path for topic in tree.topics}
        if strange or self.weights.shape[1:] != (dimensions,):
            raise ArtifactError(f"the fitted topics do not fit {tree.file}; {AGAIN}")

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        topics = {
            path: {
                "weights": [round(float(value), 5) for value in self.weights[row]],
                "bias": round(float(self.bias[row]), 5),
                "threshold": round(float(self.threshold[row]), 5),
                "unsure_from": round(float(self.unsure_from[row]), 5),
            }
            for row, path in enumerate(self.paths)
        }
        return {"format": FORMAT, "model": self.model, "tree": self.tree, "topics": topics}


def save_fitted(fitted: FittedTopics, path: Path) -> None:
    """Write fitted topics: the file appears whole, or not at all.

    Raises
    ------
    ArtifactError
        If it cannot be written.
    """
    fresh = path.with_name(f".{path.name[:200]}-{secrets.token_hex(4)}")
    try:
        fresh.write_text(json.dumps(fitted.as_dict()) + "\n")
        fresh.replace(path)
    except OSError as problem:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise ArtifactError(f"{path} cannot be written: {problem.strerror}") from problem


def load_fitted(path: Path) -> FittedTopics:
    """Load fitted topics.

    Raises
    ------
    ArtifactError
        If the file cannot be read, or is none that `heedful topics fit` wrote.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as problem:
        raise ArtifactError(f"{path} cannot be read: {problem.strerror}; {AGAIN}") from problem
    if len(raw) > MOST_BYTES:
        raise ArtifactError(f"{path} is larger than 64 MiB, which no file of fitted topics is; {AGAIN}")
    try:
        return _fitted(json.loads(raw))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise ArtifactError(f"{path} is no file of fitted topics that this version reads; {AGAIN}") from problem


def _fitted(record: dict[str, Any]) -> FittedTopics:
    if record["format"] != FORMAT:
        raise ValueError(record["format"])
    topics: dict[str, dict[str, Any]] = record["topics"]
    heads = list(topics.values())
    weights = np.array([head["weights"] for head in heads], np.float64)
    bias, threshold, unsure_from = (
        np.array([head[name] for head in heads], np.float64) for name in ("bias", "threshold", "unsure_from")
    )
    shapes = (weights.ndim, bias.ndim, threshold.ndim, unsure_from.ndim)
    if shapes != (2, 1, 1, 1) or not all(np.isfinite(one).all() for one in (weights, bias, threshold, unsure_from)):
        raise ValueError("a head has one row of finite weights and one finite number each of the others")
    thresholds = threshold.astype(np.float32), unsure_from.astype(np.float32)
    return FittedTopics(str(record["model"]), str(record["tree"]), tuple(topics), weights, bias, *thresholds)
