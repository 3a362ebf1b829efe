"""The model artifact: a folder whose manifest names the SHA-256 of every file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import ArtifactError
from engine.taxonomy import Taxonomy, taxonomy_from_dict

FILES = ("model.onnx", "tokenizer.json", "config.json", "metrics.json", "card.md")
MANIFEST = "manifest.json"
DEFAULT = Path(__file__).parent / "default"
FORMAT = 1


@dataclass(frozen=True)
class Calibration:
    """How logits become confidences at one level, and what becomes of those.

    Parameters
    ----------
    scale, shift
        (n_labels,) float32: confidence = sigmoid(scale x logit + shift).
    threshold
        (n_labels,) float32: a label holds from here on.
    unsure_from
        (n_labels,) float32: below the threshold, it is unsure from here on.
    """

    scale: npt.NDArray[np.float32]
    shift: npt.NDArray[np.float32]
    threshold: npt.NDArray[np.float32]
    unsure_from: npt.NDArray[np.float32]

    def as_dict(self) -> dict[str, list[float]]:
        """Return plain JSON values."""
        return {name: [round(float(value), 5) for value in values] for name, values in vars(self).items()}


@dataclass(frozen=True)
class ModelConfig:
    """What the runtime has to know of a model: its trees, its window, and its calibration at both levels."""

    name: str
    taxonomy: Taxonomy
    max_tokens: int
    sentence: Calibration
    record: Calibration

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "format": FORMAT,
            "name": self.name,
            "taxonomy": self.taxonomy.as_dict(),
            "max_tokens": self.max_tokens,
            "sentence": self.sentence.as_dict(),
            "record": self.record.as_dict(),
        }


@dataclass(frozen=True)
class Artifact:
    """A verified artifact: its folder, its configuration and its version."""

    folder: Path
    config: ModelConfig
    version: str

    @property
    def model(self) -> str:
        """Name and version, ``default@VERSION``."""
        return f"{self.config.name}@{self.version}"


def load_artifact(folder: Path) -> Artifact:
    """Verify an artifact folder against its manifest and load its configuration.

    Raises
    ------
    ArtifactError
        If a file is missing, was changed, or the configuration does not fit.
    """
    manifest = _json(folder / MANIFEST)
    hashes = manifest.get("files")
    if not isinstance(hashes, Mapping) or set(hashes) != set(FILES):
        raise ArtifactError(f"{folder / MANIFEST} does not name the files of a model; train or fetch the model again")
    for name, wanted in hashes.items():
        if sha256(folder / name) != wanted:
            raise ArtifactError(f"{folder / name} is not the file its manifest names; train or fetch the model again")
    try:
        return Artifact(folder, _config(_json(folder / "config.json")), _version(hashes))
    except (KeyError, TypeError, ValueError) as problem:
        raise ArtifactError(f"{folder / 'config.json'} does not fit this version of Heedful: {problem}") from problem


def save_artifact(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write an artifact folder whole: it appears with every file and its manifest, or not at all.

    Parameters
    ----------
    contents
        The bytes of each of `FILES`.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    hashes = {}
    try:
        for name in FILES:
            (fresh / name).write_bytes(contents[name])
            hashes[name] = sha256(fresh / name)
        (fresh / MANIFEST).write_text(json.dumps({"format": FORMAT, "files": hashes}, indent=2) + "\n")
    except BaseException:
        shutil.rmtree(fresh)
        raise
    fresh.chmod(0o755)
    if folder.exists():
        old = folder.with_name(f".{folder.name}-old-{os.getpid()}")
        folder.rename(old)
        fresh.rename(folder)
        shutil.rmtree(old)
    else:
        fresh.rename(folder)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hex.

    Raises
    ------
    ArtifactError
        If it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise ArtifactError(f"{path} cannot be read: {problem.strerror}") from problem


def _version(hashes: Mapping[str, str]) -> str:
    """Return a version that changes with everything that changes a reading: weights, tokens, thresholds."""
    what = "".join(hashes[name] for name in ("model.onnx", "tokenizer.json", "config.json"))
    return hashlib.sha256(what.encode()).hexdigest()[:8]


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as problem:
        raise ArtifactError(f"{path} cannot be read: {problem.strerror}; name a folder with a model") from problem
    except ValueError as problem:
        raise ArtifactError(f"{path} is not valid JSON; train or fetch the model again") from problem
    if not isinstance(found, dict):
        raise ArtifactError(f"{path} does not hold an object; train or fetch the model again")
    return found


def _config(record: Mapping[str, Any]) -> ModelConfig:
    if record["format"] != FORMAT:
        raise ValueError(f"format {record['format']} is not {FORMAT}")
    taxonomy = taxonomy_from_dict(record["taxonomy"])
    levels = {level: _calibration(record[level], len(taxonomy.columns)) for level in ("sentence", "record")}
    return ModelConfig(record["name"], taxonomy, int(record["max_tokens"]), **levels)


def _calibration(record: Mapping[str, Any], labels: int) -> Calibration:
    arrays = {name: np.array(record[name], np.float32) for name in ("scale", "shift", "threshold", "unsure_from")}
    for name, values in arrays.items():
        if values.shape != (labels,):
            raise ValueError(f"{name} has {values.size} values for {labels} labels")
    return Calibration(**arrays)
