"""The rules that a command is about: a folder of rules, or a program folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.errors import Located
from engine.ports import Reader
from engine.program import Program
from engine.program_folder import load_program
from engine.rules.load import LoadedRules, load_rules


@dataclass(frozen=True)
class RuleFiles:
    """Rules as they are in their files.

    Parameters
    ----------
    program
        Under which they load.
    reader
        The model whose labels they name.
    rules
        Those that loaded.
    findings
        What was found in the program's files and in the rules.
    """

    program: Program
    reader: Reader
    rules: LoadedRules
    findings: tuple[Located, ...]


def read_rule_files(folder: Path, program_folder: Path | None, model: Path | None) -> RuleFiles:
    """Load the rules of a folder; a folder with a program.yaml is a program of its own.

    Raises
    ------
    ConfigError
        If the program has errors. Rules with errors are left out, and are in the findings.
    """
    from models.topics import load_program_reader

    is_program = (folder / "program.yaml").is_file()
    program, found = load_program(folder if is_program else program_folder, None if is_program else folder)
    reader = load_program_reader(program, model)
    rules = load_rules(program, reader.taxonomy)
    return RuleFiles(program, reader, rules, (*found, *rules.findings))
