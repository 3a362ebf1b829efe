"""From fitted networks to an artifact: averaged, its heads settled, quantised, calibrated and judged."""

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
import torch
from tokenizers import Tokenizer
from torch import Tensor

from engine.feedback import Part
from engine.reading import Reading
from engine.taxonomy import Taxonomy
from models.artifact import Artifact, Calibration, ModelConfig, load_artifact, save_artifact
from models.encoder import SentenceClassifier
from models.reader import OnnxReader, load_reader, roll_up
from models.runtime import Runtime
from training.bases import Thresholds
from training.batches import Example, examples_of
from training.behaviour import run_behaviour
from training.calibrate import HeldOut, calibrate, with_before
from training.data import Labelled, records_of, rolled_up
from training.evaluate import scores
from training.export import export, single_windows
from training.fit import Progress, predict
from training.mixture import Judged
from training.recall import fit_recall
from training.settle import settle_boundaries, settle_experts

Array = npt.NDArray[np.float32]
# More sentences than the map has numbers, a hundred times over; further ones change nothing.
TEXTS_FOR_RECALL = 8_000


@dataclass(frozen=True)
class Member:
    """A fitted network's weights, and the fold it did not see; what it says of that fold chooses thresholds."""

    weights: Mapping[str, Tensor]
    fold: Sequence[Labelled]


@dataclass(frozen=True)
class Finished:
    """What becomes an artifact: network, tokenizer and configuration, and what was measured."""

    contents: dict[str, bytes]
    metrics: dict[str, Any]


