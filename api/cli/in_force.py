"""What a command goes by where a store is named: the program's files, and beside them what is published there."""

from __future__ import annotations

import os
from collections.abc import Iterable

from api.cli.output import stderr
from engine.errors import Located
from engine.program import Program
from engine.shelf.setup import Settings, Setup
from engine.store.store import Store


def setup_in(store: Store, program: Program) -> Setup:
    """Return the receivers and routes that are in force, and say what is wrong with the published ones."""
    drafts = {key: version.draft for key, version in store.shelf.settings.all().items()}
    setup = Settings(program, os.environ, store.people.directory).setup(drafts)
    warn(setup.findings)
    return setup


def in_force(program: Program, db: str | None) -> Program:
    """Return a program with what is published in a store; as it is where none is named, or it is not there yet."""
    from api.cli.running import is_there
    from api.opening import open_store

    if db is None or not is_there(db):
        return program
    store = open_store(db)
    try:
        return setup_in(store, program).program
    finally:
        store.close()


def warn(findings: Iterable[Located]) -> None:
    """Say findings to whoever is at the terminal."""
    for finding in findings:
        stderr.print(str(finding), style="yellow", markup=False, highlight=False, soft_wrap=True)
