"""`heedful keys`: API keys."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from api.cli.options import Db
from api.cli.output import stderr, stdout
from engine.ports import SystemClock
from engine.scope import Role
from engine.store.keys import Keys, admit_key_name

keys = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)


def _keys(db: str | None) -> Keys:
    from api.opening import open_database
    from api.settings import settings_of

    return Keys(open_database(settings_of(db=db).db))


@keys.command()
def create(
    name: Annotated[str, typer.Option(help="what or whom the key is for")],
    role: Annotated[
        Role,
        typer.Option(
            help="ingest sends; viewer, agent, author and analyst see; author publishes rules; admin does all"
        ),
    ],
    unit: Annotated[str | None, typer.Option(help="the key sees and sends for this unit and below; else all")] = None,
    see_private: Annotated[
        bool, typer.Option("--see-private", help="the key may see what was taken out of feedback, where that is kept")
    ] = False,
    db: Db = None,
) -> None:
    """Make a key and print it: this is the only time it is shown.

    Example: `heedful keys create --name survey-tool --role ingest --db sqlite:///var/heedful.db`
    """
    from engine.intake import admit_unit

    named = admit_key_name(name)
    key, secret = _keys(db).create(named, role, admit_unit(unit), SystemClock().now(), see_private=see_private)
    private = ", sees private data" if key.see_private else ""
    stderr.print(f"key {key.id} for {key.name}: role {key.role}, {key.unit or 'every unit'}{private}", markup=False)
    typer.echo(secret)


@keys.command("list")
def list_keys(db: Db = None) -> None:
    """List the keys, without their secrets."""
    table = Table("id", "name", "role", "unit", "private data", "created", "revoked")
    for key in _keys(db).all():
        revoked = f"{key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else ""
        private = "sees it" if key.see_private else ""
        created = f"{key.created_at:%Y-%m-%d %H:%M}"
        table.add_row(key.id, key.name, str(key.role), key.unit or "every", private, created, revoked)
    stdout.print(table)


@keys.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="as `heedful keys list` shows it")], db: Db = None
) -> None:
    """End a key at once."""
    _keys(db).revoke(key_id, SystemClock().now())
    stderr.print(f"key {key_id} is revoked", markup=False)
