"""`heedful privacy`: the keys of what is kept of personal data, and who looked at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from api.cli.context import told
from api.cli.options import AsJson, By, Db, ProgramFolder, named_by
from api.cli.output import progress, say, stderr, stdout
from engine.errors import VaultError
from engine.ports import SystemClock
from engine.store.store import Store

privacy = typer.Typer(
    help="Keys of what is kept of personal data, who looked at it, and what customers are stored as.",
    no_args_is_help=True,
)
LOCKED = 1


@contextmanager
def _store(db: str | None) -> Iterator[Store]:
    from api.opening import open_store
    from api.settings import settings_of

    store = open_store(settings_of(db=db).db)
    try:
        yield store
    finally:
        store.close()


@privacy.command()
def key() -> None:
    """Make a key for HEEDFUL_PRIVACY_KEYS and print it.

    To rotate: put the new key before the old ones, joined by commas, restart the service, run
    `heedful privacy rotate`, and then take the old ones away. Whoever loses all keys loses what they sealed.

    Example: `export HEEDFUL_PRIVACY_KEYS=$(heedful privacy key)`
    """
    from engine.privacy.vault import new_key

    typer.echo(new_key())


@privacy.command()
def rotate(db: Db = None) -> None:
    """Seal all that is kept anew, under the newest of HEEDFUL_PRIVACY_KEYS; can be cut off and run again.

    Exit code 1 when no key opens some of it.

    Example: `heedful privacy rotate --db sqlite:///var/heedful.db`
    """
    from api.privacy import vault_of
    from api.settings import settings_of
    from engine.privacy.rotating import rotate as rotate_all
    from engine.privacy.seeing import NO_KEYS

    vault = vault_of(settings_of())
    if vault is None:
        raise VaultError(NO_KEYS)
    with _store(db) as store, progress() as bar:
        task = bar.add_task("sealing", total=store.seals.count())
        done = rotate_all(store.seals, vault, lambda count: bar.advance(task, count))
    say(f"{done.sealed:,} records were sealed anew, {done.already:,} were under the newest key already")
    if done.locked:
        stderr.print(f"{done.locked:,} records are opened by no key: keep the old keys", style="red", markup=False)
        raise typer.Exit(LOCKED)


@privacy.command()
def show(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="the feedback's source, such as default")],
    feedback_id: Annotated[str, typer.Argument(metavar="ID", help="the feedback's id")],
    why: Annotated[str, typer.Option(help="why it is looked at: it is written down, with who and when")],
    by: By = None,
    db: Db = None,
) -> None:
    """Show a feedback as it came, with what was taken out of it, as JSON; who looks is written down.

    Example: `heedful privacy show default survey-4711 --why "the customer asked what we hold"`
    """
    from api.privacy import vault_of
    from api.settings import settings_of
    from engine.privacy.seeing import Look, see

    look = Look(named_by(by), why, SystemClock().now())
    with _store(db) as store:
        found = see(store, vault_of(settings_of()), source, feedback_id, look)
    typer.echo(orjson.dumps(found.as_dict(), option=orjson.OPT_INDENT_2))


@privacy.command()
def views(
    source: Annotated[str | None, typer.Option(help="only of this source")] = None,
    feedback_id: Annotated[str | None, typer.Option("--feedback", metavar="ID", help="only of this feedback")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="at most so many")] = 100,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """List who looked at what was taken out of feedback, when and why, the newest first.

    Example: `heedful privacy views --db sqlite:///var/heedful.db`
    """
    with _store(db) as store:
        found = store.private_views.page(source=source, feedback_id=feedback_id, limit=limit)
    if as_json:
        typer.echo(orjson.dumps([one.as_dict() for one in found]))
        return
    table = Table("at (UTC)", "who", "feedback", "why")
    for one in found:
        table.add_row(*map(escape, (told(one.at), one.who, f"{one.source}/{one.feedback_id}", one.why)))
    stdout.print(table)


@privacy.command()
def customer(
    name: Annotated[str, typer.Argument(metavar="CUSTOMER", help="as the sender of feedback names the customer")],
    program_folder: ProgramFolder = None,
    db: Db = None,
) -> None:
    """Print what a customer is stored as, by which alerts and silences know them.

    Example: `heedful privacy customer ann@example.com --program DIR --db sqlite:///var/heedful.db`
    """
    from api.privacy import asking_redactor
    from api.settings import settings_of
    from engine.program_folder import load_program

    with _store(db) as store:
        known = None if program_folder else store.versions.newest_program()
        program = known or load_program(program_folder)[0]
        say(asking_redactor(program, settings_of(), store, SystemClock()).customer(name))
