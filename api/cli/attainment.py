"""`heedful attainment`: how many alerts were followed up and closed in time."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from api.cli.context import context_of, told
from api.cli.options import AsJson, Db
from api.cli.output import say, stdout
from engine.alerts.attainment import Counts, Goal, GroupedBy, Line, Question, parse_goal, span_of
from engine.alerts.severity import Severity
from engine.moments import parse_since
from engine.targets import Clock


def attainment(
    since: Annotated[
        str, typer.Option(metavar="SPAN|MOMENT", help="of alerts opened since: 30d or 2026-03-01")
    ] = "30d",
    until: Annotated[str | None, typer.Option(metavar="SPAN|MOMENT", help="and before; else now")] = None,
    by: Annotated[GroupedBy | None, typer.Option(help="what it is told apart by")] = None,
    goal: Annotated[str | None, typer.Option(help="such as '90% followed up in 24h' or '85% resolved'")] = None,
    rule: Annotated[str | None, typer.Option(help="only of this rule")] = None,
    holder: Annotated[str | None, typer.Option(help="only with this person or team")] = None,
    team: Annotated[str | None, typer.Option(help="only of this team")] = None,
    unit: Annotated[str | None, typer.Option(help="only of this unit and below")] = None,
    severity: Annotated[Severity | None, typer.Option(help="only of this severity")] = None,
    intent: Annotated[str | None, typer.Option(help="only about feedback with this intent")] = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Tell how many of the alerts opened in a span met their targets.

    Counted is what met its target or is past due; reviews, old feedback, and alerts judged wrong_label or duplicate
    are out. A goal may bring a span of its own; then the answer is met or not met, and whether those that are pending
    can still change it.

    Example: `heedful attainment --since 30d --by team --goal "90% followed up in 24h" --db sqlite:///var/heedful.db`
    """
    context = context_of(db, None)
    now, zone = context.now, context.program.zone
    begin = parse_since(since, now, zone)
    end = None if until is None else parse_since(until, now, zone)
    asked = Question(
        *span_of(begin, end, now, zone),
        by,
        None if goal is None else parse_goal(goal),
        rule,
        holder,
        team,
        unit,
        severity,
        intent,
    )
    found = context.store.attainment.report(asked, now)
    if as_json:
        typer.echo(orjson.dumps(found.as_dict()))
        return
    title = f"alerts opened from {told(asked.since)} to {told(asked.until)} UTC"
    table = Table(str(by or ""), "alerts", "followed up in time", "closed in time", "goal", title=title)
    for line in (*found.groups, found.total):
        name = "all" if line is found.total else line.name or "(none)"
        table.add_row(*map(escape, (name, f"{line.alerts:,}", *_told(line), _answer(line, asked.goal))))
    stdout.print(table)
    if asked.goal is not None:
        say(f"{asked.goal}: {_answer(found.total, asked.goal)}")


def _told(line: Line) -> list[str]:
    return [_share(line.clocks[clock]) for clock in Clock]


def _share(counts: Counts) -> str:
    pending = f", {counts.pending:,} pending" if counts.pending else ""
    share = "-" if counts.share is None else f"{100 * counts.share:.1f}%"
    return f"{share} ({counts.met:,} of {counts.decided:,}{pending})"


def _answer(line: Line, goal: Goal | None) -> str:
    if goal is None:
        return ""
    counts = line.clocks[goal.clock]
    answer = counts.answers(goal.at_least).replace("_", " ")
    return answer if counts.is_settled(goal.at_least) else f"{answer} so far, {counts.pending:,} pending can change it"
