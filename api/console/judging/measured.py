"""What was measured here of a model: kept beside the model store, by the model's version, without anybody's words."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from api.console.judging.known import Known, store_of
from api.runtime import Service

FOLDER = "measured"
KEPT = ("macro_f1", "labels_counted", "calibration_error", "right_when_sure", "reliability")


def measured_of(service: Service, known: Known) -> Mapping[str, Any] | None:
    """Return the last measurement of a model, or None."""
    try:
        found: Mapping[str, Any] = orjson.loads(_file(service, known).read_bytes())
    except (OSError, ValueError):
        # One that cannot be read is as good as none: it is made again by a click.
        return None
    return found if isinstance(found, dict) and "tasks" in found else None


def keep_measured(service: Service, known: Known, found: Mapping[str, Any], *, data: str, by: str) -> Mapping[str, Any]:
    """Keep what an evaluation says of a model, and return it."""
    kept = {
        "model": known.artifact.model,
        "data": data,
        "by": by,
        "at": service.engine.clock.now().isoformat(),
        "records": found["records"],
        "statuses": found["statuses"],
        "tasks": {task: _task(result) for task, result in found["record"]["tasks"].items()},
    }
    file = _file(service, known)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}-{os.getpid()}")
    fresh.write_bytes(orjson.dumps(kept))
    fresh.replace(file)
    return kept


def _task(result: Mapping[str, Any]) -> dict[str, Any]:
    labels = [{name: one[name] for name in ("label", "there", "f1", "precision", "recall")} for one in result["labels"]]
    return {name: result[name] for name in KEPT} | {"labels": labels}


def _file(service: Service, known: Known) -> Path:
    store = store_of(service)
    folder = store.folder if store else service.settings.models
    return folder / FOLDER / f"{known.version}.json"
