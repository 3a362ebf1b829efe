"""`heedful read`: readings only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from api.cli.files import located, parse_map, read_entries, writing
from api.cli.output import progress, stderr
from engine.errors import FeedbackError
from engine.intake import admit
from engine.ports import SystemClock
from engine.privacy.restoring import Taken
from engine.program_folder import load_program

CHUNK = 512
One = TypeVar("One")
KEPT = ("id", "source", "text", "parts")

Input = Annotated[str, typer.Argument(metavar="IN", help="JSONL or CSV; - is standard input")]
Output = Annotated[str, typer.Option("--output", "-o", metavar="OUT", help="JSONL or CSV; - is standard output")]
Columns = Annotated[
    str | None,
    typer.Option("--map", metavar="FIELD=COLUMN,...", help="what CSV columns mean: text=Comment,nps='Q1 score'"),
]
ProgramFolder = Annotated[
    Path | None,
    typer.Option("--program", envvar="HEEDFUL_PROGRAM", metavar="DIR", help="the program; else the built-in one"),
]


def current_model(place: Path | None) -> Path | None:
    """Return the folder of the model that an option means: a model store stands for its current one."""
    from models.store import model_folder

    return model_folder(place)


Model = Annotated[
    Path | None,
    typer.Option(callback=current_model, help="a model's folder, or a model store; without it, the model that ships"),
]


def read(
    source: Input,
    output: Output = "-",
    columns: Columns = None,
    everything: Annotated[bool, typer.Option("--all", help="every leaf's confidence, not only 0.05 and more")] = False,
    model: Model = None,
    program_folder: ProgramFolder = None,
    unmasked: Annotated[
        bool, typer.Option("--unmasked", help="read the words as they are, with the personal data in them")
    ] = False,
) -> None:
    """Read feedback: emotion, intent and topic of every sentence. Nothing is stored.

    Each record needs an id and a text (or parts); other fields are passed over. A program adds its
    own topics. What is read is what would be stored, with personal data taken out as the program says;
    offsets are those of the words as they came.

    Examples: `heedful read reviews.jsonl -o readings.jsonl`, or
    `heedful read survey.csv --map text=Comment,id=Response -o readings.csv`
    """
    from api.privacy import reading_redactor
    from api.settings import settings_of
    from models.topics import load_program_reader

    entries = read_entries(source, parse_map(columns), ())
    (program, warnings), now = load_program(program_folder), SystemClock().now()
    for finding in warnings:
        stderr.print(str(finding), style="yellow", markup=False, highlight=False)
    reader = load_program_reader(program, model)
    redactor = None if unmasked else reading_redactor(program, settings_of())
    with progress() as bar, writing(output) as lines:
        task = bar.add_task("reading", total=None)
        for chunk in chunked(entries, CHUNK):
            batch = []
            for entry in chunk:
                try:
                    batch.append(admit({k: v for k, v in entry.record.items() if k in KEPT}, program, now))
                except FeedbackError as problem:
                    raise located(source, entry.line, problem) from problem
            taken = redactor.take(batch) if redactor else [Taken(one) for one in batch]
            for one, reading in zip(taken, reader.read([one.feedback.parts for one in taken]), strict=True):
                if lines is not None:
                    lines.write(one.original().reading(reading).as_dict(one.feedback.id, everything=everything))
            bar.advance(task, len(batch))


def chunked(entries: Iterator[One], size: int) -> Iterator[Sequence[One]]:
    """Yield entries in lists of a size."""
    while chunk := list(islice(entries, size)):
        yield chunk
