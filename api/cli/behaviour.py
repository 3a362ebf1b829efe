"""`heedful behaviour`: how a model behaves on cases that say what it has to make of a text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.cli.options import Model
from api.cli.output import say, stdout

if TYPE_CHECKING:
    from training.behaviour import BehaviourReport, Outcome


def behaviour(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="with files of cases, *.yaml")],
    model: Model = None,
    at_least: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, metavar="SHARE", help="end with 1 if fewer pass: 0.8")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="pass rates and failing ids, as JSON")] = False,
) -> None:
    """Try a model on behavioural cases: pass rates, and for each failing case what was wanted and found.

    A case is a text with what has to hold for it; a text with variants that have to read the same; or two texts, the
    second of which raises, lowers or keeps a label.

    Example: `heedful behaviour tests/models/behaviour --at-least 0.8`
    """
    from models.reader import load_reader
    from training.behaviour import run_behaviour

    report = run_behaviour(load_reader(model), folder)
    if as_json:
        typer.echo(json.dumps({"model": report.model} | report.as_dict(), indent=1, ensure_ascii=False))
    else:
        _show(report)
    if at_least is not None and report.rate.share < at_least:
        raise typer.Exit(1)


def _show(report: BehaviourReport) -> None:
    for outcome in report.failing:
        _show_case(outcome)
    table = Table("", "cases", "passed", "rate", title=report.model)
    rates = [*report.capabilities.items(), *report.kinds.items(), ("all", report.rate)]
    for name, rate in rates:
        table.add_row(name, str(rate.cases), str(rate.passed), f"{rate.share:.0%}")
    stdout.print(table)


def _show_case(outcome: Outcome) -> None:
    case = outcome.case
    say(f"{case.id} ({case.capability}): {case.texts[0]}")
    for failure in outcome.failures:
        say(f"  wanted {failure.wanted}, found {failure.found}")
        if failure.text:
            say(f"    with: {case.texts[failure.text]}")
