"""`heedful rules`: what rule authors need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import orjson
import typer

from api.cli.backtesting import backtest_rules, diff_rules
from api.cli.options import Model, ProgramFolder
from api.cli.output import stderr, stdout
from api.cli.publishing import export, history, list_rules, push
from api.cli.rule_files import read_rule_files
from api.cli.saying import say
from api.cli.schema import schema
from engine.durations import say_duration
from engine.errors import Located
from engine.ports import SystemClock
from engine.rules.check import check_examples
from engine.rules.load import LoadedRules
from engine.rules.mutate import Mutation, mutate
from engine.rules.seen import Sightings
from engine.rules.shadow import shadowed
from engine.rules.unseen import unseen

BAD_INPUT = 2
LOOKED_BACK = timedelta(days=90)

rules = typer.Typer(help="Check rules, and publish them.", no_args_is_help=True)
rules.command()(push)
rules.command("list")(list_rules)
rules.command()(history)
rules.command()(export)
rules.command("say")(say)
rules.command("schema")(schema)


rules.command("backtest")(backtest_rules)
rules.command("diff")(diff_rules)


@rules.callback()
def _group() -> None:
    """Check rules, and publish them."""


@rules.command()
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a folder of rules, or a program folder")],
    program_folder: ProgramFolder = None,
    examples: Annotated[bool, typer.Option(help="judge the examples with the real model too")] = True,
    mutants: Annotated[
        bool, typer.Option("--mutate", help="change one thing at a time, and tell what no example notices")
    ] = False,
    db: Annotated[
        str | None, typer.Option("--db", metavar="URL", help="tell what rules name and no feedback there has had")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="let warnings fail the check too")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
    model: Model = None,
) -> None:
    """Check every rule of a folder: all findings at once, each with file, line and what to do.

    Examples with pinned labels test the rule: one that does not do what it says is an error. As the model
    reads them they catch drift, which is a warning. Exit code 2 when there are errors, or warnings with --strict.

    Example: `heedful rules check samples/program --mutate`
    """
    files = read_rule_files(folder, program_folder, model)
    loaded = files.rules
    checked = check_examples(loaded.rules, files.program, files.reader, SystemClock().now(), by_model=examples)
    findings = [*files.findings, *shadowed(loaded.rules), *checked.findings]
    if db is not None:
        findings += _unseen(loaded, db)
    mutation = mutate(loaded, checked.trials) if mutants else None
    if mutation is not None:
        findings += mutation.alive
    _report(sorted(findings, key=_place), loaded, mutation, as_json=as_json)
    if any(strict or finding.level == "error" for finding in findings):
        raise typer.Exit(BAD_INPUT)


def _unseen(loaded: LoadedRules, db: str) -> list[Located]:
    from api.opening import open_store

    store = open_store(db)
    sightings = Sightings()
    for feedback in store.recent.feedback(SystemClock().now() - LOOKED_BACK):
        sightings.add(feedback)
    store.close()
    return unseen(loaded, sightings.seen(), say_duration(LOOKED_BACK))


def _examples(loaded: LoadedRules) -> int:
    return sum(len(rule.examples) for rule in loaded.rules)


def _place(finding: Located) -> tuple[str, int, int]:
    return finding.file, finding.line, finding.column


def _report(
    findings: Sequence[Located],
    loaded: LoadedRules,
    mutation: Mutation | None,
    *,
    as_json: bool,
) -> None:
    errors = sum(finding.level == "error" for finding in findings)
    warnings = len(findings) - errors
    if as_json:
        typer.echo(orjson.dumps(_as_dict(findings, loaded, mutation)))
        return
    for finding in findings:
        style = "red" if finding.level == "error" else "yellow"
        stderr.print(str(finding), style=style, markup=False, highlight=False, soft_wrap=True)
    stdout.print(
        f"{len(loaded.rules)} rules are good, with {_examples(loaded)} examples; {errors} errors, {warnings} warnings",
        markup=False,
    )
    if mutation is not None:
        rest = f"; {mutation.untried} more were not tried" if mutation.untried else ""
        stdout.print(
            f"{mutation.tried} changes of rules were tried: {mutation.caught} are noticed by an example, "
            f"{len(mutation.alive)} by none{rest}",
            markup=False,
        )


def _as_dict(findings: Sequence[Located], loaded: LoadedRules, mutation: Mutation | None) -> dict[str, object]:
    told = [
        {"file": one.file, "line": one.line, "column": one.column, "level": one.level, "message": one.message}
        for one in findings
    ]
    found: dict[str, object] = {"rules": len(loaded.rules), "examples": _examples(loaded), "findings": told}
    if mutation is not None:
        found["mutants"] = mutation.as_dict()
    return found
