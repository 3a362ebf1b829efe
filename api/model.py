"""The model that the service reads with: loaded, followed in its store, changed between two batches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from engine.errors import ArtifactError, HeedfulError
from engine.pipeline import Engine
from engine.ports import Reader
from models.batching import BatchingReader
from models.store import ModelStore, few, is_model_store

LOOK_S = 1.0
RETRY_S = 60.0
log = structlog.get_logger(__name__)


class ServedModel:
    """Loads the model of a folder, or of a store whose current one it follows.

    Parameters
    ----------
    place
        A model's folder, or a model store; None is the store at `models`.
    models
        The model store that is followed when no place is named.
    load
        Loads a folder's model, and warms it.

    Attributes
    ----------
    follows
        Whether the model can change while the service runs.
    problem
        Why the store's current model cannot be read with, or None.
    """

    def __init__(self, place: Path | None, models: Path, load: Callable[[Path], Reader]) -> None:
        self.follows = place is None or is_model_store(place)
        self._store = ModelStore(place or models)
        self._fixed = None if self.follows else place
        self._load_folder = load
        self._loading = threading.Lock()
        self._loaded: Path | None = None
        self._refused: Path | None = None
        self._try_at = 0.0
        self.problem: str | None = None

    @property
    def store(self) -> ModelStore | None:
        """The model store that is followed; None where the model's folder was named, so that it cannot change."""
        return self._store if self.follows else None

    def folder(self) -> Path:
        """Return the folder of the model that should be read with.

        Raises
        ------
        ModelStoreError
            If the store cannot be read.
        """
        return self._fixed or self._store.chosen()

    def load(self) -> Reader:
        """Load the model that should be read with.

        Raises
        ------
        ArtifactError
            If it cannot be used.
        """
        with self._loading:
            folder = self.folder()
            reader = self._load_folder(folder)
            self._loaded = folder
            return reader

    def follow(self, reader: BatchingReader, engine: Engine, stop: threading.Event) -> None:
        """Look at the store again and again until told to stop."""
        reader.wait_until_tried()
        while not stop.wait(LOOK_S):
            self.look(reader, engine)

    def look(self, reader: BatchingReader, engine: Engine) -> None:
        """Change to the store's current model if it is another one; if it cannot be used, keep the old one and say why.

        The new model is loaded beside the old one, and its rules before it reads: no request waits for that.
        """
        try:
            folder = self.folder()
            with self._loading:
                if folder == self._loaded and reader.problem is None:
                    self._refused = self.problem = None
                elif folder != self._refused or time.monotonic() >= self._try_at:
                    self._refused, self._try_at = folder, time.monotonic() + RETRY_S
                    self._change(folder, reader, engine)
        except Exception as problem:
            # Whatever is wrong with the new model, the old one reads on.
            self._complain(str(problem) if isinstance(problem, HeedfulError) else f"loading failed: {problem!r}")

    def _change(self, folder: Path, reader: BatchingReader, engine: Engine) -> None:
        fresh = self._load_folder(folder)
        broken = _broken(engine, fresh) if reader.problem is None else []
        if broken:
            raise ArtifactError(
                f"{fresh.model} has other label trees, and these rules do not load under them: {few(broken)}; "
                "change the rules and start again, or promote another model"
            )
        engine.prepare(fresh)
        before = reader.model
        reader.use(fresh)
        self._loaded = folder
        self._refused = self.problem = None
        log.info("the model was changed", model=fresh.model, before=before)

    def _complain(self, problem: str) -> None:
        if problem != self.problem:
            log.error("the model in the store cannot be used; the old one reads on", problem=problem)
        self.problem = problem


def _broken(engine: Engine, fresh: Reader) -> list[str]:
    """Return the rules that are judged by now and do not load under another model's label trees."""
    loads = {rule.slug for rule in engine.rules_under(fresh.taxonomy).rules}
    return [rule.slug for rule in engine.rules.rules if rule.slug not in loads]