def averaged(members: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Return the mean of some networks' weights.

    References
    ----------
    M. Wortsman et al., Model soups (2022), https://arxiv.org/abs/2203.05482, and Robust fine-tuning of zero-shot models
    (2022), https://arxiv.org/abs/2109.01903, for the weights that a run goes on from among them.
    """
    return {name: torch.stack([one[name].float() for one in members]).mean(dim=0) for name in members[0]}


class Finisher:
    """Makes artifacts of fitted networks.

    Parameters
    ----------
    model
        Takes the weights; on the device that computes.
    held_out
        The fold that no member saw: it calibrates.
    training
        What was fitted on: it gives ranges and the space of the embedding.
    judged
        What the finished model is judged on.
    behaviour
        A folder of behavioural cases that it has to pass, if any.
    before
        The thresholds, of sentences and of records, of the model that was gone on from.
    base
        The trunk whose space the embedding goes back to; None keeps the map that is there.
    """

    def __init__(
        self,
        model: SentenceClassifier,
        tokenizer: Tokenizer,
        tokenizer_file: bytes,
        taxonomy: Taxonomy,
        max_tokens: int,
        held_out: Sequence[Labelled],
        training: Sequence[Labelled],
        judged: Sequence[Judged],
        behaviour: Path | None,
        before: Thresholds | None,
        base: torch.nn.Module | None,
        progress: Progress,
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._tokenizer_file = tokenizer_file
        self._taxonomy = taxonomy
        self._max_tokens = max_tokens
        self._held_out = held_out
        self._training = training
        self._judged = judged
        self._behaviour = behaviour
        self._before = before
        self._base = base
        self._progress = progress

    def finish(self, name: str, members: Sequence[Member], seed: int, near: Path) -> Finished:
        """Return the artifact of the members' average.

        Parameters
        ----------
        near
            A folder to work in, on the artifact's own disk.
        """
        others = [self._said_by(member) for member in members if member.fold]
        self._model.load_state_dict(averaged([member.weights for member in members]))
        self._model.eval()
        held_out = self._examples(self._held_out)
        self._progress("settling boundaries and experts", 0.1)
        settle_boundaries(self._model, self._tokenizer, held_out)
        settle_experts(self._model, self._tokenizer, held_out, self._taxonomy)
        chance = random.Random(seed)  # noqa: S311 - which texts are measured is no secret
        some = chance.sample(list(self._training), min(TEXTS_FOR_RECALL, len(self._training)))
        examples = self._examples(some)
        if self._base is not None:
            self._progress("bringing back the embedding", 0.2)
            fit_recall(self._model, self._base, self._tokenizer, examples)
        self._progress("quantising", 0.5)
        network = export(self._model, list(single_windows(examples, self._tokenizer, seed)))
        return self._judge(name, network, others, near)

    def _examples(self, items: Sequence[Labelled]) -> list[Example]:
        return examples_of(items, self._tokenizer, self._max_tokens)

    def _said_by(self, member: Member) -> tuple[HeldOut, HeldOut]:
        """Return what a member says of the sentences and of the records of its fold."""
        self._model.load_state_dict(dict(member.weights))
        # A text that was labelled whole is one sentence here, as it is one row of labels.
        examples = self._examples([replace(item, split=True) for item in member.fold])
        logits = predict(self._model, self._tokenizer, examples)
        labels, known = ([getattr(one, name).numpy() for one in examples] for name in ("labels", "known"))
        talk = np.array([one.talk for one in examples])
        rows = np.repeat(talk, [len(one) for one in logits])
        sentences = HeldOut(np.concatenate(logits), np.concatenate(labels), np.concatenate(known), rows)
        highest = np.concatenate([roll_up(one, [0], self._taxonomy) for one in logits])
        return sentences, HeldOut(highest, *rolled_up(labels, known, self._taxonomy), talk)

    def _judge(self, name: str, network: bytes, others: Sequence[tuple[HeldOut, HeldOut]], near: Path) -> Finished:
        config = ModelConfig(name, self._taxonomy, self._max_tokens, *flat(self._taxonomy))
        contents = {"model.onnx": network, "tokenizer.json": self._tokenizer_file, "card.md": b""}
        with tempfile.TemporaryDirectory(prefix=f".{name}-draft-", dir=near) as folder:
            draft = Path(folder) / name
            self._progress("calibrating", 0.7)
            save_artifact(draft, contents | {"config.json": as_json(config.as_dict()), "metrics.json": b"{}"})
            config = self._calibrated(load_artifact(draft), config, others)
            contents["config.json"] = as_json(config.as_dict())
            save_artifact(draft, contents | {"metrics.json": b"{}"})
            self._progress("judging", 0.9)
            reader = load_reader(draft)
            metrics: dict[str, Any] = {"judged": judge(reader, self._judged)}
            if self._behaviour is not None:
                metrics["behaviour"] = run_behaviour(reader, self._behaviour).as_dict()
        return Finished(contents, metrics)

    def _calibrated(
        self, artifact: Artifact, config: ModelConfig, others: Sequence[tuple[HeldOut, HeldOut]]
    ) -> ModelConfig:
        """Calibrate sentences by their own boundaries, and records by those that the product finds."""
        reader = OnnxReader(artifact, Runtime(artifact.folder), ("en",))
        items = self._held_out
        labels, known = (np.concatenate([getattr(item, name) for item in items]) for name in ("labels", "known"))
        talk = np.array([item.talk for item in items])
        logits = reader.logits_of([(item.text, item.spans) for item in items])
        rows = np.repeat(talk, [len(item.spans) for item in items])
        sentences = HeldOut(logits, labels, known, rows)
        highest = reader.record_logits([item.text for item in items])
        records = HeldOut(highest, *records_of(items, self._taxonomy), talk)
        sentence = calibrate(sentences, [one for one, _ in others], self._taxonomy)
        record = calibrate(records, [one for _, one in others], self._taxonomy)
        if self._before is not None:
            sentence, record = (with_before(*pair) for pair in zip((sentence, record), self._before, strict=True))
        return replace(config, sentence=sentence, record=record)


def flat(taxonomy: Taxonomy) -> tuple[Calibration, Calibration]:
    """Return calibrations that leave the logits as they are, until the held-out data was seen."""
    ones = np.ones(len(taxonomy.columns), np.float32)
    plain = Calibration(ones, ones * 0, ones * 0.5, ones * 0.35)
    return plain, plain


def judge(reader: OnnxReader, sets: Sequence[Judged]) -> dict[str, Any]:
    """Judge an artifact as the product reads: whole records, its own sentences."""
    found: dict[str, Any] = {}
    for one in sets:
        readings: Sequence[Reading] = reader.read([[Part(item.text)] for item in one.items])
        confidence = np.stack([reading.confidence[-1] for reading in readings])
        standing = np.stack([reading.standing[-1] for reading in readings])
        labels, known = records_of(one.items, reader.taxonomy)
        judged = scores(confidence, standing, labels, reader.taxonomy, known)
        found[one.title] = {task: judged[task] for task in one.tasks}
    return found


def as_json(value: object) -> bytes:
    """Return a value as the bytes of a JSON file."""
    return (json.dumps(value, indent=1) + "\n").encode()
