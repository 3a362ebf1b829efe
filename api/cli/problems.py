"""`heedful problems`: one cause behind many alerts, followed until it is solved."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from api.addresses import base_of
from api.cli.context import Context, conditions_of, context_of, told
from api.cli.files import STANDARD, writing_file
from api.cli.options import AsJson, By, Db, ProgramFolder, named_by
from api.cli.output import say, stderr, stdout
from api.customers import write_csv, write_json
from api.settings import Settings
from engine.alerts.problem import Problem, ProblemState
from engine.alerts.problem_intake import Setting, admit_change, admit_problem
from engine.alerts.rates import Rate, RateChange
from engine.store.problem_pages import ProblemFilter

MOST = 1_000
SHOWN = 20
problems = typer.Typer(
    help="Follow one cause behind many alerts until it is solved, and find the customers behind it.",
    no_args_is_help=True,
)
ProblemId = Annotated[str, typer.Argument(metavar="ID", help="as `heedful problems list` shows it")]
AlertIds = Annotated[list[str], typer.Argument(metavar="ALERT...", help="ids of alerts and signals")]
Version = Annotated[int | None, typer.Option("--version", help="the version you saw; else the newest is taken")]
Holder = Annotated[str | None, typer.Option(help="a person, team or receiver")]
Due = Annotated[str | None, typer.Option(metavar="SPAN|MOMENT", help="until when it is to be solved: 14d, 2026-03-01")]
Topic = Annotated[str | None, typer.Option(help="whose rate shows whether the problem went away")]
Why = Annotated[str, typer.Option("--why", help="for the history")]
Quiet = Annotated[
    list[str] | None,
    typer.Option(
        "--quiet", metavar="KEY=VALUE", help="keeps the messages of such alerts quiet, and links them, while it is open"
    ),
]


@problems.command("list")
def list_problems(
    state: Annotated[ProblemState | None, typer.Option(help="open or solved; else both")] = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """List problems, the newest first.

    Example: `heedful problems list --state open --db sqlite:///var/heedful.db`
    """
    found = context_of(db, None).store.problems.page(ProblemFilter(state), limit=MOST).problems
    if as_json:
        typer.echo(orjson.dumps([one.as_dict() for one in found]))
        return
    table = Table("id", "state", "title", "topic", "unit", "holder", "due (UTC)", "opened (UTC)")
    for one in found:
        cells = (one.id, str(one.state), one.title, one.topic or "", one.unit or "", one.holder or "")
        table.add_row(*map(escape, (*cells, told(one.due_at), told(one.created_at))))
    stdout.print(table)


@problems.command()
def show(
    problem_id: ProblemId,
    days: Annotated[int, typer.Option(min=1, max=366, help="how far back the rate before goes")] = 28,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Show a problem: its history, its alerts, and how often its topic came up before and since.

    Example: `heedful problems show pr_0123456789abcdef --db sqlite:///var/heedful.db`
    """
    context = context_of(db, None)
    problem, more = context.store.problems.one(problem_id)
    rate = context.store.problems.rate(problem, context.now, days)
    if as_json:
        typer.echo(orjson.dumps(problem.as_dict() | more | {"rate": rate.as_dict() if rate else None}))
        return
    say(f"{problem.id} (version {problem.version}, {problem.state}): {problem.title}")
    for name, value in (("cause", problem.cause), ("topic", problem.topic), ("unit", problem.unit)):
        say(f"{name}: {value or 'not said'}")
    say(f"holder: {problem.holder or 'nobody'}; due: {told(problem.due_at) or 'not said'}")
    if problem.inhibits:
        say(f"keeps quiet while it is open: {problem.inhibits.matching.said}")
    _tell_rate(rate)
    counts = ", ".join(f"{count} {state}" for state, count in more["linked"].items())
    say(f"alerts and signals: {counts or 'none'}")
    for event in more["events"][-SHOWN:]:
        say(f"  {event['at'][:16]} {event['kind']} by {event['who']}{': ' if event['why'] else ''}{event['why']}")


@problems.command("open")
def open_problem(
    title: Annotated[str, typer.Option(help="what it is, in a few words")],
    alerts: Annotated[list[str] | None, typer.Argument(metavar="ALERT...", help="alerts and signals to link")] = None,
    cause: Annotated[str | None, typer.Option(help="what is behind it, as far as it is known")] = None,
    topic: Topic = None,
    unit: Annotated[str | None, typer.Option(help="where it is; else everywhere")] = None,
    holder: Holder = None,
    due: Due = None,
    quiet: Quiet = None,
    by: By = None,
    program_folder: ProgramFolder = None,
    db: Db = None,
) -> None:
    """Open a problem, from some alerts and signals or from nothing.

    Example: `heedful problems open al_... al_... --title "The app crashes at payment" --topic digital/reliability`
    """
    context = context_of(db, program_folder)
    record = {"title": title, "cause": cause, "topic": topic, "unit": unit, "holder": holder, "due": due}
    record |= _inhibits(quiet) | {"alerts": alerts or None}
    problem, linked = admit_problem(record, named_by(by), _setting(context))
    context.store.problems.open(problem, linked)
    stderr.print(f"opened; {len(linked)} alerts and signals are linked", markup=False, highlight=False)
    typer.echo(problem.id)


@problems.command()
def link(
    problem_id: ProblemId, alerts: AlertIds, why: Why = "", version: Version = None, by: By = None, db: Db = None
) -> None:
    """Link alerts and signals to a problem."""
    _change(problem_id, {"change": "link", "alerts": alerts, "why": why}, version, by, db)


