"""The models that there are: the one that ships, those of the model store, and those that were trained beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from api.runtime import Service
from engine.errors import ArtifactError, HeedfulError
from models.artifact import DEFAULT, MANIFEST, Artifact, load_artifact
from models.store import Change, ModelStore, Pointer, Switch, few, lacking_labels

# Where `heedful train --out var/models/NAME` puts a model, beside the store in var/model-store.
TRAINED = "models"
MOST_TRAINED = 50


class ModelChoiceError(HeedfulError):
    """There is no such model here."""


@dataclass(frozen=True, slots=True)
class Known:
    """A model that can be looked at, compared and promoted.

    Parameters
    ----------
    where
        ``ships``, ``store`` or ``trained``, and for the last its folder's name.
    is_current
        Whether it is the model store's current one.
    """

    artifact: Artifact
    where: str
    is_current: bool

    @property
    def version(self) -> str:
        """Its version, which tells it apart."""
        return self.artifact.version

    @property
    def said(self) -> str:
        """How it is named on a page."""
        return f"{self.artifact.model}, {self.where}{', current' if self.is_current else ''}"


def store_of(service: Service) -> ModelStore | None:
    """Return the model store that a service follows; None where it was told one model's folder."""
    return service.model.store if service.model is not None else ModelStore(service.settings.models)


def known_models(service: Service) -> list[Known]:
    """Return every model that verifies, the current one first, each version once."""
    store = store_of(service)
    pointer = store.pointer() if store else Pointer()
    found: dict[str, Known] = {}
    for folder, where in _places(service, store):
        try:
            artifact = _artifact(folder, (folder / MANIFEST).stat().st_mtime_ns)
        except (ArtifactError, OSError):
            # What is half written or was changed cannot be read with; the command line says why.
            continue
        is_current = artifact.version == pointer.current or (pointer.current is None and where == "ships")
        found.setdefault(artifact.version, Known(artifact, where, is_current and store is not None))
    return sorted(found.values(), key=lambda one: (not one.is_current, one.where, one.artifact.model))


def _places(service: Service, store: ModelStore | None) -> Iterator[tuple[Path, str]]:
    if store is None and service.model is not None:
        yield service.model.folder(), "named at the start"
    yield DEFAULT, "ships"
    if store is None:
        return
    yield from ((store.place(version), "store") for version in sorted(store.versions()))
    beside = store.folder.parent / TRAINED
    trained = sorted(one for one in beside.glob("[!.]*") if (one / MANIFEST).is_file())
    yield from ((one, f"trained: {one.name}") for one in trained[:MOST_TRAINED])


@lru_cache(maxsize=100)
def _artifact(folder: Path, _changed: int) -> Artifact:
    return load_artifact(folder)


def chosen(service: Service, version: str | None) -> Known:
    """Return a model by its version.

    Raises
    ------
    ModelChoiceError
        If it is not here any more.
    """
    for one in known_models(service):
        if one.version == version:
            return one
    raise ModelChoiceError("choose a model; it may have been removed meanwhile: load the page again")


def read_with(service: Service, known: list[Known]) -> Known | None:
    """Return the model that the service reads with now, if it is one of those that are known."""
    version = service.reader.model.rpartition("@")[2]
    return next((one for one in known if one.version == version), None)


def metrics_of(known: Known) -> Mapping[str, Any]:
    """Return what was measured when a model was made."""
    found: Mapping[str, Any] = orjson.loads((known.artifact.folder / "metrics.json").read_bytes())
    return found


def card_of(known: Known) -> str:
    """Return a model's card, its headings two steps lower, as part of a page."""
    lines = (known.artifact.folder / "card.md").read_text("utf-8").split("\n")
    return "\n".join(f"##{line}" if line.startswith("#") else line for line in lines[1:])


def lacks(service: Service, wanted: Known) -> str:
    """Return which labels of the current model another lacks, in words; empty when none."""
    current = next((one for one in known_models(service) if one.is_current), None)
    if current is None:
        return ""
    return few(lacking_labels(current.artifact.config.taxonomy, wanted.artifact.config.taxonomy))


def promote(service: Service, version: str | None, *, seen: int, by: str, why: str, force: bool) -> Switch:
    """Make a model the current one of the store.

    Parameters
    ----------
    seen
        How many changes the history had when that was decided.

    Raises
    ------
    ModelChoiceError
        If it is not here, lacks labels and that is not accepted, or somebody changed the model meanwhile.
    """
    store, wanted = _store(service), chosen(service, version)
    check_seen(store, seen)
    lacking = lacks(service, wanted)
    if lacking and not force:
        raise ModelChoiceError(
            f"{wanted.artifact.model} lacks labels that the current model has, "
            f"and rules that name them would break: {lacking}"
        )
    return store.promote(wanted.artifact.folder, service.engine.clock.now(), by=by, why=why, force=force)


def rollback(service: Service, *, seen: int, by: str, why: str) -> Switch:
    """Go back to the model before.

    Parameters
    ----------
    seen
        How many changes the history had when that was decided.

    Raises
    ------
    ModelChoiceError
        If somebody changed the model meanwhile.
    """
    store = _store(service)
    check_seen(store, seen)
    return store.rollback(service.engine.clock.now(), by=by, why=why)


def check_seen(store: ModelStore, seen: int) -> None:
    """Refuse a change that was decided before another.

    Raises
    ------
    ModelChoiceError
        If the history grew since.
    """
    changes = store.pointer().changes
    if len(changes) != seen:
        last: Change = changes[-1]
        raise ModelChoiceError(f"{last.by} {last.what} {last.model} meanwhile; look at it, then decide again")


def _store(service: Service) -> ModelStore:
    store = store_of(service)
    if store is None:
        raise ModelChoiceError("this service was told one model at its start, and does not follow a model store")
    return store
