"""`push`, `versions`, `export`, `rollback` and `retire` of receivers and of routes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.markup import escape
from rich.table import Table

from api.cli.context import context_of
from api.cli.files import writing_file
from api.cli.options import By, Db, ProgramFolder, Why, line_of, named_by
from api.cli.outbox import store_of
from api.cli.output import say, stdout
from api.cli.publishing import tell
from engine.ports import SystemClock
from engine.program_files import read_text
from engine.rules.load import load_rules
from engine.shelf.publisher import Publisher
from engine.shelf.setting import SettingDraft, SettingKind, SettingVersion, routes_draft
from engine.shelf.setting_publisher import SettingPublisher
from engine.shelf.setting_texts import exported, receiver_drafts
from engine.shelf.setup import ROUTES, Key
from engine.shelf.signature import Signature
from engine.store.audit import Entry
from engine.store.setting_versions import PAGE

Result = TypeVar("Result")
Name = Annotated[str, typer.Argument(metavar="NAME", help="the receiver's name")]
Number = Annotated[int, typer.Argument(metavar="VERSION", min=1, help="as `versions` shows it")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="a file of YAML")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="else it is shown")]


def push_receivers(
    file: File, program_folder: ProgramFolder = None, db: Db = None, why: Why = "", by: By = None
) -> None:
    """Publish a file of receivers: running services send to them within seconds.

    They are managed then: changed in this file and pushed again, and read-only elsewhere; one that left the file is
    retired. `url` and `secret` name environment variables, which are set here and for every service. Where anything has
    an error, nothing is published.

    Example: `heedful receivers push ours.yaml --program samples/program --db sqlite:///var/heedful.db`
    """
    drafts = receiver_drafts(read_text(file))
    _push(drafts, SettingKind.RECEIVER, file, program_folder, db, Signature(named_by(by), line_of(why)))


def push_routes(file: File, program_folder: ProgramFolder = None, db: Db = None, why: Why = "", by: By = None) -> None:
    """Publish a file of routes: alerts that open from now on go by them.

    They are managed then: changed in this file and pushed again, and read-only elsewhere.

    Example: `heedful routes push ours.yaml --program samples/program --db sqlite:///var/heedful.db`
    """
    draft = routes_draft(read_text(file), managed=True)
    _push([draft], SettingKind.ROUTES, file, program_folder, db, Signature(named_by(by), line_of(why)))


def _push(
    drafts: Sequence[SettingDraft], kind: SettingKind, file: Path, folder: Path | None, db: str | None, by: Signature
) -> None:
    what = ("push", str(kind), file.name)
    tell(_changing(folder, db, what, by, lambda settings: settings.push(drafts, kind, by)), "file")


def receiver_versions(name: Name, db: Db = None) -> None:
    """Show every version of a published receiver: who published it, when and why.

    Example: `heedful receivers versions crm --db sqlite:///var/heedful.db`
    """
    _versions((SettingKind.RECEIVER, name), db)


def routes_versions(db: Db = None) -> None:
    """Show every version of the published routes: who published it, when and why.

    Example: `heedful routes versions --db sqlite:///var/heedful.db`
    """
    _versions(ROUTES, db)


def _versions(key: Key, db: str | None) -> None:
    rows, table = store_of(db).shelf.settings, Table("version", "published (UTC)", "by", "why", "what")
    before: int | None = None
    while found := rows.history(key, before=before):
        before = found[-1].number
        for one in found:
            what = "retired" if one.draft.retired else "from a file" if one.draft.managed else ""
            table.add_row(*map(escape, (str(one.number), f"{one.at:%Y-%m-%d %H:%M}", one.who, one.why, what)))
        if len(found) < PAGE:
            break
    stdout.print(table)


def show_receiver(
    name: Name,
    version: Annotated[int | None, typer.Option(min=1, help="an earlier version; else the latest")] = None,
    db: Db = None,
) -> None:
    """Show the text of a published receiver.

    Example: `heedful receivers show crm --version 2 --db sqlite:///var/heedful.db`
    """
    rows, key = store_of(db).shelf.settings, (SettingKind.RECEIVER, name)
    say((rows.latest(key) if version is None else rows.version(key, version)).draft.text.rstrip())


def export_receivers(output: Output = None, db: Db = None) -> None:
    """Write the published receivers as the receivers.yaml that they could be.

    Example: `heedful receivers export --db sqlite:///var/heedful.db -o receivers.yaml`
    """
    _write(exported(store_of(db).shelf.settings.all().values(), SettingKind.RECEIVER), output)


def export_routes(
    output: Output = None,
    version: Annotated[int | None, typer.Option(min=1, help="an earlier version; else the latest")] = None,
    db: Db = None,
) -> None:
    """Write the published routes as the routes.yaml that they could be.

    Example: `heedful routes export --db sqlite:///var/heedful.db -o routes.yaml`
    """
    rows = store_of(db).shelf.settings
    _write((rows.latest(ROUTES) if version is None else rows.version(ROUTES, version)).draft.text, output)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        say(text.rstrip())
        return
    with writing_file(output) as file:
        file.write(text)


def rollback_receiver(
    name: Name, number: Number, program_folder: ProgramFolder = None, db: Db = None, why: Why = "", by: By = None
) -> None:
    """Publish an earlier version of a receiver again, also of one that was retired.

    Example: `heedful receivers rollback crm 2 --db sqlite:///var/heedful.db --why "the new address is wrong"`
    """
    _rollback((SettingKind.RECEIVER, name), number, program_folder, db, Signature(named_by(by), line_of(why)))


def rollback_routes(
    number: Number, program_folder: ProgramFolder = None, db: Db = None, why: Why = "", by: By = None
) -> None:
    """Publish an earlier version of the routes again.

    Example: `heedful routes rollback 2 --db sqlite:///var/heedful.db --why "nobody was told"`
    """
    _rollback(ROUTES, number, program_folder, db, Signature(named_by(by), line_of(why)))


def _rollback(key: Key, number: int, folder: Path | None, db: str | None, by: Signature) -> None:
    def restore(settings: SettingPublisher) -> SettingVersion:
        return settings.restore(key, number, settings.latest(key).number, by)

    version = _changing(folder, db, ("restore", str(key[0]), key[1]), by, restore)
    say(f"{key[1]} is in version {version.number} now, which says what version {number} did")


def retire_receiver(
    name: Name, program_folder: ProgramFolder = None, db: Db = None, why: Why = "", by: By = None
) -> None:
    """Take a receiver out of use that nothing sends to any more; what waits for it goes to its fallback or `operators`.

    Example: `heedful receivers retire crm --db sqlite:///var/heedful.db --why "we moved"`
    """
    signature, key = Signature(named_by(by), line_of(why)), (SettingKind.RECEIVER, name)

    def retire(settings: SettingPublisher) -> SettingVersion:
        return settings.retire(name, settings.latest(key).number, signature)

    _changing(program_folder, db, ("retire", "receiver", name), signature, retire)
    say(f"{name} is retired; 'heedful receivers rollback {name} VERSION' brings it back")


def _changing(
    folder: Path | None,
    db: str | None,
    what: tuple[str, str, str],
    by: Signature,
    work: Callable[[SettingPublisher], Result],
) -> Result:
    """Change what is published, beside the rules of the store; it goes on record."""
    context = context_of(db, folder)
    store, clock = context.store, SystemClock()
    rules = load_rules(context.program, context.taxonomy)
    publisher = Publisher(store.shelf, rules, clock, directory=store.people.directory)
    publisher.look()
    entry = Entry(by.who, *what, "command line", {"why": by.why} if by.why else {})
    with store.audit.of(entry, clock.now()):
        done = work(SettingPublisher(publisher, store.shelf.settings))
    store.close()
    return done
