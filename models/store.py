"""The model store: a folder with every promoted model, one of which is current.

``versions/VERSION/`` holds an artifact and never changes; ``models.json`` says which is current, to which a
rollback returns, and who changed it when and why. That file is replaced whole: the switch is one rename.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.errors import ArtifactError
from engine.taxonomy import TASKS, Taxonomy
from models.artifact import DEFAULT, FILES, Artifact, load_artifact, save_artifact

POINTER = "models.json"
VERSIONS = "versions"
FORMAT = 1
WAIT_S = 30.0
_VERSION = re.compile(r"[0-9a-f]{8,64}\Z")
# What `save_artifact` writes beside its target.
_LEFT_BEHIND = re.compile(r"\.[0-9a-f]{8,64}-")
MOST_SHOWN = 10


class ModelStoreError(ArtifactError):
    """The model store cannot be used."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a store's history.

    Parameters
    ----------
    what
        ``promoted`` or ``rolled back``.
    version
        Which became current; None is the model that ships.
    model
        Its name and version, ``default@VERSION``.
    at, by, why
        When (ISO 8601), who, and for what reason; empty when none was given.
    """

    what: str
    version: str | None
    model: str
    at: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a store points to.

    Parameters
    ----------
    current
        The version in use; None is the model that ships.
    before
        The versions that rollbacks return to, the next one last.
    changes
        The history, the oldest first.
    """

    current: str | None = None
    before: tuple[str | None, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Switch:
    """What a promote or a rollback did.

    Parameters
    ----------
    model
        Name and version of the model that is current now.
    changed
        Whether it was not current before.
    lacking
        Labels of the model before that this one lacks, as ``task:path``.
    """

    model: str
    changed: bool
    lacking: tuple[str, ...]


def is_model_store(folder: Path) -> bool:
    """Return whether a folder is a model store in which a model was promoted."""
    return (folder / POINTER).is_file()


def model_folder(place: Path | None) -> Path | None:
    """Return the folder of the model that a place means: a model store's current one, or the place itself.

    Raises
    ------
    ModelStoreError
        If it is a store that cannot be read.
    """
    return ModelStore(place).chosen() if place is not None and is_model_store(place) else place


class ModelStore:
    """A folder of promoted models.

    Many processes may read it at any moment. Promotes and rollbacks take turns; one that is killed leaves
    the store as it was before, or as it is after.

    Parameters
    ----------
    folder
        Made by the first promote.
    wait_s
        Seconds to wait for another promote or rollback to end.
    """

    def __init__(self, folder: Path, wait_s: float = WAIT_S) -> None:
        self.folder = folder
        self._wait_s = wait_s

    def pointer(self) -> Pointer:
        """Return which model is current, and the history.

        Raises
        ------
        ModelStoreError
            If the store cannot be read.
        """
        path = self.folder / POINTER
        try:
            return _pointer(json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return Pointer()
        except OSError as problem:
            raise ModelStoreError(f"{path} cannot be read: {problem.strerror}") from problem
        except (KeyError, TypeError, ValueError) as problem:
            raise ModelStoreError(f"{path} is not the pointer of a model store: {problem}; restore it") from problem

    def chosen(self) -> Path:
        """Return the folder of the current model; it never changes, another model has another folder.

        Raises
        ------
        ModelStoreError
            If the store cannot be read.
        """
        return self.place(self.pointer().current)

    def place(self, version: str | None) -> Path:
        """Return the folder of a version; None is the model that ships."""
        return DEFAULT if version is None else self.folder / VERSIONS / version

    def versions(self) -> tuple[str, ...]:
        """Return the versions that are kept, in no order."""
        folder = self.folder / VERSIONS
        return tuple(one.name for one in folder.iterdir() if _VERSION.match(one.name)) if folder.is_dir() else ()

    def promote(self, source: Path, now: datetime, *, by: str, why: str = "", force: bool = False) -> Switch:
        """Copy a model into the store and make it the current one.

        Parameters
        ----------
        source
            An artifact folder.
        now
            The moment, aware.
        by, why
            Who promotes, and for what reason.
        force
            Whether a model may lack labels that the current one has.

        Raises
        ------
        ArtifactError
            If the model does not verify, or lacks labels and `force` is not set.
        ModelStoreError
            If the store cannot be used, or is in use for too long.
        """
        artifact = load_artifact(source)
        with self._locked():
            pointer = self.pointer()
            lacking = self._lacking(pointer, artifact)
            if lacking and not force:
                raise ArtifactError(
                    f"{artifact.model} lacks labels that the current model has, and rules that name them would break: "
                    f"{few(lacking)}; --force promotes it all the same"
                )
            self._keep(artifact)
            if artifact.version == pointer.current:
                return Switch(artifact.model, changed=False, lacking=())
            change = Change("promoted", artifact.version, artifact.model, now.isoformat(), by, why)
            before = (*pointer.before, pointer.current)
            self._point(Pointer(artifact.version, before, (*pointer.changes, change)))
        return Switch(artifact.model, changed=True, lacking=lacking)

    def rollback(self, now: datetime, *, by: str, why: str = "") -> Switch:
        """Make the model before the current one current again; once more goes one further back.

        Raises
        ------
        ArtifactError
            If the model before does not verify any more.
        ModelStoreError
            If there is none before, or the store cannot be used.
        """
        with self._locked():
            pointer = self.pointer()
            if not pointer.before:
                raise ModelStoreError(f"{self.folder} has no model before the current one; promote another")
            *before, version = pointer.before
            artifact = load_artifact(self.place(version))
            lacking = self._lacking(pointer, artifact)
            change = Change("rolled back", version, artifact.model, now.isoformat(), by, why)
            self._point(Pointer(version, tuple(before), (*pointer.changes, change)))
        return Switch(artifact.model, changed=True, lacking=lacking)

    def _lacking(self, pointer: Pointer, artifact: Artifact) -> tuple[str, ...]:
        try:
            current = load_artifact(self.place(pointer.current)).config.taxonomy
        except ArtifactError:
            # Nobody reads with a model that does not verify: nothing can break by leaving it.
            return ()
        return lacking_labels(current, artifact.config.taxonomy)

    def _keep(self, artifact: Artifact) -> None:
        """Copy an artifact to its version's folder, unless it stands there whole, and settle it on the disk."""
        place = self.place(artifact.version)
        try:
            if load_artifact(place).version == artifact.version:
                return
        except ArtifactError:
            pass
        save_artifact(place, {name: (artifact.folder / name).read_bytes() for name in FILES})
        if load_artifact(place).version != artifact.version:
            shutil.rmtree(place)
            raise ArtifactError(f"{artifact.folder} changed while it was copied; promote it again when it is whole")
        for path in (*place.iterdir(), place, place.parent):
            _settle(path)

    def _point(self, pointer: Pointer) -> None:
        fresh = self.folder / f".{POINTER}"
        fresh.write_text(json.dumps({"format": FORMAT, **asdict(pointer)}, indent=1) + "\n", "utf-8")
        _settle(fresh)
        fresh.replace(self.folder / POINTER)
        _settle(self.folder)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Be the only one who changes the store; the lock ends with its process, however that ends."""
        try:
            (self.folder / VERSIONS).mkdir(parents=True, exist_ok=True)
            with (self.folder / ".lock").open("a") as file:
                self._take(file.fileno())
                self._sweep()
                yield
        except OSError as problem:
            raise ModelStoreError(f"{problem.filename or self.folder} cannot be used: {problem.strerror}") from problem

    def _take(self, file: int) -> None:
        deadline = time.monotonic() + self._wait_s
        while True:
            try:
                return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise ModelStoreError(
                        f"another promote or rollback is at work on {self.folder}; try again when it is done"
                    ) from None
                time.sleep(0.05)

    def _sweep(self) -> None:
        """Remove what a promote that was killed left behind."""
        for path in (self.folder / VERSIONS).iterdir():
            if _LEFT_BEHIND.match(path.name):
                shutil.rmtree(path)


def lacking_labels(before: Taxonomy, after: Taxonomy) -> tuple[str, ...]:
    """Return the groups and leaves that a rule may name under the first trees and not under the second."""
    return tuple(f"{task}:{name}" for task in TASKS for name in before.nodes(task) if name not in after.nodes(task))


def few(names: Sequence[str]) -> str:
    """Return the first names for a message, and how many more there are."""
    more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return ", ".join(names[:MOST_SHOWN]) + more


def _pointer(record: Mapping[str, Any]) -> Pointer:
    if record["format"] != FORMAT:
        raise ValueError(f"format {record['format']} is not {FORMAT}")
    current, *before = (_checked(version) for version in (record["current"], *record["before"]))
    return Pointer(current, tuple(before), tuple(Change(**change) for change in record["changes"]))


def _checked(version: Any) -> str | None:
    """Return a version; what is none could lead out of the store's folder."""
    if version is not None and not (isinstance(version, str) and _VERSION.match(version)):
        raise ValueError(f"{version!r} is no version")
    return version


def _settle(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
