"""`heedful alerts`: the queue, one alert with all that belongs to it, and what is done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from api.cli import alert_changes
from api.cli.context import Context
from api.cli.options import AsJson, Db
from api.cli.output import say, stdout
from engine.alerts.alert import CLOSED, Alert, AlertKind, AlertState
from engine.alerts.severity import Severity
from engine.alerts.standing import clocks_of
from engine.durations import say_duration
from engine.ports import SystemClock
from engine.store.alert_filter import AlertFilter, Sort

alerts = typer.Typer(help="List alerts, and follow them up to their end.", no_args_is_help=True)
for name, command in alert_changes.COMMANDS.items():
    alerts.command(name)(command)
MOMENTS = ("at", "opened_at")


def _asked(context: Context, customer: str | None) -> tuple[str, ...] | None:
    """Return under which names a customer's alerts are stored."""
    from api.privacy import asking_redactor, customers_asked
    from api.settings import settings_of

    if customer is None:
        return None
    redactor = asking_redactor(context.program, settings_of(), context.store, SystemClock())
    return customers_asked(customer, redactor)


@alerts.command("list")
def list_alerts(
    db: Db = None,
    rule: Annotated[str | None, typer.Option(help="of this rule")] = None,
    severity: Annotated[Severity | None, typer.Option(help="of this severity")] = None,
    state: Annotated[list[AlertState] | None, typer.Option(help="in this state; may be given several times")] = None,
    kind: Annotated[AlertKind | None, typer.Option(help="of this kind; reviews have a queue of their own")] = None,
    holder: Annotated[str | None, typer.Option(help="that this person or team holds")] = None,
    team: Annotated[str | None, typer.Option(help="that count for this team")] = None,
    unit: Annotated[str | None, typer.Option(help="of this unit and below")] = None,
    customer: Annotated[str | None, typer.Option(help="of this customer")] = None,
    problem: Annotated[str | None, typer.Option(help="linked to this problem")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="not closed, and past due")] = False,
    newest: Annotated[bool, typer.Option("--newest", help="all of them, newest first, instead of the queue")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="at most so many")] = 50,
    as_json: AsJson = False,
) -> None:
    """List what is to be done, the most urgent first; with closed states, or --newest, the newest first.

    Example: `heedful alerts list --team care --overdue --db sqlite:///var/heedful.db`
    """
    wanted = AlertFilter(
        rule=rule,
        severity=severity,
        states=tuple(map(str, state)) if state else None,
        kind=kind,
        holders=(holder,) if holder is not None else None,
        team=team,
        unit=unit,
        problem=problem,
    )
    sort = Sort.NEWEST if newest or CLOSED.intersection(state or ()) else Sort.PRIORITY
    with alert_changes.opened(db) as context:
        now = context.now
        customers = _asked(context, customer)
        late = replace(wanted, overdue_at=now if overdue else None, customers=customers)
        page = context.store.alerts.page(late, sort=sort, limit=limit)
    if as_json:
        typer.echo(orjson.dumps([alert.as_dict() for alert in page.alerts]))
        return
    table = Table()
    # What the other commands want must not be cut short.
    table.add_column("id", no_wrap=True, overflow="fold")
    for name in ("severity", "rule", "state", "holder", "customer", "due"):
        table.add_column(name, overflow="fold")
    for alert in page.alerts:
        table.add_row(*map(escape, _cells(alert, now)))
    stdout.print(table)
    if page.cursor is not None:
        say(f"there are more than {limit}; see them with --limit")


def _cells(alert: Alert, now: datetime) -> tuple[str, ...]:
    urgency = f"{alert.severity} {alert.priority}"
    named = (alert.id, urgency, alert.rule, alert.state.replace("_", " "))
    return (*named, alert.holder or "", alert.customer or "", _due(clocks_of(alert, now)))


def _due(clocks: dict[str, Any]) -> str:
    """Return the next thing that is due, in the largest unit that says enough."""
    running = [(clock["left_s"], what) for what, clock in clocks.items() if clock["left_s"] is not None]
    if not running:
        return ""
    left, what = min(running)
    said = _rough(abs(left))
    return f"{what.replace('_', ' ')} {'late by ' + said if left < 0 else 'in ' + said}"


def _rough(seconds: int) -> str:
    unit = next((unit for unit in (86_400, 3_600, 60) if seconds >= 2 * unit), 1)
    return say_duration(timedelta(seconds=seconds // unit * unit))


@alerts.command()
def show(
    alert_id: Annotated[str, typer.Argument(metavar="ID", help="as `heedful alerts list` shows it")],
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Show an alert: why it opened, its clocks, its history, attempts, linked feedback and messages.

    Example: `heedful alerts show al_0123456789abcdef01234567 --db sqlite:///var/heedful.db`
    """
    with alert_changes.opened(db) as context:
        alert, more = context.store.alerts.one(alert_id)
    clocks = clocks_of(alert, context.now)
    if as_json:
        typer.echo(orjson.dumps(alert.as_dict() | more | {"clocks": clocks}))
        return
    for name, value in _facts(alert, more, clocks):
        say(f"{name:<12} {value}")
    earlier = more["earlier"]
    _print("history", ("at", "kind", "who", "why"), more["events"])
    _print("attempts", ("at", "channel", "outcome", "remedy", "root_cause", "who", "note"), more["attempts"])
    _print("linked feedback", ("source", "id"), more["feedback"])
    title = f"earlier alerts of the customer: {earlier['count']}"
    _print(title, ("id", "opened_at", "rule", "state", "judged"), earlier["alerts"])
    _print("messages", ("id", "receiver", "state", "held_reason"), more["notifications"])


def _facts(alert: Alert, more: dict[str, Any], clocks: dict[str, Any]) -> list[tuple[str, str]]:
    verdict = more["verdict"]
    facts = {
        "alert": f"{alert.id} (version {alert.version})",
        "rule": f"{alert.rule}: {alert.title}",
        "severity": f"{alert.severity}, priority {alert.priority}",
        "state": alert.state.replace("_", " "),
        "about": f"{alert.source}/{alert.feedback_id}" + (f" of customer {alert.customer}" if alert.customer else ""),
        "because": "; ".join(alert.reasons),
        "holder": f"{alert.holder or 'nobody'}" + (f" (team {alert.team})" if alert.team else ""),
        "due": _due(clocks),
        "root cause": alert.root_cause or "",
        "remedy": alert.remedy or "",
        "verdict": f"{verdict['verdict']} by {verdict['who']}" if verdict else "",
    }
    return [(name, value) for name, value in facts.items() if value]


def _print(title: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    table = Table(*(column.replace("_", " ") for column in columns), title=title, title_justify="left")
    for row in rows:
        table.add_row(*(escape(_shown(column, row[column])) for column in columns))
    stdout.print(table)


def _shown(column: str, value: str | None) -> str:
    return value[:16].replace("T", " ") if value and column in MOMENTS else value or ""
