"""`heedful rules schema`: the JSON Schema of a rule, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.files import writing_file
from api.cli.options import Model, ProgramFolder


def schema(
    program_folder: ProgramFolder = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="where to write it")] = None,
    model: Model = None,
) -> None:
    """Write the JSON Schema of a rule, with a program's scores, attributes, labels and receivers.

    An editor that knows it completes words, explains them and marks slips. For the YAML language server,
    begin a file of rules with `# yaml-language-server: $schema=rules.schema.json`.

    Example: `heedful rules schema --program samples/program -o rules.schema.json`
    """
    from engine.program_folder import load_program
    from engine.rules.definition_loader import load_definitions
    from engine.rules.json_schema import rule_schema
    from models.topics import load_program_reader

    program, _ = load_program(program_folder)
    taxonomy = load_program_reader(program, model).taxonomy
    definitions, _ = load_definitions(program, taxonomy)
    text = json.dumps(rule_schema(program, taxonomy, definitions.named), indent=2, ensure_ascii=False)
    if output is None:
        typer.echo(text)
    else:
        with writing_file(output) as file:
            file.write(f"{text}\n")
