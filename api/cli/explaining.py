"""`heedful explain`: why a feedback did or did not alert."""

from __future__ import annotations

from textwrap import shorten
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.tree import Tree

from api.cli.options import Db, Model, ProgramFolder, RulesFolder
from api.cli.output import say, stdout
from engine.errors import HeedfulError
from engine.feedback import Feedback
from engine.pipeline import Engine
from engine.ports import SystemClock
from engine.program_folder import load_program
from engine.rules.load import load_rules
from engine.spoken import say_moment


class ExplainError(HeedfulError):
    """--now judges with today's rules: say where they are with --program or --rules."""


MOST_SHOWN = 80
MARKS = {"yes": "[green]yes[/]", "no": "[red]no[/]", "unknown": "[yellow]unknown[/]"}


def explain(
    feedback_id: Annotated[str, typer.Argument(metavar="ID", help="the feedback's id")],
    db: Db = None,
    source: Annotated[str, typer.Option(help="the feedback's source")] = "default",
    now: Annotated[bool, typer.Option("--now", help="judge with today's rules, not with those that decided")] = False,
    program_folder: ProgramFolder = None,
    rules_folder: RulesFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
    model: Model = None,
) -> None:
    """Say why a feedback did or did not alert: every rule, every condition, found and wanted.

    Example: `heedful explain retail-0001 --source sample --db sqlite:///var/heedful.db`
    """
    from api.opening import open_store
    from api.settings import settings_of
    from models.topics import load_program_reader

    if now and program_folder is None and rules_folder is None:
        raise ExplainError
    store = open_store(settings_of(db=db).db)
    program, _ = load_program(program_folder, rules_folder)
    reader = load_program_reader(program, model)
    engine = Engine(store, reader, load_rules(program, reader.taxonomy), SystemClock())
    found = engine.explain(source, feedback_id, today=now)
    if as_json:
        typer.echo(orjson.dumps(found.as_dict()))
        return
    stdout.print(f"[bold]{escape(source)}/{escape(feedback_id)}[/]  {escape(found.stored.feedback.text)}")
    if found.stored.erased_at is not None:
        when = f"{found.stored.erased_at:%Y-%m-%d}"
        say(f"its words and attributes were erased on {when}: no rule finds them any more")
    if found.stored.feedback.speakers_guessed:
        stdout.print("which of the speakers is the customer was guessed: nothing but their words says it")
    if not found.rules:
        stdout.print("no rules were loaded when it was decided; with --now and --program it is judged by others")
    for rule in sorted(found.as_dict()["rules"], key=_did_nothing):
        tree = Tree(f"[bold]{rule['rule']}[/] ({rule['status']}): {MARKS[rule['truth']]}, {escape(rule['outcome'])}")
        _add(tree, rule["trace"], found.stored.feedback)
        for told in rule["notifications"]:
            tries = "; ".join(f"{one['outcome']}: {one['detail']}" for one in told["attempts"])
            tree.add(escape(f"to {_receiver(told)}: {told['state']}{_held(told)} {tries}"))
        stdout.print(tree)


def _receiver(told: dict[str, Any]) -> str:
    """Return whom a notification is for, and by what way."""
    recipient = told["recipient"]
    return told["receiver"] if recipient in ("", told["receiver"]) else f"{recipient} by {told['receiver']}"


def _held(told: dict[str, Any]) -> str:
    """Return why a notification is not sent, or when it is tried next; nothing of one that is over."""
    why = [told["held_reason"], told["held_by"], told["carried_by"] and f"told of by {told['carried_by']}"]
    if told["state"] == "pending":
        why.append(f"next try {told['due_at'][:16]}")
    said = ", ".join(one for one in why if one)
    return f" ({said})" if said else ""


def _did_nothing(rule: dict[str, Any]) -> bool:
    """Return whether nothing came of a rule: what is asked for most stands first."""
    return not (rule["alerts"] or rule["signals"] or rule["held_back"])


def _said(found: Any) -> str:
    """Return a value as people write it: 3, not 3.0."""
    return f"{found:g}" if isinstance(found, float) else ("nothing" if found is None else str(found))


def _add(tree: Tree, trace: dict[str, Any], feedback: Feedback) -> None:
    said = f"{MARKS[trace['truth']]} {escape(trace['condition'])}"
    if "children" not in trace:
        tree.add(f"{said}, found {escape(_said(trace['found']) + _shown(trace, feedback))}")
        return
    branch = tree.add(said)
    for child in trace["children"]:
        _add(branch, child, feedback)


def _shown(trace: dict[str, Any], feedback: Feedback) -> str:
    """Return the sentence in which something was found; nothing where that is the whole text, or says no more."""
    evidence = trace.get("evidence")
    if evidence is None or trace["truth"] == "no":
        return ""
    words = " ".join(feedback.parts[evidence["part"]].text[evidence["start"] : evidence["end"]].split())
    spoken = _spoken(evidence)
    if words in _said(trace["found"]) or len(words) >= len(feedback.text.strip()):
        return spoken
    return f' in "{shorten(words, MOST_SHOWN, placeholder="...")}"{spoken}'


def _spoken(evidence: dict[str, Any]) -> str:
    """Return when something was said, and how well it was heard; nothing of what was written."""
    said = f" at {say_moment(evidence['starts'])}" if "starts" in evidence else ""
    return f"{said}, heard at {evidence['heard']:.2f}" if evidence.get("heard", 1.0) < 1.0 else said
