"""Training from end to end: data in, a judged artifact out."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import DataError
from engine.feedback import Part
from engine.taxonomy import Taxonomy
from models.artifact import Artifact, Calibration, ModelConfig, load_artifact, save_artifact
from models.reader import OnnxReader, load_reader
from models.runtime import Runtime
from models.taxonomy import default_taxonomy
from training.augment import varied
from training.batches import examples_of
from training.calibrate import calibrate
from training.card import card
from training.data import CORPUS, EMOTIONS, Labelled, read_labelled, split_off
from training.evaluate import scores
from training.export import export, single_windows
from training.fit import Progress, Recipe, base_model, fit, seed_everything

HELD_OUT = 0.15
Array = npt.NDArray[np.float32]


def silently(said: str, done: float) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class TrainReport:
    """What a training run made."""

    folder: Path
    model: str
    metrics: Mapping[str, Any]


@dataclass(frozen=True)
class Sources:
    """The labelled feedback of a run: what trains, and what is held out to calibrate and to choose thresholds."""

    corpus: Sequence[Labelled]
    held_out: Sequence[Labelled]
    emotions: Sequence[Labelled]


def train(
    data_folder: Path,
    out: Path,
    *,
    seed: int = 0,
    epochs: int = 2,
    limit: int | None = None,
    progress: Progress = silently,
) -> TrainReport:
    """Fine-tune, calibrate, quantise and judge a model, and write its artifact folder.

    Parameters
    ----------
    data_folder
        With ``voc/`` and, if it is there, ``clean/goemotions/``.
    out
        The artifact folder; it is replaced whole at the end.
    seed
        The same seed, data and machine give the same model.
    limit
        At most this many records of each set, for a quick look.
    progress
        Called with what goes on and how much of it is done, 0 to 1.

    Raises
    ------
    DataError
        If the data is not there, does not fit, or may not train a model.
    """
    seed_everything(seed)
    recipe = Recipe(epochs=epochs)
    taxonomy = default_taxonomy()
    sources = _sources(data_folder, taxonomy, limit, seed)
    out.parent.mkdir(parents=True, exist_ok=True)
    model, tokenizer, tokenizer_file = base_model(taxonomy)
    chance = random.Random(seed)  # noqa: S311 - which variants train is no secret
    corpus = [*list(sources.corpus) * (recipe.corpus_weight - 1), *varied(sources.corpus, taxonomy, chance)]
    weighed = [*sources.emotions, *corpus]
    examples = examples_of(weighed, tokenizer, recipe.max_tokens)
    fit(model, tokenizer, examples, recipe, seed, progress)
    progress("quantising and calibrating", 1.0)
    network = export(model, single_windows(examples, tokenizer, seed))
    contents = {"model.onnx": network, "tokenizer.json": tokenizer_file}
    config = ModelConfig(out.name, taxonomy, recipe.max_tokens, *_flat(taxonomy))
    # A draft beside the target: what stands in `out` stays until the new model is calibrated and judged.
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-draft-", dir=out.parent) as draft:
        contents |= calibrated_and_judged(
            Path(draft) / out.name, contents, config, sources, data_folder, limit, progress
        )
    metrics = json.loads(contents["metrics.json"])
    contents["card.md"] = card(out.name, seed, epochs, _counts(sources), metrics).encode()
    save_artifact(out, contents)
    return TrainReport(out, load_artifact(out).model, metrics)


def calibrated_and_judged(
    draft: Path,
    contents: Mapping[str, bytes],
    config: ModelConfig,
    sources: Sources,
    data_folder: Path,
    limit: int | None,
    progress: Progress,
) -> dict[str, bytes]:
    """Return ``config.json`` and ``metrics.json`` of a quantised network, working in a folder of its own."""
    unjudged = {**contents, "metrics.json": b"{}", "card.md": b""}
    save_artifact(draft, unjudged | {"config.json": _json(config.as_dict())})
    config = _calibrated(load_artifact(draft), config, sources.held_out)
    found = {"config.json": _json(config.as_dict())}
    save_artifact(draft, unjudged | found)
    progress("judging", 1.0)
    return found | {"metrics.json": _json(_judge(load_reader(draft), data_folder, limit))}


def _sources(folder: Path, taxonomy: Taxonomy, limit: int | None, seed: int) -> Sources:
    corpus_file, emotions_file = folder / CORPUS, folder / EMOTIONS
    if not corpus_file.exists():
        raise DataError(f"{folder} has no {CORPUS}; name the folder of data sets with --data or HEEDFUL_DATA")
    corpus, held_out = split_off(read_labelled(corpus_file, taxonomy)[:limit], HELD_OUT, seed)
    found = read_labelled(emotions_file, taxonomy)[:limit] if emotions_file.exists() else []
    emotions = [replace(item, talk=True) for item in found]
    return Sources(corpus, held_out, emotions)


def _counts(sources: Sources) -> dict[str, tuple[int, str]]:
    held = len(sources.held_out)
    counts = {
        f"voice-of-customer corpus, train (and {held:,} held out to calibrate)": (len(sources.corpus), "Apache-2.0"),
        "GoEmotions, official train": (len(sources.emotions), "CC BY 4.0"),
    }
    return {source: found for source, found in counts.items() if found[0]}


def _flat(taxonomy: Taxonomy) -> tuple[Calibration, Calibration]:
    """Return calibrations that leave the logits as they are, until the held-out data was seen."""
    ones = np.ones(len(taxonomy.columns), np.float32)
    flat = Calibration(ones, ones * 0, ones * 0.5, ones * 0.35)
    return flat, flat


def _calibrated(artifact: Artifact, config: ModelConfig, held_out: Sequence[Labelled]) -> ModelConfig:
    """Calibrate at both levels on held-out verbatims, through the int8 model, with their own sentence boundaries."""
    logits, sentences = sentence_logits(artifact, held_out)
    ends = np.cumsum([len(item.spans) for item in held_out])
    starts = np.concatenate([[0], ends[:-1]])
    records = np.stack([item.labels.max(axis=0) for item in held_out])
    highest = np.maximum.reduceat(logits, starts, axis=0)
    taxonomy = config.taxonomy
    return replace(
        config,
        sentence=calibrate(logits, sentences, taxonomy),
        record=calibrate(highest, records, taxonomy),
    )


def sentence_logits(artifact: Artifact, items: Sequence[Labelled]) -> tuple[Array, Array]:
    """Return the int8 model's logits and the labels, (n_sentences, n_labels), for gold sentences in their context."""
    reader = OnnxReader(artifact, Runtime(artifact.folder), ("en",))
    return reader.logits_of([(item.text, item.spans) for item in items]), np.concatenate([i.labels for i in items])


def _judge(reader: OnnxReader, folder: Path, limit: int | None) -> dict[str, Any]:
    """Judge the finished artifact as the product reads: whole records, its own sentences."""
    found: dict[str, Any] = {}
    for title, path, tasks in (
        ("voc dev, records", folder / "voc" / "dev.jsonl", ("emotion", "intent", "topic")),
        ("GoEmotions dev", folder / "clean" / "goemotions" / "dev.jsonl", ("emotion",)),
    ):
        if path.exists():
            items = read_labelled(path, reader.taxonomy)[:limit]
            readings = reader.read([[Part(item.text)] for item in items])
            confidence = np.stack([reading.confidence[-1] for reading in readings])
            standing = np.stack([reading.standing[-1] for reading in readings])
            labels = np.stack([item.labels.max(axis=0) for item in items])
            judged = scores(confidence, standing, labels, reader.taxonomy)
            found[title] = {task: judged[task] for task in tasks}
    return found


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()
