"""`heedful rules push`, `list`, `history` and `export`: the rules that are published in a store."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.cli.files import InputError, writing_file
from api.cli.in_force import setup_in
from api.cli.options import By, Db, ProgramFolder, Why, line_of, named_by
from api.cli.output import say, stderr, stdout
from engine.ports import SystemClock
from engine.program_folder import load_program
from engine.rules.load import load_rules
from engine.shelf.export import unmanaged
from engine.shelf.publisher import Publisher, Pushed, Signature
from engine.shelf.version import RuleVersion
from engine.store.shelf import PAGE, RuleFilter
from engine.store.store import Store

SHOWN = 10


def push(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a folder of rules, or a program folder")],
    program_folder: ProgramFolder = None,
    db: Db = None,
    model: Annotated[
        Path | None,
        typer.Option(envvar="HEEDFUL_MODEL", help="a model's folder or store; else HEEDFUL_MODELS"),
    ] = None,
    why: Why = "",
    by: By = None,
) -> None:
    """Publish a folder's rules: running services judge by them within seconds, without losing a request.

    Rules that changed get a new version, and rules that left the folder are retired; rules made over HTTP stay.
    Where anything has an error, nothing is published, and every error is listed (exit code 2).

    Example: `heedful rules push samples/program --db sqlite:///var/heedful.db --why "the new menus"`
    """
    from api.model import ServedModel
    from api.opening import open_store
    from api.runtime import taxonomy_of
    from api.settings import settings_of
    from models.topics import load_program_reader

    signature = Signature(named_by(by), line_of(why))
    settings = settings_of(db=db, model=model)
    is_program = (folder / "program.yaml").is_file()
    program, warnings = load_program(folder if is_program else program_folder, None if is_program else folder)
    served = ServedModel(settings.model, settings.models, partial(load_program_reader, program))
    store = open_store(settings.db)
    # Rules may name receivers that are published; the files alone say what else they are loaded under.
    loaded = load_rules(setup_in(store, program).program, taxonomy_of(served, program))
    for finding in (*warnings, *(one for one in loaded.findings if one.level == "warning")):
        stderr.print(str(finding), style="yellow", markup=False, highlight=False, soft_wrap=True)
    clock = SystemClock()
    bare = load_rules(replace(program, rule_files=()), loaded.taxonomy)
    publisher = Publisher(store.shelf, bare, clock, directory=store.people.directory)
    pushed = publisher.push(loaded, signature)
    # What they were published under: 'heedful run' without a program judges by it.
    store.versions.keep(publisher.rules, clock.now())
    store.close()
    tell(pushed)


def list_rules(
    db: Db = None,
    retired: Annotated[bool, typer.Option("--retired", help="the retired ones instead")] = False,
) -> None:
    """List the rules that are published in a store.

    Example: `heedful rules list --db sqlite:///var/heedful.db`
    """
    store = _store(db)
    table = Table("rule", "version", "status", "title", "author", "from", "published", "by")
    after = ""
    while page := store.shelf.page(RuleFilter(retired=retired), after=after):
        after = page[-1].slug
        for version in page:
            table.add_row(*map(escape, _cells(version)))
        if len(page) < PAGE:
            break
    stdout.print(table)


def history(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="the rule's name")],
    db: Db = None,
) -> None:
    """Show every version of a rule: who published it, when and why.

    Example: `heedful rules history angry-digital-complaint --db sqlite:///var/heedful.db`
    """
    shelf = _store(db).shelf
    table = Table("version", "published", "by", "why", "what", "from")
    before: int | None = None
    while found := shelf.history(slug, before=before):
        before = found[-1].number
        for version in found:
            what = "retired" if version.draft.retired else version.draft.status
            cells = (str(version.number), _moment(version), version.who, version.why, what, _origin(version))
            table.add_row(*map(escape, cells))
        if len(found) < PAGE:
            break
    stdout.print(table)


def export(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="a folder; it is made if need be")],
    db: Db = None,
) -> None:
    """Write the rules that were made over HTTP as files, one a rule, to be kept with the others.

    Example: `heedful rules export --db sqlite:///var/heedful.db -o rules`
    """
    versions = unmanaged(_store(db).shelf)
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(f"{output} cannot be made: {problem.strerror}") from problem
    for version in versions:
        with writing_file(output / version.draft.file) as file:
            file.write(version.draft.text)
    say(f"{len(versions)} rules are in {output}; 'heedful rules push' makes them managed")


def _store(db: str | None) -> Store:
    from api.opening import open_store
    from api.settings import settings_of

    return open_store(settings_of(db=db).db)


def _cells(version: RuleVersion) -> tuple[str, ...]:
    draft = version.draft
    status = "retired" if draft.retired else draft.status
    title, author = draft.title, draft.author or ""
    return draft.slug, str(version.number), status, title, author, _origin(version), _moment(version), version.who


def _origin(version: RuleVersion) -> str:
    return version.draft.file if version.draft.managed else "HTTP"


def _moment(version: RuleVersion) -> str:
    return f"{version.at:%Y-%m-%d %H:%M}"


def tell(pushed: Pushed, place: str = "folder") -> None:
    """Say what came of a push of a folder, or of a file."""
    if not pushed.published and not pushed.retired:
        say("all is published as it is; nothing was changed")
        return
    for slugs, what in (
        (pushed.published, "published"),
        (pushed.taken_over, f"of these were made over HTTP, and belong to the {place} now"),
        (pushed.retired, f"retired, as they left the {place}"),
    ):
        if slugs:
            more = f" and {len(slugs) - SHOWN} more" if len(slugs) > SHOWN else ""
            say(f"{len(slugs)} {what}: {', '.join(slugs[:SHOWN])}{more}")
