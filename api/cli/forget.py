"""`heedful forget` and `heedful erasures`: customers are forgotten, with a receipt."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from api.cli.context import Context, context_of, told
from api.cli.options import AsJson, By, Db, ProgramFolder, named_by
from api.cli.output import say, stderr, stdout
from engine.errors import ConflictError, ErasureError
from engine.ports import SystemClock
from engine.privacy.erasing_intake import Wish, admit_wish, check_wish
from engine.privacy.erasure import Erasure
from engine.privacy.retention import Erasing

MOST = 1_000
erasures = typer.Typer(help="The receipts of what was erased.", no_args_is_help=True)


def forget(
    customer: Annotated[str | None, typer.Option("--customer", help="as feedback names the customer")] = None,
    delete: Annotated[
        bool, typer.Option("--delete", help="delete the records; else their words, people and attributes are erased")
    ] = False,
    anywhere: Annotated[
        bool, typer.Option("--anywhere", help="the records of others too in which the name stands as a word")
    ] = False,
    data: Annotated[
        list[Path] | None,
        typer.Option(
            "--data", metavar="PATH", help="a file or folder of labelled data beside those known to the store"
        ),
    ] = None,
    why: Annotated[str, typer.Option("--why", help="for the receipt; the name is taken out of it")] = "",
    by: By = None,
    resume: Annotated[bool, typer.Option("--resume", help="finish what was cut off, and nothing else")] = False,
    rewrite: Annotated[
        bool | None,
        typer.Option(
            "--rewrite/--no-rewrite",
            help="write a SQLite file anew in the end, so that unused space holds nothing; else only up to 256 MiB",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    as_json: AsJson = False,
    program_folder: ProgramFolder = None,
    db: Db = None,
) -> None:
    """Erase every trace of a customer: records, alerts, messages, counts, data sets and exports; print the receipt.

    The service may run meanwhile. What is cut off goes on when the service starts, or with --resume. With --rewrite
    and no customer the file of the database is written anew, and nothing else is done.

    Example: `heedful forget --customer c-1042 --delete --why "asked by letter" --db sqlite:///var/heedful.db`
    """
    context = context_of(db, program_folder)
    if customer is None:
        if not resume and not rewrite:
            raise ErasureError("name whom to forget with --customer, or finish what was cut off with --resume")
        if resume:
            _resume(context, as_json=as_json)
        if rewrite:
            for left in context.store.database.purge((), rewrite=True):
                say(left)
        return
    how = Erasing.DELETE if delete else Erasing.ANONYMISE
    wish = _wish(context, customer, how, named_by(by), why, anywhere=anywhere, data=data, rewrite=rewrite)
    if not yes:
        typer.confirm(f"{how} every trace of this customer? It cannot be undone", abort=True, err=True)
    begun = context.store.erasures.begin(wish, context.now)
    _tell(_run(context, begun.id), as_json=as_json)


def _wish(
    context: Context,
    customer: str,
    how: Erasing,
    who: str,
    why: str,
    *,
    anywhere: bool,
    data: list[Path] | None,
    rewrite: bool | None,
) -> Wish:
    from dataclasses import replace

    from api.privacy import asking_redactor
    from api.settings import settings_of

    redactor = asking_redactor(context.program, settings_of(), context.store, SystemClock())
    record = {"customer": customer, "erasing": str(how), "why": why, "anywhere": anywhere}
    wish = admit_wish(record, who, context.program, redactor, settings_of().models)
    for path in data or ():
        if not path.exists():
            raise ErasureError(f"there is no {path}")
    wish = replace(wish, places=tuple(data or ()), rewrite=rewrite)
    check_wish(wish)
    return wish


def _run(context: Context, erasure_id: str) -> Erasure:
    worker = f"{os.getpid()}-{secrets.token_hex(4)}"
    with stderr.status("erasing"):
        return context.store.erasures.run(erasure_id, worker, SystemClock())


def _resume(context: Context, *, as_json: bool) -> None:
    waiting = context.store.erasures.unfinished(context.now)
    if not waiting:
        say("nothing is unfinished, or another process works at it")
    for erasure_id in waiting:
        try:
            _tell(_run(context, erasure_id), as_json=as_json)
        except ConflictError as problem:
            say(str(problem))


def _tell(erasure: Erasure, *, as_json: bool) -> None:
    if as_json:
        typer.echo(orjson.dumps(erasure.as_dict(), option=orjson.OPT_INDENT_2))
        return
    say(f"{erasure.id}: {erasure.erasing}, asked {told(erasure.requested_at)}, done {told(erasure.finished_at)} UTC")
    say(f"  of: {erasure.subject}")
    counts = ", ".join(f"{count:,} {table}" for table, count in sorted(erasure.counts.items()))
    if erasure.finished_at and not erasure.counts.get("feedback"):
        say("  no record names this customer (upper and lower case count)")
    say(f"  rows deleted or written over: {counts or 'none'}")
    for file in erasure.files:
        say(f"  {file['path']}: {file['records']:,} records taken out")
    if erasure.models:
        say(f"  models that were trained on them: {', '.join(erasure.models)}")
    for title, lines in (("not reached", erasure.unreached), ("what stays", erasure.remains)):
        say(f"  {title}:")
        for line in lines:
            say(f"    {line}")


@erasures.command("list")
def list_erasures(
    customer: Annotated[str | None, typer.Option("--customer", help="only those of this customer")] = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """List erasures, the newest first; with --customer, whether somebody was forgotten, who stands in no receipt.

    Example: `heedful erasures list --db sqlite:///var/heedful.db`
    """
    context = context_of(db, None)
    found = context.store.erasures.page(limit=MOST)
    if customer is not None:
        digest = context.store.erasures.digest(customer, context.now)
        found = [one for one in found if one.subject == digest]
    if as_json:
        typer.echo(orjson.dumps([one.as_dict() for one in found]))
        return
    table = Table("id", "kind", "does", "of", "asked (UTC)", "done (UTC)", "records", "by")
    for one in found:
        cells = (one.id, str(one.kind), str(one.erasing), one.subject[:40], told(one.requested_at))
        table.add_row(*map(escape, (*cells, told(one.finished_at), f"{one.counts.get('feedback', 0):,}", one.who)))
    stdout.print(table)


@erasures.command("show")
def show_erasure(
    erasure_id: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False, db: Db = None
) -> None:
    """Show the receipt of an erasure, as far as it is."""
    _tell(context_of(db, None).store.erasures.one(erasure_id), as_json=as_json)
