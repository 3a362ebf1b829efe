"""`heedful people`: who can be told, who leads which unit, and who manages whom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from api.cli.context import context_of
from api.cli.files import writing_file
from api.cli.options import AsJson, Db, ProgramFolder
from api.cli.output import say, stderr, stdout
from engine.errors import ConfigError, Located
from engine.people import Person
from engine.people_file import MOST_BYTES, parse_people, people_text
from engine.program_files import read_text, shown_path

MOST_SHOWN = 10
people = typer.Typer(help="Say who can be told, who leads which unit, and who manages whom.", no_args_is_help=True)


@people.command("import")
def import_people(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="a people.csv")],
    program_folder: ProgramFolder = None,
    db: Db = None,
) -> None:
    """Make a people.csv the people of a store: who is in it is managed by it, and who left it is gone.

    People who were entered over HTTP stay. Where anything has an error nothing is imported, and every error is listed.

    Example: `heedful people import samples/program/people.csv --db sqlite:///var/heedful.db`
    """
    context = context_of(db, program_folder)
    found: list[Located] = []
    read = parse_people(read_text(source, MOST_BYTES), shown_path(source), context.program, found)
    if any(one.level == "error" for one in found):
        raise ConfigError([one for one in found if one.level == "error"])
    for finding in found:
        stderr.print(str(finding), style="yellow", markup=False, highlight=False, soft_wrap=True)
    done = context.store.people.bring(read, context.now)
    context.store.close()
    if not done.written and not done.gone:
        say(f"all {len(read):,} people are there as they are; nothing was changed")
    for ids, what in (
        (done.written, "written"),
        (done.taken_over, "of these were entered over HTTP, and belong to the file now"),
        (done.gone, "gone, as they left the file"),
    ):
        if ids:
            say(f"{len(ids):,} {what}: {_named(ids)}")


@people.command("list")
def list_people(
    team: Annotated[str | None, typer.Option(help="only of this team")] = None,
    gone: Annotated[bool, typer.Option("--gone", help="those who have left too")] = False,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """List the people of a store, by id.

    Example: `heedful people list --team care --db sqlite:///var/heedful.db`
    """
    context = context_of(db, None)
    found = [one for one in context.store.people.all(gone=gone) if team is None or team in one.teams]
    if as_json:
        typer.echo(orjson.dumps([one.as_dict() for one in found]))
        return
    table = Table("id", "name", "manager", "units", "teams", "reached at", "from")
    for one in found:
        table.add_row(*map(escape, _cells(one)))
    stdout.print(table)


@people.command()
def show(
    person_id: Annotated[str, typer.Argument(metavar="ID", help="as `heedful people list` shows it")],
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Show one person, also one who has left.

    Example: `heedful people show ann --db sqlite:///var/heedful.db`
    """
    store = context_of(db, None).store
    found, directory = store.people.one(person_id), store.people.directory()
    if as_json:
        typer.echo(orjson.dumps(found.as_dict()))
        return
    managed = [one.id for one in directory.people if one.manager == found.id]
    table = Table(show_header=False)
    names = ("id", "name", "manager", "units", "teams", "reached at", "from")
    for name, cell in (*zip(names, _cells(found), strict=True), ("manages", _named(managed))):
        table.add_row(name, escape(cell))
    stdout.print(table)


@people.command()
def export(
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="OUT", help="else standard output")] = None,
    db: Db = None,
) -> None:
    """Write the people of a store as a people.csv: who was entered over HTTP can then be kept with the program.

    Example: `heedful people export --db sqlite:///var/heedful.db -o people.csv`
    """
    text = people_text(context_of(db, None).store.people.all())
    if output is None:
        typer.echo(text, nl=False)
        return
    with writing_file(output) as file:
        file.write(text)


def _cells(one: Person) -> tuple[str, ...]:
    units = "; ".join(f"lead:{unit}" if unit in one.leads else unit for unit in one.units)
    contacts = "; ".join(f"{receiver}:{address}" for receiver, address in one.contacts)
    origin = "gone" if one.gone else "people.csv" if one.managed else "HTTP"
    return one.id, one.name, one.manager or "", units, "; ".join(one.teams), contacts, origin


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - MOST_SHOWN:,} more" if len(ids) > MOST_SHOWN else ""
    return f"{', '.join(ids[:MOST_SHOWN])}{more}"
