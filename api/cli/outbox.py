"""`heedful outbox`: what waits to be sent, what is held, and what was given up."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from api.cli.files import InputError
from api.cli.options import AsJson, By, Db, line_of, named_by
from api.cli.output import say, stderr, stdout
from engine.ports import SystemClock
from engine.store.notifications import MOST, NotificationFilter
from engine.store.store import Store

outbox = typer.Typer(help="See what is sent, held and given up; send it again, or drop it.", no_args_is_help=True)
SHOWN = 100


class State(StrEnum):
    """Where a notification stands."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    HELD = "held"
    DROPPED = "dropped"


NotificationId = Annotated[str, typer.Argument(metavar="ID", help="as `heedful outbox list` shows it")]
InState = Annotated[State | None, typer.Option(help="where it stands")]
OfReceiver = Annotated[str | None, typer.Option(help="only those of this receiver")]
OfAlert = Annotated[str | None, typer.Option(help="only those of this alert")]


def store_of(db: str | None) -> Store:
    """Return the store that a command is about."""
    from api.opening import open_store
    from api.settings import settings_of

    return open_store(settings_of(db=db).db)


@outbox.command("list")
def list_notifications(
    state: InState = None,
    receiver: OfReceiver = None,
    alert: OfAlert = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="how many at most")] = SHOWN,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """List notifications.

    Example: `heedful outbox list --state dead --db sqlite:///var/heedful.db`
    """
    wanted = NotificationFilter(state and str(state), receiver, alert)
    found, following = store_of(db).notifications.page(wanted, limit=limit)
    if as_json:
        typer.echo(orjson.dumps(found))
        return
    table = Table()
    # What the other commands want must not be cut short.
    table.add_column("id", no_wrap=True, overflow="fold")
    for name in ("alert", "kind", "to", "state", "why", "tries", "due (UTC)"):
        table.add_column(name)
    for one in found:
        to = one["receiver"] if one["recipient"] in ("", one["receiver"]) else f"{one['recipient']} ({one['receiver']})"
        due = one["due_at"][:16].replace("T", " ") if one["state"] == "pending" else ""
        why = one["held_reason"] or (one["attempts"][-1]["detail"] if one["attempts"] else "")
        tries = str(len(one["attempts"]))
        cells = (one["id"], one["alert"] or "", one["kind"], to, one["state"], why, tries, due)
        table.add_row(*map(escape, cells))
    stdout.print(table)
    if following is not None:
        stderr.print(f"there are more than {limit}; --limit shows more of them", markup=False)


@outbox.command()
def show(notification_id: NotificationId, as_json: AsJson = False, db: Db = None) -> None:
    """Show a notification with its attempts and its message.

    Example: `heedful outbox show nt_0123456789abcdef01234567 --db sqlite:///var/heedful.db`
    """
    one = store_of(db).notifications.one(notification_id)
    if as_json:
        typer.echo(orjson.dumps(one))
        return
    say(f"{one['id']} ({one['kind']}) to {one['recipient'] or one['receiver']} by {one['receiver']}: {one['state']}")
    for line in _why(one):
        say(line)
    for tried in one["attempts"]:
        say(f"  {tried['at'][:19]} {tried['outcome']}: {tried['detail']}")
    say(orjson.dumps(one["message"], option=orjson.OPT_INDENT_2).decode())


def _why(one: dict[str, Any]) -> list[str]:
    """Return why a notification stands where it does, a line each."""
    told = {
        "alert": one["alert"],
        "because of": one["held_reason"] and f"{one['held_reason']} {one['held_by'] or ''}".strip(),
        "told of by": one["carried_by"],
        "due": one["due_at"][:19] if one["state"] == "pending" else None,
    }
    return [f"{name}: {value}" for name, value in told.items() if value]


@outbox.command()
def retry(
    notification_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="else all of --state or --receiver")
    ] = None,
    state: Annotated[State | None, typer.Option(help="dead or held")] = None,
    receiver: OfReceiver = None,
    by: By = None,
    db: Db = None,
) -> None:
    """Send what was given up or held now: the running service does so at once.

    Example: `heedful outbox retry --state dead --receiver crm --db sqlite:///var/heedful.db`
    """
    store, now = store_of(db), SystemClock().now()
    if notification_id is not None:
        store.notifications.retry(notification_id, named_by(by), now)
        count = 1
    elif state in (State.DEAD, State.HELD) or receiver is not None:
        count = store.notifications.retry_all(NotificationFilter(state and str(state), receiver), named_by(by), now)
    else:
        raise InputError("say which: an ID, --state dead, --state held, or --receiver NAME")
    more = "; there may be more: run it again" if count == MOST else ""
    stderr.print(f"{count} due now{more}", markup=False, highlight=False)


@outbox.command()
def drop(
    notification_id: NotificationId,
    why: Annotated[str, typer.Option("--why", help="for the alert's history")],
    by: By = None,
    db: Db = None,
) -> None:
    """Never send a notification.

    Example: `heedful outbox drop nt_0123456789abcdef01234567 --why "told by phone" --db sqlite:///var/heedful.db`
    """
    if not line_of(why):
        raise InputError('say why it is dropped: --why "told by phone"')
    store_of(db).notifications.drop(notification_id, named_by(by), line_of(why), SystemClock().now())
    stderr.print(f"{notification_id} is dropped", markup=False, highlight=False)