@problems.command()
def unlink(
    problem_id: ProblemId, alerts: AlertIds, why: Why = "", version: Version = None, by: By = None, db: Db = None
) -> None:
    """Take alerts and signals off a problem."""
    _change(problem_id, {"change": "unlink", "alerts": alerts, "why": why}, version, by, db)


@problems.command()
def note(
    problem_id: ProblemId,
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    version: Version = None,
    by: By = None,
    db: Db = None,
) -> None:
    """Write a note into a problem's history."""
    _change(problem_id, {"change": "note", "why": text}, version, by, db)


@problems.command()
def edit(
    problem_id: ProblemId,
    title: Annotated[str | None, typer.Option()] = None,
    cause: Annotated[str | None, typer.Option()] = None,
    topic: Topic = None,
    holder: Holder = None,
    due: Due = None,
    quiet: Quiet = None,
    why: Why = "",
    version: Version = None,
    by: By = None,
    program_folder: ProgramFolder = None,
    db: Db = None,
) -> None:
    """Change what is said of a problem; an empty text clears it.

    Example: `heedful problems edit pr_0123456789abcdef --holder digital-operations --due 14d`
    """
    given = {"title": title, "cause": cause, "topic": topic, "holder": holder, "due": due}
    record: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    _change(problem_id, record | _inhibits(quiet) | {"change": "edit", "why": why}, version, by, db, program_folder)


@problems.command()
def solve(
    problem_id: ProblemId,
    why: Annotated[str, typer.Option("--why", help="what was done about the cause")],
    at: Annotated[str | None, typer.Option(metavar="MOMENT", help="since when; else since now")] = None,
    version: Version = None,
    by: By = None,
    program_folder: ProgramFolder = None,
    db: Db = None,
) -> None:
    """Say that a problem is solved; what it kept quiet is told of again from now on.

    Example: `heedful problems solve pr_0123456789abcdef --why "release 4.2 mends the payment page" --at 2026-03-01`
    """
    _change(problem_id, {"change": "solve", "why": why, "at": at}, version, by, db, program_folder)


@problems.command()
def reopen(
    problem_id: ProblemId,
    why: Annotated[str, typer.Option("--why", help="why it is not solved after all")],
    version: Version = None,
    by: By = None,
    db: Db = None,
) -> None:
    """Open a solved problem again."""
    _change(problem_id, {"change": "reopen", "why": why}, version, by, db)


@problems.command()
def export(
    problem_id: ProblemId,
    output: Annotated[str, typer.Option("--output", "-o", metavar="OUT", help="CSV, or JSON; - is CSV")] = STANDARD,
    db: Db = None,
) -> None:
    """Write the customers behind a problem, one a line, so that they can be told that it is solved.

    Example: `heedful problems export pr_0123456789abcdef --output customers.csv --db sqlite:///var/heedful.db`
    """
    rows, base = context_of(db, None).store.problems.customers(problem_id), base_of(Settings())
    if output == STANDARD:
        write_csv(rows, sys.stdout, base)
        return
    with writing_file(Path(output)) as file:
        as_json = Path(output).suffix.lower() == ".json"
        count = write_json(rows, problem_id, file) if as_json else write_csv(rows, file, base)
    say(f"{count} rows are in {output}")


@problems.command()
def suggest(as_json: AsJson = False, db: Db = None) -> None:
    """Say which open alerts of the last week may have one cause: more than chance explains come first.

    Example: `heedful problems suggest --db sqlite:///var/heedful.db`
    """
    context = context_of(db, None)
    found = context.store.problems.suggestions(context.now)
    if as_json:
        typer.echo(orjson.dumps([one.as_dict() for one in found]))
        return
    if not found:
        say("no two open alerts of the last 7 days have a rule or a topic in common")
    for one in found:
        say(f"{one.finding.replace('_', ' ')}: {one.said}")
        more = f" and {one.tally.waiting - SHOWN} more" if one.tally.waiting > SHOWN else ""
        say(f"  open: {' '.join(one.alerts[:SHOWN])}{more}")


def _change(
    problem_id: str,
    record: dict[str, Any],
    version: int | None,
    by: str | None,
    db: str | None,
    program_folder: Path | None = None,
) -> None:
    context = context_of(db, program_folder)
    seen = version or context.store.problems.get(problem_id).version
    change = admit_change(record | {"version": seen}, _setting(context))
    after = context.store.problems.change(problem_id, change, named_by(by), context.now)
    _tell(after)


def _tell(problem: Problem) -> None:
    say(f"problem {problem.id} is {problem.state}, at version {problem.version}")


def _inhibits(quiet: list[str] | None) -> dict[str, Any]:
    return {"inhibits": {"matching": conditions_of(quiet)}} if quiet else {}


def _setting(context: Context) -> Setting:
    return Setting(context.now, context.program, context.taxonomy, context.store.people.directory())


def _tell_rate(rate: RateChange | None) -> None:
    if rate is None:
        say("rate: not known without a topic")
        return
    say(f"rate before: {_said(rate.before)}")
    say(f"rate since:  {_said(rate.after)}")
    chance = "" if rate.p is None else f" (p = {rate.p:.3g})"
    say(f"{rate.as_dict()['said']}{chance}")


def _said(rate: Rate) -> str:
    told_of = rate.as_dict()
    if told_of["share"] is None:
        return f"no feedback in {rate.days:.1f} days"
    span = f"{told_of['low']:.2%} to {told_of['high']:.2%}"
    a_day = f"{told_of['a_day']:g} a day" if told_of["a_day"] is not None else "no time yet"
    return f"{rate.count} of {rate.of} feedback in {rate.days:.1f} days: {told_of['share']:.2%} ({span}), {a_day}"
