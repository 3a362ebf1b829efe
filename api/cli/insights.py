"""`heedful insights`: what feedback says taken together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table
from rich.text import Text

from api.addresses import base_of
from api.cli.files import writing_file
from api.cli.options import AsJson, Db
from api.cli.output import say, stdout
from api.cli.where import As, Output, Since, Unit, Until, Where, looking
from api.settings import Settings
from api.tables import flat, happening_rows, trend_rows, write_table
from engine.errors import QuestionError
from engine.insights.asking import parse_target
from engine.insights.bins import Every
from engine.insights.kinds import kind_of
from engine.insights.trends import Depth
from engine.names import unknown
from engine.store.insights import span_in

insights = typer.Typer(help="Tell what feedback says taken together.", no_args_is_help=True)
EveryOption = Annotated[Every, typer.Option(help="how long a bin is, in the program's zone")]
BY = "emotion, intent, topic, sentiment, unit, channel, source, language, or an attribute"
Rows = Iterable[Mapping[str, Any]]


@insights.command()
def volume(
    where: Where = None,
    since: Since = None,
    until: Until = None,
    every: EveryOption = Every.DAY,
    person: As = None,
    unit: Unit = None,
    output: Output = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Tell how much feedback came, and of how much an alert was opened, over time.

    Example: `heedful insights volume --since 14d --where channel=email --db sqlite:///var/heedful.db`
    """
    with looking(db, where, since, until, person=person, unit=unit) as look:
        program, found = look.context.program, look.context.store.insights
        report = found.volume(look.spanned, every, program, look.who).as_dict()
    _tell(report, report["bins"], ("start", "feedback", "count", "share", "low", "high"), output, as_json=as_json)


