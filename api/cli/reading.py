"""`heedful read`: readings only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from api.cli.files import located, parse_map, read_entries, writing
from api.cli.output import progress, stderr
from api.cli.recordings import Recordings
from api.cli.spoken import ChannelOption, SourceOption, SpeakersOption, spoken_files, told
from engine.errors import FeedbackError
from engine.feedback import Feedback
from engine.intake import admit
from engine.ports import SystemClock
from engine.program import Program
from engine.program_folder import load_program

Record = TypeVar("Record")
CHUNK = 512
KEPT = ("id", "source", "text", "parts", "transcript", "speakers")

Input = Annotated[
    str,
    typer.Argument(
        metavar="IN", help="JSONL or CSV; a transcript, a recording, or a folder of them; - is standard input"
    ),
]
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
    speakers: SpeakersOption = None,
    source_name: SourceOption = None,
    channel: ChannelOption = None,
) -> None:
    """Read feedback: emotion, intent and topic of every sentence. Nothing is stored.

    Each record needs an id and a text (or parts, or a transcript); other fields are passed over. Transcripts (WebVTT,
    SRT, and the JSON of Whisper, Amazon Transcribe, Contact Lens, Google, Azure, Deepgram and AssemblyAI) and
    recordings (WAV, MP3, FLAC, OGG) are a record each, and their words are written beside the reading. A program adds
    its own topics.

    Examples: `heedful read reviews.jsonl -o readings.jsonl`, `heedful read call.vtt --speakers 0=agent`, or
    `heedful read survey.csv --map text=Comment,id=Response -o readings.csv`
    """
    from models.topics import load_program_reader

    (program, warnings), now = load_program(program_folder), SystemClock().now()
    spoken = spoken_files(source, program, told(speakers, source_name, channel))
    if spoken is not None:
        spoken.check(now)
    recordings = spoken.recordings if spoken else Recordings(program)
    admitted = spoken.admitted(now) if spoken else _admitted(source, parse_map(columns), program, now)
    for finding in warnings:
        stderr.print(str(finding), style="yellow", markup=False, highlight=False)
    reader = load_program_reader(program, model)
    with progress() as bar, writing(output) as lines:
        task = bar.add_task("reading", total=None)
        for chunk in chunked(admitted, CHUNK):
            batch = [recordings.heard(feedback, bar) for feedback in chunk]
            for feedback, reading in zip(batch, reader.read([one.parts for one in batch]), strict=True):
                if lines is not None:
                    found = reading.as_dict(feedback.id, everything=everything, parts=feedback.parts)
                    lines.write(found | (_words(feedback) if spoken else {}))
            bar.advance(task, len(batch))
    if spoken is not None:
        spoken.say_guessed()


def _admitted(source: str, mapping: dict[str, str], program: Program, now: datetime) -> Iterator[Feedback]:
    for entry in read_entries(source, mapping, ()):
        try:
            yield admit({k: v for k, v in entry.record.items() if k in KEPT}, program, now)
        except FeedbackError as problem:
            raise located(source, entry.line, problem) from problem


def _words(feedback: Feedback) -> dict[str, Any]:
    """Return what was said in a spoken file, and whether it was guessed by whom: it stands nowhere else like this."""
    record = feedback.as_dict()
    return {"parts": record["parts"], "speakers": record.get("speakers")}


def chunked(records: Iterator[Record], size: int) -> Iterator[Sequence[Record]]:
    """Yield records in lists of a size."""
    while chunk := list(islice(records, size)):
        yield chunk
