"""`heedful rules`: what rule authors need."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.backtesting import backtest_rules, diff_rules
from api.cli.output import stderr, stdout
from api.cli.reading import Model, ProgramFolder
from api.cli.rule_files import read_rule_files
from api.cli.saying import say
from api.cli.schema import schema
from engine.errors import ConfigError, Located
from engine.ports import SystemClock
from engine.rules.check import check_examples

rules = typer.Typer(help="Check rules before they go live.", no_args_is_help=True)
rules.command("say")(say)
rules.command("schema")(schema)


rules.command("backtest")(backtest_rules)
rules.command("diff")(diff_rules)


@rules.callback()
def _group() -> None:
    """Check rules before they go live."""


@rules.command()
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a folder of rules, or a program folder")],
    program_folder: ProgramFolder = None,
    examples: Annotated[bool, typer.Option(help="judge the examples with the real model")] = True,
    model: Model = None,
) -> None:
    """Check every rule of a folder: all errors at once, each with file, line and what to do.

    Exit code 2 when there are errors. Warnings, such as an example on which the model disagrees, do
    not fail the check.

    Example: `heedful rules check samples/program`
    """
    files = read_rule_files(folder, program_folder, model)
    findings, loaded = list(files.findings), files.rules.rules
    if examples:
        findings += check_examples(loaded, files.program, files.reader, SystemClock().now())
    _report(findings, len(loaded), sum(len(rule.examples) for rule in loaded))


def _report(findings: list[Located], rules_loaded: int, examples: int) -> None:
    warnings = [one for one in findings if one.level == "warning"]
    errors = [one for one in findings if one.level == "error"]
    for finding in warnings:
        stderr.print(str(finding), style="yellow", markup=False, highlight=False, soft_wrap=True)
    stdout.print(
        f"{rules_loaded} rules are good, with {examples} examples; {len(errors)} errors, {len(warnings)} warnings",
        markup=False,
    )
    if errors:
        raise ConfigError(errors)
