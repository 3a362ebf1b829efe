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
# As the shipped model is made; on a data scientist's own files one network is enough.
MEMBERS = 3


class ExtraMissingError(HeedfulError):
    """Training needs the extra 'train': pip install 'heedful[train]' (see the README for a CPU build of torch)."""


def need_extra(*modules: str) -> None:
    """Refuse to go on without the extra `train`.

    Raises
    ------
    ExtraMissingError
        If one of the modules is not installed.
    """
    if any(importlib.util.find_spec(name) is None for name in modules):
        raise ExtraMissingError


def train(
    data: Annotated[
        list[Path] | None,
        typer.Option(metavar="IN", help="labelled JSONL or CSV, several times; or the folder of data sets"),
    ] = None,
    dev: Annotated[
        list[Path] | None, typer.Option(metavar="IN", help="labelled feedback to judge the model on; never trains")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="the artifact folder to write")] = Path("var/models/default"),
    base: Annotated[
        str, typer.Option(help="minilm, default (the model that ships), a model's folder, or a Hugging Face id")
    ] = "minilm",
    seed: Annotated[int, typer.Option(help="the same seed gives the same model")] = 0,
    epochs: Annotated[int, typer.Option(min=1, help="passes over the data")] = 2,
    rate: Annotated[
        float,
        typer.Option(
            min=1e-7, max=1e-2, help="highest learning rate of the encoder; its heads learn ten times as fast"
        ),
    ] = 1e-4,
    members: Annotated[
        int | None, typer.Option(min=1, max=9, help="networks to average; 3 for a folder of data sets, else 1")
    ] = None,
    patience: Annotated[
        int | None, typer.Option(min=1, help="stop after so many epochs without a better held-out score")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = "auto",
    limit: Annotated[int | None, typer.Option(min=20, help="records of each set, for a quick look")] = None,
    behaviour: Annotated[
        Path | None, typer.Option(metavar="DIR", help="behavioural cases to try the model on (heedful behaviour)")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="begin again instead of going on with a killed run")] = False,
) -> None:
    """Fine-tune, calibrate, quantise and judge a model; write it as an artifact folder.

    Give your own labelled feedback as files, or the folder of data sets that the shipped model is made of (by default
    HEEDFUL_DATA). A tenth of it is held out to calibrate. Sets in a folder `benchmark-only` are refused. A run that was
    killed goes on where it was when it is started again.

    Example: `heedful train --data labelled.jsonl --base default --epochs 4 --patience 1 --out var/models/mine`
    """
    need_extra("torch", "transformers", "onnx")
    from training.bases import base_of
    from training.mixture import mixture_of
    from training.recipe import Recipe
    from training.train import train as fit

    paths = data or [Path(os.environ.get("HEEDFUL_DATA", DATA))]
    if members is None:
        members = MEMBERS if paths[0].is_dir() else 1
    start = base_of(base)
    sources = mixture_of(paths, dev or [], start.taxonomy, limit)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr) as bar:
        task = bar.add_task("loading", total=1.0)
        report = fit(
            sources,
            out,
            recipe=Recipe(
                epochs=epochs,
                members=members,
                own_folds=start.fresh or not paths[0].is_dir(),
                with_base=paths[0].is_dir() and not start.fresh,
                patience=patience,
                trunk_rate=rate,
                head_rate=10 * rate,
            ),
            base=start,
            seed=seed,
            device=device,
            fresh=fresh,
            behaviour=behaviour,
            progress=lambda said, done: bar.update(task, description=said, completed=done),
        )
    table = Table("measured on", "task", "macro-F1", "calibration error", title=f"{report.model} in {out}")
    for title, tasks in report.metrics["judged"].items():
        for name, found in tasks.items():
            table.add_row(title, name, str(found["macro_f1"]), str(found["calibration_error"]))
    stderr.print(table)
