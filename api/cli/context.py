"""What commands on a store work with: the store, the program it was run with, its label trees, and the moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from api.cli.files import InputError
from engine.ports import SystemClock
from engine.program import Program
from engine.program_folder import load_program
from engine.store.store import Store
from engine.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Context:
    """What a command works with."""

    store: Store
    program: Program
    taxonomy: Taxonomy
    now: datetime


def context_of(db: str | None, program_folder: Path | None) -> Context:
    """Open a store, with a program's folder, or else the program that the store was last run with."""
    from api.opening import open_store
    from api.settings import settings_of
    from models.taxonomy import default_taxonomy

    store = open_store(settings_of(db=db).db)
    known = None if program_folder else store.versions.newest_program()
    program = known or load_program(program_folder, None)[0]
    taxonomy = store.readings.newest_taxonomy()
    if taxonomy is None:
        taxonomy = program.topics.taxonomy(default_taxonomy()) if program.topics else default_taxonomy()
    return Context(store, program, taxonomy, SystemClock().now())


def conditions_of(pairs: Sequence[str]) -> dict[str, Any]:
    """Return the conditions that ``KEY=VALUE`` pairs mean: a key twice is any of both; ``{...}`` is taken as JSON.

    Raises
    ------
    InputError
        If one is no pair, or no JSON though it looks like it.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        key, is_pair, value = pair.partition("=")
        if not is_pair or not key.strip():
            raise InputError(f"'{pair}' is no condition; write KEY=VALUE, such as rule=late-delivery or unit=emea/uk")
        said: Any = value
        if value[:1] in ("{", "["):
            try:
                said = orjson.loads(value)
            except orjson.JSONDecodeError as problem:
                raise InputError(f"'{value}' is not valid JSON: {problem.msg}") from problem
        key = key.strip()
        before = found.get(key)
        found[key] = said if before is None else [*(before if isinstance(before, list) else [before]), said]
    return found


def told(moment: datetime | None) -> str:
    """Return a moment for a table, or nothing."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
