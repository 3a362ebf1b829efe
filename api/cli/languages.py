"""`heedful languages`: in which languages feedback came."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from api.cli.context import context_of, told
from api.cli.options import AsJson, Db
from api.cli.output import say, stdout
from engine.alerts.attainment import span_of
from engine.moments import parse_since


def languages(
    since: Annotated[
        str, typer.Option(metavar="SPAN|MOMENT", help="of feedback received since: 30d or 2026-03-01")
    ] = "30d",
    until: Annotated[str | None, typer.Option(metavar="SPAN|MOMENT", help="and before; else now")] = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Tell in which languages feedback came, and how much of it no model of the program reads.

    Example: `heedful languages --since 7d --db sqlite:///var/heedful.db`
    """
    context = context_of(db, None)
    now, zone = context.now, context.program.zone
    end = None if until is None else parse_since(until, now, zone)
    found = context.store.languages.report(*span_of(parse_since(since, now, zone), end, now, zone))
    if as_json:
        typer.echo(orjson.dumps(found.as_dict()))
        return
    table = Table(
        "language", "status", "feedback", "share", title=f"from {told(found.since)} to {told(found.until)} UTC"
    )
    for one in found.counts:
        share = f"{100 * one.count / found.feedback:.1f}%"
        table.add_row(*map(escape, (one.language or "(not told)", str(one.status), f"{one.count:,}", share)))
    stdout.print(table)
    say(f"{found.unsupported:,} of {found.feedback:,} in a language that no model reads")