@insights.command()
def patterns(
    where: Where = None,
    since: Since = None,
    until: Until = None,
    every: EveryOption = Every.WEEK,
    person: As = None,
    unit: Unit = None,
    output: Output = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Tell of how much alerted feedback the alert is part of a pattern: it has a problem, or a signal behind it.

    Example: `heedful insights patterns --since 90d --db sqlite:///var/heedful.db`
    """
    with looking(db, where, since, until, person=person, unit=unit) as look:
        program, found = look.context.program, look.context.store.insights
        report = found.patterns(look.spanned, every, program, look.who).as_dict()
    rows = [*report["bins"], report["total"]]
    _tell(report, rows, ("start", "end", "feedback", "count", "share", "low", "high"), output, as_json=as_json)


@insights.command()
def trends(
    by: Annotated[str, typer.Option(help=BY)] = "topic",
    under: Annotated[str | None, typer.Option(help="only what is right below this node")] = None,
    leaves: Annotated[bool, typer.Option("--leaves", help="the lowest nodes, not the topmost")] = False,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    every: EveryOption = Every.WEEK,
    person: As = None,
    unit: Unit = None,
    output: Output = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Tell how the shares of labels, sentiments or segments change.

    Example: `heedful insights trends --by topic --under digital --since 90d --db sqlite:///var/heedful.db`
    """
    with looking(db, where, since, until, person=person, unit=unit) as look:
        program, found = look.context.program, look.context.store.insights
        kind, depth = kind_of(by, program), Depth(under, leaves)
        report = found.trends(look.spanned, kind, every, program, depth=depth, who=look.who).as_dict()
    columns = ("start", "name", "count", "feedback", "share")
    _tell(report, list(trend_rows(report)), columns, output, as_json=as_json)


@insights.command()
def drivers(
    target: Annotated[str, typer.Option(help="alerted, rule=..., score=nps:..6, label=intent:churn ...")] = "alerted",
    where: Where = None,
    since: Since = None,
    until: Until = None,
    person: As = None,
    unit: Unit = None,
    output: Output = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Tell which topics, intents, emotions and segments stand out among a target, against all other feedback.

    Example: `heedful insights drivers --target score=nps:..6 --since 90d --db sqlite:///var/heedful.db`
    """
    with looking(db, where, since, until, person=person, unit=unit) as look:
        program, found = look.context.program, look.context.store.insights
        report = found.drivers(look.spanned, parse_target(target, program), program, look.who).as_dict()
    if not as_json:
        say(f"{report['target']:,} against {report['rest']:,}; {report['tried']} compared")
    columns = ("finding", "kind", "name", "share", "rest_share", "ratio", "low", "high", "q")
    _tell(report, report["drivers"], columns, output, as_json=as_json)


@insights.command()
def scores(
    of: Annotated[str, typer.Option(help="a declared score")] = "nps",
    by: Annotated[str | None, typer.Option(help=BY)] = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    person: As = None,
    unit: Unit = None,
    output: Output = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Tell a score by segment, with 95% intervals.

    Example: `heedful insights scores --of nps --by unit --since 90d --db sqlite:///var/heedful.db`
    """
    with looking(db, where, since, until, person=person, unit=unit) as look:
        program, found = look.context.program, look.context.store.insights
        if of not in program.scores:
            raise QuestionError(unknown("score", of, program.scores), "of")
        kind = None if by is None else kind_of(by, program)
        report = found.segments(look.spanned, program.scores[of], kind, look.who).as_dict()
    value = "net" if report["total"]["net_value"] is not None else "mean"
    columns = ("name", "answers", "good", "bad", *(f"{value}_{what}" for what in ("value", "low", "high")))
    _tell(report, [*report["segments"], report["total"]], columns, output, as_json=as_json)


@insights.command()
def rules(
    since: Since = None,
    until: Until = None,
    unit: Unit = None,
    output: Output = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Tell how many alerts each rule opened, how right they were, and how soon they were followed up.

    Example: `heedful insights rules --since 30d --db sqlite:///var/heedful.db`
    """
    with looking(db, None, since, until, unit=unit) as look:
        span = span_in(look.spanned)
        found = look.context.store.insights.rules(*span, look.context.now, look.who)
    rows = [line.as_dict() for line in found]
    columns = ("rule", "alerts", "a_week", "signals", "precision.value", "follow_up.share", "close.share")
    _tell({"rules": rows}, rows, columns, output, as_json=as_json)


@insights.command()
def happenings(
    since: Since = None,
    until: Until = None,
    unit: Unit = None,
    output: Output = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """List the signals, such as spikes, and the problems of a span.

    Example: `heedful insights happenings --since 30d --db sqlite:///var/heedful.db`
    """
    with looking(db, None, since, until, unit=unit) as look:
        report = look.context.store.insights.happenings(*span_in(look.spanned), look.who).as_dict()
    columns = ("what", "id", "title", "state", "opened_at", "created_at", "feedback", "alerts")
    _tell(report, list(happening_rows(report, base_of(Settings()))), columns, output, as_json=as_json)


@insights.command()
def coaching(
    employee: Annotated[str, typer.Argument(help="the id of a person")],
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="who looks: the employee, or a manager")],
    where: Where = None,
    since: Since = None,
    until: Until = None,
    output: Output = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Tell an employee's praise and alerts by topic; for the employee and those who manage them.

    Example: `heedful insights coaching ann --as bob --since 90d --db sqlite:///var/heedful.db`
    """
    with looking(db, where, since, until, person=person) as look:
        found = look.context.store.coaching.report(employee, look.spanned, look.context.program, look.who)
    report = found.as_dict()
    columns = ("name", "feedback", "praise", "praise_share", "alerts", "alerts_share")
    _tell(report, [*report["topics"], report["total"]], columns, output, as_json=as_json)
    if not as_json:
        for note in report["notes"]:
            say(f"{note['at'][:16]} {note['author']}: {note['note']}")


def _tell(report: Any, rows: Rows, columns: Sequence[str], output: Path | None, *, as_json: bool) -> None:
    """Write a table where it is wanted: to a file as CSV, as JSON, or for people."""
    if output is not None:
        with writing_file(output) as file:
            count = write_table(rows, file)
        say(f"{count} rows are in {output}")
        return
    if as_json:
        typer.echo(orjson.dumps(report))
        return
    table = Table(*(column.replace("_", " ").replace(".", " ") for column in columns))
    for row in map(flat, rows):
        table.add_row(*(Text(_said(column, row.get(column))) for column in columns))
    stdout.print(table)


def _said(column: str, value: Any) -> str:
    if value is None:
        return "all" if column == "name" else "-"
    if column in ("start", "end", "opened_at", "created_at"):
        return str(value)[:16].replace("T", " ")
    return f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
