"""`heedful promote`, `rollback` and `models`: which model is read with."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.cli.options import By, Why, line_of, named_by
from api.cli.output import stderr, stdout
from engine.ports import SystemClock
from models.store import ModelStore, Pointer, Switch, few

Store = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="the model store; else HEEDFUL_MODELS, or var/model-store")
]


def promote(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="the folder of a model, as `heedful train` writes it")],
    why: Why = "",
    by: By = None,
    force: Annotated[bool, typer.Option("--force", help="also a model that lacks labels of the current one")] = False,
    store: Store = None,
) -> None:
    """Make a model the current one of the model store: verified, copied, and switched to at once.

    A running service reads with it within seconds, without losing a request. A model that lacks labels which the
    current one has is refused, as rules that name them would break.

    Example: `heedful promote var/models/mine --why "two more months of surveys"`
    """
    models = _store(store)
    switch = models.promote(model, SystemClock().now(), by=named_by(by), why=line_of(why), force=force)
    _tell(switch, models)


def rollback(why: Why = "", by: By = None, store: Store = None) -> None:
    """Go back to the model that was current before; once more goes one further back.

    Example: `heedful rollback --why "misses refund complaints"`
    """
    models = _store(store)
    _tell(models.rollback(SystemClock().now(), by=named_by(by), why=line_of(why)), models)


def models(
    store: Store = None,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """Show which model is current, and the history of the model store.

    Example: `heedful models`
    """
    kept = _store(store)
    pointer = kept.pointer()
    if as_json:
        typer.echo(json.dumps(asdict(pointer) | {"store": str(kept.folder)}, ensure_ascii=False))
        return
    stdout.print(f"current: {_current(pointer)} ({kept.folder})", markup=False, highlight=False, soft_wrap=True)
    if pointer.changes:
        stdout.print(_history(pointer))


def _history(pointer: Pointer) -> Table:
    table = Table("when", "what", "model", "by", "why", title="the latest change first", title_justify="left")
    for change in reversed(pointer.changes):
        table.add_row(change.at, change.what, *(escape(said) for said in (change.model, change.by, change.why)))
    return table


def _current(pointer: Pointer) -> str:
    if pointer.current is None:
        return "the model that ships"
    named = (change.model for change in reversed(pointer.changes) if change.version == pointer.current)
    return next(named, f"version {pointer.current}")


def _tell(switch: Switch, models: ModelStore) -> None:
    if not switch.changed:
        said = f"{switch.model} is the current model of {models.folder} already; nothing was changed"
        stdout.print(said, markup=False, highlight=False, soft_wrap=True)
        return
    if switch.lacking:
        said = f"it lacks labels that the model before had: {few(switch.lacking)}"
        hint = "a running service whose rules name them keeps the old model and says so in /readyz"
        stderr.print(f"{said}; {hint}", style="yellow", markup=False, highlight=False, soft_wrap=True)
    said = f"{switch.model} is the current model of {models.folder}; services that use it follow within seconds"
    stdout.print(said, markup=False, highlight=False, soft_wrap=True)


def _store(folder: Path | None) -> ModelStore:
    from api.settings import settings_of

    return ModelStore(settings_of(models=folder).models)
