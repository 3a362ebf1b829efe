"""`heedful receivers`: where messages can go, and whether they arrive."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.cli.in_force import in_force, setup_in, warn
from api.cli.options import Db, ProgramFolder, named_by
from api.cli.outbox import store_of
from api.cli.output import say, stderr, stdout
from api.cli.setting_commands import (
    export_receivers,
    push_receivers,
    receiver_versions,
    retire_receiver,
    rollback_receiver,
    show_receiver,
)
from api.masking import mask_texts
from engine.errors import NotFoundError
from engine.names import unknown
from engine.ports import SystemClock
from engine.program import Program
from engine.program_folder import load_program
from engine.store.audit import Entry

receivers = typer.Typer(
    help="List, publish and test receivers, see how they do, start those that are stopped.",
    no_args_is_help=True,
)
Json = Annotated[bool, typer.Option("--json", help="JSON instead of a table")]
FAILED = 1


receivers.command("push")(push_receivers)
receivers.command("versions")(receiver_versions)
receivers.command("show")(show_receiver)
receivers.command("export")(export_receivers)
receivers.command("rollback")(rollback_receiver)
receivers.command("retire")(retire_receiver)


@receivers.command("list")
def list_receivers(program_folder: ProgramFolder = None, as_json: Json = False, db: Db = None) -> None:
    """List the receivers of a program and those that are published in a store, without addresses and secrets.

    Example: `heedful receivers list --program samples/program --db sqlite:///var/heedful.db`
    """
    from api.receiver_shapes import receiver_out

    specs = in_force(_program(program_folder), db).receivers
    shown = [receiver_out(spec) for _, spec in sorted(specs.items())]
    if as_json:
        say(json.dumps({"receivers": shown}, indent=2))
        return
    columns = ("name", "kind", "sees", "needs an address", "for customers", "fallback", "budget", "stands")
    table = Table(*columns)
    for one in shown:
        flags = ("yes" if one["takes_address"] else "", "yes" if one["to_customer"] else "")
        rest = (one["fallback"] or "", str(one["budget"] or ""), one["problem"] or one["stands"])
        table.add_row(*map(escape, (one["name"], one["kind"], one["sees"], *flags, *rest)))
    stdout.print(table)


@receivers.command("test")
def try_receiver(
    name: Annotated[str, typer.Argument(metavar="NAME", help="the receiver's name")],
    address: Annotated[str | None, typer.Option(help="whom to send it to, where the receiver needs an address")] = None,
    program_folder: ProgramFolder = None,
    as_json: Json = False,
    db: Db = None,
) -> None:
    """Send a test message to a receiver, the way alerts go, and say what happened (exit code 1 if it was not taken).

    Example: `heedful receivers test operators --program samples/program`
    """
    from engine.delivery.receivers import receivers_of
    from engine.delivery.trial import send_test

    program = in_force(_program(program_folder), db)
    spec = program.receivers.get(name)
    if spec is None:
        raise NotFoundError(unknown("receiver", name, program.receivers))
    sender = receivers_of({name: spec}, mask_texts, templates=program.templates)[name]
    tested = send_test(sender, spec, SystemClock(), address)
    if as_json:
        say(json.dumps(tested.as_dict(), indent=2))
    else:
        what = "delivered" if tested.delivered else "not delivered"
        say(f"{name}: {what} in {tested.took_s:.1f} s: {tested.said}")
    if not tested.delivered:
        raise typer.Exit(FAILED)


@receivers.command("states")
def list_states(as_json: Json = False, db: Db = None) -> None:
    """List the receivers that were ever sent to, and how they do.

    Example: `heedful receivers states --db sqlite:///var/heedful.db`
    """
    found = [one.as_dict() for one in store_of(db).receivers.all().values()]
    if as_json:
        say(json.dumps(found, indent=2))
        return
    table = Table("name", "state", "failed in a row", "since (UTC)", "last sent (UTC)", "why")
    for one in found:
        since = (one["failing_since"] or "")[:16].replace("T", " ")
        sent = (one["last_sent_at"] or "")[:16].replace("T", " ")
        table.add_row(*map(escape, (one["name"], one["state"], str(one["failures"]), since, sent, one["reason"])))
    stdout.print(table)


@receivers.command()
def start(name: Annotated[str, typer.Argument(metavar="NAME", help="of a receiver")], db: Db = None) -> None:
    """Send to a stopped receiver again, also what was held for it meanwhile.

    Example: `heedful receivers start crm --db sqlite:///var/heedful.db`
    """
    store = store_of(db)
    known = store.receivers.all()
    if name not in known:
        raise NotFoundError(unknown("receiver", name, known))
    due = store.receivers.start(name, SystemClock().now())
    stderr.print(f"{name} is started; {due} notifications are due now", markup=False, highlight=False)


@receivers.command()
def pause(
    name: Annotated[str, typer.Argument(metavar="NAME", help="of a receiver")],
    why: Annotated[str, typer.Option(help="the reason, for whoever wonders where the messages are")],
    by: Annotated[str | None, typer.Option(help="who does it; else the user that is logged in")] = None,
    program_folder: ProgramFolder = None,
    db: Db = None,
) -> None:
    """Hold what is for a receiver until it is started; the operators are told, and its fallback gets it.

    Example: `heedful receivers pause crm --why "it moves" --db sqlite:///var/heedful.db`
    """
    store, who = store_of(db), named_by(by)
    known = setup_in(store, _program(program_folder)).program.receivers
    if name not in known:
        raise NotFoundError(unknown("receiver", name, known))
    now = SystemClock().now()
    with store.audit.of(Entry(who, "pause", "receiver", name, "heedful receivers", {"why": why[:500]}), now):
        store.receivers.pause(name, who, why, now)
    stderr.print(f"{name} is paused; 'heedful receivers start {name}' starts it", markup=False, highlight=False)


def _program(folder: ProgramFolder) -> Program:
    program, findings = load_program(folder)
    warn(findings)
    return program
