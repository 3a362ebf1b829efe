"""`heedful evaluate`: how good a model is on labelled feedback."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.files import InputError, writing_file
from api.cli.output import stderr, stdout
from api.cli.training import need_extra
from engine.names import show as show_name

SHIPPED = "default"
NEEDED = ("sklearn", "matplotlib", "jinja2")


def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="a model's folder; 'default' is the one that ships")],
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="more files, as after --data")] = None,
    data: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="labelled feedback, JSONL or CSV")] = None,
    by: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="slice by an attribute or a score; can be repeated")
    ] = None,
    top: Annotated[int, typer.Option(min=0, help="so many of the worst errors")] = 20,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="everything, as JSON")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="a report with plots")] = None,
    resamples: Annotated[int, typer.Option(min=100, max=100_000, help="of the bootstrap")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="the same seed gives the same intervals")] = 0,
) -> None:
    """Judge a model on labelled feedback: scores with intervals, curves, calibration, confusions, worst errors.

    Several files are measured together. Sets in a folder `benchmark-only` may be measured on. The report is one file
    that opens from disk; it holds customers' words, as the JSON does.

    Example: `heedful evaluate default --data dev.jsonl --by channel --by nps --html report.html`
    """
    need_extra(*NEEDED)
    files = [*(data or ()), *(more or ())]
    if not files:
        raise InputError("name the labelled feedback: --data FILE")
    for target in (json_file, html_file):
        _check_target(target)
    from models.artifact import DEFAULT, load_artifact
    from training.data import read_to_measure

    names = [show_name(str(file)) for file in files]
    artifact = load_artifact(DEFAULT if model == SHIPPED else Path(model))
    items = [item for file in files for item in read_to_measure(file, artifact.config.taxonomy)]
    # What measures takes seconds to load: what is wrong with the files is said before.
    from api.cli.evaluation_tables import show
    from training.evaluation import evaluate_model
    from training.report import html_report

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True) as bar:
        task = bar.add_task("loading", total=1.0)
        found = evaluate_model(
            artifact,
            items,
            by=by or (),
            top=top,
            resamples=resamples,
            seed=seed,
            progress=lambda said, done: bar.update(task, description=said, completed=done),
        )
        if html_file:
            bar.update(task, description="drawing")
            _write(html_file, html_report(found, names))
    if json_file:
        everything = {"data": names, **found.as_dict()}
        _write(json_file, json.dumps(everything, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    show(found, stdout)


def _check_target(target: Path | None) -> None:
    """Refuse a file that could not be written before minutes go into what belongs there."""
    if target is None:
        return
    folder = target.resolve().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK) or target.is_dir():
        raise InputError(f"{target} cannot be written; name a file in a folder that is there")


def _write(target: Path, text: str) -> None:
    with writing_file(target) as file:
        file.write(text)
