"""`heedful train`: from labelled feedback to a model."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from api.cli.output import stderr
from engine.errors import HeedfulError

DATA = Path("..") / "shared" / "data"


class ExtraMissingError(HeedfulError):
    """Training needs the extra 'train': pip install 'heedful[train]' (see the README for a CPU build of torch)."""


def train(
    data: Annotated[Path | None, typer.Option(metavar="DIR", help="the data sets; by default HEEDFUL_DATA")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="the artifact folder to write")] = Path("var/models/default"),
    seed: Annotated[int, typer.Option(help="the same seed gives the same model")] = 0,
    epochs: Annotated[int, typer.Option(min=1, help="passes over the data")] = 2,
    limit: Annotated[int | None, typer.Option(min=20, help="records of each set, for a quick look")] = None,
) -> None:
    """Fine-tune, calibrate, quantise and judge a model; write it as an artifact folder.

    The folder of data sets has `voc/` and, if it is there, `clean/goemotions/`. Sets in a folder
    `benchmark-only` are refused. About 25 minutes on two cores.

    Example: `heedful train --data ../shared/data --out var/models/default --seed 0`
    """
    if importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None:
        raise ExtraMissingError
    from training.train import train as fit

    folder = data or Path(os.environ.get("HEEDFUL_DATA", DATA))
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr) as bar:
        task = bar.add_task("loading", total=1.0)
        report = fit(
            folder,
            out,
            seed=seed,
            epochs=epochs,
            limit=limit,
            progress=lambda said, done: bar.update(task, description=said, completed=done),
        )
    table = Table("measured on", "task", "macro-F1", "calibration error", title=f"{report.model} in {out}")
    for title, tasks in report.metrics.items():
        for name, found in tasks.items():
            table.add_row(title, name, str(found["macro_f1"]), str(found["calibration_error"]))
    stderr.print(table)
