"""`heedful rules say`: rules in plain English."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Model, ProgramFolder
from api.cli.output import stderr
from api.cli.rule_files import read_rule_files
from engine.errors import ConfigError, NotFoundError
from engine.names import unknown
from engine.rules.plain import say_rule


def say(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a folder of rules, or a program folder")],
    names: Annotated[list[str] | None, typer.Argument(metavar="[RULE]...", help="these rules alone")] = None,
    program_folder: ProgramFolder = None,
    model: Model = None,
) -> None:
    """Say rules in plain English: what they do, when, and what happens otherwise.

    Exit code 2 when rules have errors; the others are said.

    Example: `heedful rules say samples/program angry-digital-complaint`
    """
    files = read_rule_files(folder, program_folder, model)
    rules = {rule.slug: rule for rule in files.rules.rules}
    missing = [name for name in names or () if name not in rules]
    if missing and not files.rules.errors:
        raise NotFoundError("\n".join(unknown("rule", name, rules) for name in missing))
    said = [say_rule(rule) for slug, rule in rules.items() if not names or slug in names]
    if said:
        typer.echo("\n\n".join(said))
    for finding in files.findings:
        if finding.level == "warning":
            stderr.print(str(finding), style="yellow", markup=False, highlight=False, soft_wrap=True)
    if files.rules.errors:
        raise ConfigError(list(files.rules.errors))
