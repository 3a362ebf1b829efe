"""Where a run stands, on disk: written whole or not at all, so that a killed run goes on where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.errors import DataError
from models.encoder import SentenceClassifier


@dataclass
class Progressed:
    """How far a stage is.

    Parameters
    ----------
    epoch, step
        The epoch that goes on, and the steps that are done in it.
    best, best_epoch
        The best score on the held-out fold so far, and the epochs that were done then.
    done
        Whether the stage has ended.
    """

    epoch: int = 0
    step: int = 0
    best: float = -1.0
    best_epoch: int = 0
    done: bool = False
    scores: list[float] = field(default_factory=list)


class Checkpoints:
    """A run's files: one pair a stage, safetensors for numbers and JSON for the rest.

    Parameters
    ----------
    folder
        Of the run; it is made.
    what
        Everything that must be the same for the run to go on: recipe, seed, data.

    Raises
    ------
    DataError
        If the folder holds another run.
    """

    def __init__(self, folder: Path, what: Mapping[str, Any]) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        said = folder / "run.json"
        wanted = json.loads(json.dumps(what))
        if said.exists():
            if json.loads(said.read_text()) != wanted:
                raise DataError(
                    f"{folder} holds a run that was begun with other data or options; "
                    "give the same ones to go on, or --fresh to begin again"
                )
        else:
            _replace(said, json.dumps(wanted, indent=1).encode())

    def progress(self, stage: str) -> Progressed | None:
        """Return how far a stage is, or None if it has not begun."""
        path = self._folder / f"{stage}.json"
        return Progressed(**json.loads(path.read_text())) if path.exists() else None

    def save(
        self, stage: str, model: SentenceClassifier, optimizer: torch.optim.Optimizer, progressed: Progressed
    ) -> None:
        """Write where a stage stands."""
        tensors = {f"model.{name}": value for name, value in model.state_dict().items()}
        tensors |= _optimizer_tensors(optimizer)
        tensors["rng"] = torch.get_rng_state()
        name = f"{stage}-{progressed.epoch}-{progressed.step}.safetensors"
        partial = self._folder / f".{name}"
        save_file({key: value.contiguous() for key, value in tensors.items()}, partial)
        partial.replace(self._folder / name)
        # The note names the numbers it belongs to: whichever of the two writes a kill prevents, they fit each other.
        note = vars(progressed) | {}
        _replace(self._folder / f"{stage}.json", json.dumps(note).encode())
        for old in self._folder.glob(f"{stage}-*.safetensors"):
            if old.name not in (name, f"{stage}-best.safetensors"):
                old.unlink()

    def load(self, stage: str, model: SentenceClassifier, optimizer: torch.optim.Optimizer) -> Progressed:
        """Put a model, its optimizer and the random numbers where a stage stood, and return how far that was."""
        progressed = self.progress(stage)
        if progressed is None:
            raise DataError(f"{self._folder} has no stage {stage}; train it first")
        tensors = load_file(self._folder / f"{stage}-{progressed.epoch}-{progressed.step}.safetensors")
        model.load_state_dict({name[6:]: value for name, value in tensors.items() if name.startswith("model.")})
        _restore_optimizer(optimizer, tensors)
        torch.set_rng_state(tensors["rng"])
        return progressed

    def save_best(self, stage: str, model: SentenceClassifier) -> None:
        """Keep a stage's best weights."""
        path = self._folder / f"{stage}-best.safetensors"
        partial = path.with_name(f".{path.name}")
        save_file({name: value.contiguous() for name, value in model.state_dict().items()}, partial)
        partial.replace(path)

    def load_best(self, stage: str) -> dict[str, Tensor]:
        """Return a stage's best weights."""
        return load_file(self._folder / f"{stage}-best.safetensors")


def _optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    state = optimizer.state_dict()["state"]
    return {f"optimizer.{number}.{name}": value for number, of in state.items() for name, value in of.items()}


def _restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimizer."):
            _, number, key = name.split(".")
            state.setdefault(int(number), {})[key] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def _replace(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}-{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(path)
