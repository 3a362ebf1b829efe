"""`heedful routes`: the tree of routes, and where an alert would go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.tree import Tree

from api.cli.files import InputError
from api.cli.in_force import in_force, setup_in, warn
from api.cli.options import Db, Model, ProgramFolder, RulesFolder
from api.cli.output import say, stdout
from api.cli.setting_commands import export_routes, push_routes, rollback_routes, routes_versions
from engine.alerts.routes import Route
from engine.alerts.routes_loader import unknown_labels
from engine.intake import admit
from engine.pipeline import Engine
from engine.ports import SystemClock
from engine.program_files import read_text
from engine.program_folder import load_program
from engine.route_trial import NO_ID, RouteTrial, Tried, admit_subject
from engine.rules.load import load_rules

routes = typer.Typer(help="Show and publish the routes, and try where an alert would go.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="as JSON")]
Pairs = list[str] | None
NOWHERE = "there are no routes: what no rule sends elsewhere goes to operators"


routes.command("push")(push_routes)
routes.command("versions")(routes_versions)
routes.command("export")(export_routes)
routes.command("rollback")(rollback_routes)


@routes.command()
def show(program_folder: ProgramFolder = None, as_json: AsJson = False, db: Db = None) -> None:
    """Show the tree of routes in plain English: what each takes, whom it tells, how messages are combined.

    With `--db`, of a program without routes.yaml, it is the tree that is published there.

    Example: `heedful routes show --program samples/program`
    """
    program, findings = load_program(program_folder)
    warn(findings)
    program = in_force(program, db)
    if as_json:
        typer.echo(orjson.dumps({"routes": program.routes.as_dict() if program.routes else None}))
    elif program.routes is None:
        say(NOWHERE)
    else:
        stdout.print(_branch(program.routes, Tree(escape(_said(program.routes)))))


@routes.command("try")
def try_routes(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FEEDBACK.json]", help="a feedback, as POST /v1/feedback takes it")
    ] = None,
    text: Annotated[str | None, typer.Option(help="what a customer says, instead of a file")] = None,
    rule: Annotated[str | None, typer.Option(metavar="SLUG", help="imagine an alert of this rule")] = None,
    severity: Annotated[str | None, typer.Option(help="low, medium, high or critical")] = None,
    kind: Annotated[str | None, typer.Option(help="alert, review, signal or system")] = None,
    unit: Annotated[str | None, typer.Option(help="a path such as emea/uk")] = None,
    channel: Annotated[str | None, typer.Option()] = None,
    source: Annotated[str | None, typer.Option()] = None,
    employee: Annotated[str | None, typer.Option()] = None,
    customer: Annotated[str | None, typer.Option()] = None,
    label: Annotated[Pairs, typer.Option(metavar="TASK=PATH", help="topic=digital; may come several times")] = None,
    score: Annotated[Pairs, typer.Option(metavar="NAME=NUMBER", help="nps=2; may come several times")] = None,
    attribute: Annotated[Pairs, typer.Option(metavar="NAME=VALUE", help="may come several times")] = None,
    program_folder: ProgramFolder = None,
    rules_folder: RulesFolder = None,
    db: Db = None,
    as_json: AsJson = False,
    model: Model = None,
) -> None:
    """Say where an alert would go: by which routes, to whom, why not elsewhere, and what would hold it back now.

    A file or `--text` is read and judged as live, and every alert that it would open is told of. Without them an
    alert is imagined. Nothing is stored; cooldowns and windows are not looked at.

    Examples: `heedful routes try --text "Your app crashes all the time, I am furious" --score nps=1 --program DIR`,
    or `heedful routes try --rule angry-digital-complaint --label topic=digital --unit emea/uk --program DIR`
    """
    facts: dict[str, Any] = {
        "unit": unit,
        "channel": channel,
        "source": source,
        "employee": employee,
        "customer": customer,
    }
    facts |= {"scores": _pairs(score, "--score"), "attributes": _pairs(attribute, "--attribute")}
    given = {name: value for name, value in facts.items() if value}
    imagined = {"rule": rule, "severity": severity, "kind": kind} | _labels(label)
    alert = {name: value for name, value in imagined.items() if value}
    record = _feedback(file, text)
    if record is not None and alert:
        raise InputError("a feedback is judged by the rules; leave out --rule, --severity, --kind and --label")
    if record is None and not alert and not given:
        raise InputError("name a file, write --text, or imagine an alert with --rule, --severity, --unit, --label ...")
    engine = _engine(program_folder, rules_folder, db, model)
    found = _tried(engine, alert | given if record is None else record | given, imagined=record is None)
    if as_json:
        typer.echo(orjson.dumps({"alerts": [one.as_dict() for one in found]}))
        return
    if not found:
        say("no rule holds for it: there would be no alert")
    for one in found:
        stdout.print(_tree(one.as_dict()))


def _tried(engine: Engine, record: Mapping[str, Any], *, imagined: bool) -> list[Tried]:
    program, now = engine.program, engine.clock.now()
    trial = RouteTrial(engine)
    if not imagined:
        return trial.feedback(admit({"id": NO_ID} | dict(record), program, now))
    rules = engine.rules
    return [trial.imagined(admit_subject(record, program, rules.taxonomy, rules.by_slug, now))]


def _engine(program_folder: Path | None, rules_folder: Path | None, db: str | None, model: Path | None) -> Engine:
    from api.opening import open_store
    from api.privacy import asking_redactor
    from api.settings import settings_of
    from models.topics import load_program_reader

    program, findings = load_program(program_folder, rules_folder)
    reader = load_program_reader(program, model)
    settings, clock = settings_of(db=db), SystemClock()
    store = open_store(settings.db)
    program = setup_in(store, program).program
    loaded = load_rules(program, reader.taxonomy)
    warn([*findings, *loaded.findings, *unknown_labels(program.routes, reader.taxonomy)])
    return Engine(store, reader, loaded, clock, asking_redactor(program, settings, store, clock))


def _feedback(file: Path | None, text: str | None) -> dict[str, Any] | None:
    if file is not None and text is not None:
        raise InputError("name a file or write --text, not both")
    if file is None:
        return None if text is None else {"text": text}
    try:
        record = orjson.loads(read_text(file))
    except orjson.JSONDecodeError as problem:
        raise InputError(f"{file}:{problem.lineno}: this is not valid JSON: {problem.msg}") from problem
    if not isinstance(record, dict):
        raise InputError(f"{file} must hold one feedback: an object with id and text")
    return record


def _pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    found = {}
    for one in given or ():
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise InputError(f"{option} takes NAME=VALUE; '{one}' is none")
        found[name.strip()] = value.strip()
    return found


def _labels(given: Sequence[str] | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in given or ():
        for task, label in _pairs([one], "--label").items():
            found.setdefault(task, []).append(label)
    return found


def _said(route: Route) -> str:
    to = f"to {', '.join(route.to)}"
    gathering = route.gathering.as_dict() if route.gathering else None
    together = (
        f"; together by {', '.join(gathering['by'])}, after {gathering['wait']}, at most every {gathering['interval']}"
        if gathering
        else ""
    )
    return f"{route.name}: {route.when.said}, {to}{together}{'; then goes on' if route.goes_on else ''}"


def _branch(route: Route, tree: Tree) -> Tree:
    for child in route.routes:
        _branch(child, tree.add(escape(_said(child))))
    return tree


def _tree(tried: dict[str, Any]) -> Tree:
    name = tried["rule"] or "an alert"
    tree = Tree(f"[bold]{escape(name)}[/] ({tried['kind']}, {tried['severity']})")
    if tried["held_back"]:
        tree.add(f"[yellow]opens no alert: {tried['held_back']}[/]; if it did:")
    tree.add(escape(f"because {tried['why']}"))
    for step in tried["steps"]:
        mark = "[green]takes it[/]" if step["takes"] else f"[red]not[/]: {escape(step['why_not'])}"
        tree.add(f"{escape(step['route'])}: {mark}")
    for to in tried["destinations"]:
        by = "" if to["recipient"] == to["receiver"] else f" by {to['receiver']}"
        tree.add(f"to [bold]{escape(to['recipient'])}[/]{escape(by)}: {escape(_now(to))}")
    if tried["holder"]:
        tree.add(escape(f"held by {tried['holder']}"))
    return tree


def _now(to: Mapping[str, Any]) -> str:
    """Return what would become of a message at this moment."""
    if to["now"] == "send":
        return "would be sent now"
    if to["now"] == "hold":
        return f"would not be sent: {to['reason']} {to['by']}"
    if to["now"] == "carry":
        return f"would come in a {to['by']} ({to['reason']}), at {to['until'][:16]} at the latest"
    return f"would wait until {to['until'][:16]} ({to['reason']})"
