"""`heedful silences`: keep messages quiet for a while."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from api.cli.context import Context, conditions_of, context_of, told
from api.cli.options import AsJson, By, Db, ProgramFolder, named_by
from api.cli.output import say, stderr, stdout
from engine.alerts.silence import admit_silence
from engine.ports import SystemClock

MOST = 1_000
silences = typer.Typer(
    help="Keep messages quiet for a while: alerts still open, and at the end is told what was held back.",
    no_args_is_help=True,
)
Match = Annotated[
    list[str],
    typer.Option("--match", metavar="KEY=VALUE", help="which alerts; several must all hold, one key twice is any of"),
]


@silences.command("list")
def list_silences(
    ended: Annotated[bool, typer.Option("--ended", help="those that have ended too")] = False,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """List the silences that are active or still to come, the newest first.

    Example: `heedful silences list --db sqlite:///var/heedful.db`
    """
    context = context_of(db, None)
    found = context.store.silences.page(context.now, ended=ended, limit=MOST)
    if as_json:
        typer.echo(orjson.dumps([one.as_dict() | {"state": one.state(context.now)} for one in found]))
        return
    table = Table("id", "state", "keeps quiet", "starts (UTC)", "ends (UTC)", "author", "reason")
    for one in found:
        cells = (one.id, one.state(context.now), one.matching.said, told(one.starts_at), told(one.ends_at))
        table.add_row(*map(escape, (*cells, one.author, one.reason)))
    stdout.print(table)


def _as_stored(context: Context, matching: dict[str, Any]) -> Any:
    """Return conditions in which customers are named as they are stored."""
    from api.privacy import asking_redactor, named_as_stored
    from api.settings import settings_of

    if "customer" not in matching:
        return matching
    redactor = asking_redactor(context.program, settings_of(), context.store, SystemClock())
    return named_as_stored(matching, redactor)


@silences.command()
def add(
    match: Match,
    reason: Annotated[str, typer.Option(help="why, for whoever wonders about the quiet")],
    ends: Annotated[str, typer.Option(metavar="SPAN|MOMENT", help="4h, 7d or 2026-03-01T14:30; at most a year")],
    starts: Annotated[str | None, typer.Option(metavar="SPAN|MOMENT", help="else now")] = None,
    by: By = None,
    program_folder: ProgramFolder = None,
    db: Db = None,
) -> None:
    """Keep the messages of some alerts quiet for a while.

    Example: `heedful silences add --match rule=late-delivery --match unit=emea/uk --ends 2d --reason "courier strike"`
    """
    context = context_of(db, program_folder)
    record = {"matching": _as_stored(context, conditions_of(match)), "reason": reason, "starts": starts, "ends": ends}
    silence = admit_silence(record, named_by(by), context.now, context.program, context.taxonomy)
    context.store.silences.add(silence)
    stderr.print(
        f"quiet until {told(silence.ends_at)} UTC, where {silence.matching.said}", markup=False, highlight=False
    )
    typer.echo(silence.id)


@silences.command()
def end(
    silence_id: Annotated[str, typer.Argument(metavar="ID", help="as `heedful silences list` shows it")],
    by: By = None,
    db: Db = None,
) -> None:
    """End a silence before its time.

    Example: `heedful silences end si_0123456789abcdef --db sqlite:///var/heedful.db`
    """
    context = context_of(db, None)
    context.store.silences.end(silence_id, named_by(by), context.now)
    say(f"silence {silence_id} has ended; a running service tells what it held back")
