"""`heedful retention`: for how long feedback is kept."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import orjson
import typer
from rich.table import Table

from api.cli.context import context_of, told
from api.cli.options import AsJson, Db, ProgramFolder
from api.cli.output import say, stdout
from engine.errors import ErasureError
from engine.ports import SystemClock

retention = typer.Typer(help="For how long feedback is kept, as program.yaml says.", no_args_is_help=True)
NO_RULES = "the program has no rules of retention: feedback is kept for ever"


@retention.command()
def preview(as_json: AsJson = False, program_folder: ProgramFolder = None, db: Db = None) -> None:
    """Say what each rule of retention would erase now, and when it has more to do.

    Example: `heedful retention preview --program samples/program --db sqlite:///var/heedful.db`
    """
    context = context_of(db, program_folder)
    found = context.store.retention.preview(context.program.retention, context.now)
    if as_json:
        typer.echo(
            orjson.dumps(
                [
                    {"rule": one.rule.said, "due": one.due, "waiting": one.waiting, "next_at": one.next_at}
                    for one in found
                ]
            )
        )
        return
    if not found:
        say(_no_rules(program_folder))
        return
    table = Table("rule", "due", "of these kept while an alert is open", "next (UTC)")
    for one in found:
        table.add_row(one.rule.said, f"{one.due:,}", f"{one.waiting:,}", told(one.next_at))
    stdout.print(table)


@retention.command()
def run(program_folder: ProgramFolder = None, db: Db = None) -> None:
    """Do now what the rules of retention do today; a running service does so by itself, once a day and rule.

    Example: `heedful retention run --program samples/program --db sqlite:///var/heedful.db`
    """
    context = context_of(db, program_folder)
    if not context.program.retention:
        raise ErasureError(_no_rules(program_folder))
    worker = f"{os.getpid()}-{secrets.token_hex(4)}"
    made = context.store.retention.due(context.program.retention, context.now)
    for erasure_id in made:
        done = context.store.erasures.run(erasure_id, worker, SystemClock())
        say(f"{done.subject}: {done.counts.get('feedback', 0):,} records")
    if not made:
        say("nothing is due, or it was done today")


def _no_rules(named: Path | None) -> str:
    """Return that there are no rules, and what to do about it: write some, or name the program that has them."""
    return f"{NO_RULES}; name a program with --program" if named is None else f"{NO_RULES}; {named} declares none"
