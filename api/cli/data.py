"""`heedful data check`: labelled feedback, looked over before it trains."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.cli.output import say, stdout
from api.cli.training import need_extra

if TYPE_CHECKING:
    from training.check import DataReport
    from training.suspects import Suspect

data = typer.Typer(help="Look after labelled feedback.", no_args_is_help=True)
SHOWN = 20


@data.callback()
def _group() -> None:
    """Look after labelled feedback."""


@data.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="IN...", help="JSONL or CSV; several are checked together")],
    as_json: Annotated[bool, typer.Option("--json", help="everything that was found, as JSON")] = False,
    suspects: Annotated[bool, typer.Option(help="look for labels that are likely wrong")] = True,
) -> None:
    """Check labelled feedback: what does not fit, label counts, duplicates, conflicts and likely label errors.

    Give the files of all splits at once: what stands in two of them is told. Ends with 1 if a record does not fit.

    Example: `heedful data check train.jsonl dev.jsonl`
    """
    need_extra("cleanlab", "datasketch", "sklearn")
    from models.reader import load_reader
    from models.taxonomy import default_taxonomy
    from training.check import check_data
    from training.suspects import find_suspects

    report, placed = check_data(files, default_taxonomy())
    doubted = find_suspects(placed, load_reader()) if suspects else []
    if as_json:
        found = report.as_dict() | {"suspects": [asdict(one) for one in doubted]}
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        _show(report, doubted)
    if report.problems:
        raise typer.Exit(1)


def _show(report: DataReport, suspects: list[Suspect]) -> None:
    for file, count in report.records.items():
        say(f"{file}: {count:,} records, {report.sentences[file]:,} sentences")
    _list("records do not fit", report.problems)
    _list("records stand twice", [f"{pair.one} = {pair.other}: {pair.text}" for pair in report.duplicates])
    near = [f"{pair.one} ~ {pair.other} ({pair.similarity:.2f}): {pair.text}" for pair in report.near_duplicates]
    _list("records nearly stand twice", near)
    conflicts = [
        f"{one.one} has {_names(one.labels)}, {one.other} has {_names(one.other_labels)} ({one.task}): {one.text}"
        for one in report.conflicts
    ]
    _list("sentences are labelled in two ways", conflicts)
    _list("labels are likely wrong", [_suspicion(one) for one in suspects])
    table = Table("task", "label", "sentences", title="labels")
    for task, counts in report.counts.items():
        for label, count in counts.items():
            table.add_row(task, label, f"{count:,}")
    stdout.print(table)


def _suspicion(one: Suspect) -> str:
    changes = [f"+{label}" for label in one.missing] + [f"-{label}" for label in one.doubtful]
    return f"{one.place} has {_names(one.labels)}, {' '.join(changes)} ({one.confidence:.2f})? {one.text}"


def _names(labels: tuple[str, ...]) -> str:
    return ", ".join(labels) or "nothing"


def _list(what: str, lines: list[str]) -> None:
    say(f"{len(lines):,} {what}{':' if lines else ''}")
    for line in lines[:SHOWN]:
        say(f"  {line}")
    if len(lines) > SHOWN:
        say(f"  ... and {len(lines) - SHOWN:,} more; --json shows all")
