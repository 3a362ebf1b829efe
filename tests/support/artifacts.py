"""Model artifacts: small ones that verify and read nothing, and variants of the one that ships."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from engine.taxonomy import Taxonomy
from models.artifact import DEFAULT, FILES, Calibration, ModelConfig, save_artifact
from tests.support.keyword_reader import TAXONOMY


def small_artifact(folder: Path, name: str = "small", taxonomy: Taxonomy = TAXONOMY) -> Path:
    """Write an artifact whose version depends on its name and trees."""
    ones = np.ones(len(taxonomy.columns), np.float32)
    flat = Calibration(ones, ones * 0, ones * 0.5, ones * 0.35)
    config = json.dumps(ModelConfig(name, taxonomy, 256, flat, flat).as_dict()).encode()
    save_artifact(folder, {file: file.encode() for file in FILES} | {"config.json": config})
    return folder


def variant(folder: Path, threshold: float) -> Path:
    """Write the model that ships with one threshold for every label of a record."""
    contents = {file: (DEFAULT / file).read_bytes() for file in FILES}
    config = json.loads(contents["config.json"])
    record = config["record"]
    record["threshold"] = [threshold] * len(record["threshold"])
    record["unsure_from"] = [threshold] * len(record["unsure_from"])
    save_artifact(folder, contents | {"config.json": json.dumps(config).encode()})
    return folder
