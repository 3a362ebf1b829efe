"""`heedful read`: readings only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, TypeVar

import typer

from api.cli.files import located, parse_map, read_entries, writing
from api.cli.options import Columns, Model, ProgramFolder
from api.cli.output import progress, stderr
from api.cli.recordings import Recordings
from api.cli.spoken import ChannelOption, SourceOption, SpeakersOption, spoken_files, told
from engine.errors import FeedbackError
from engine.feedback import Feedback
from engine.intake import admit
from engine.ports import SystemClock
from engine.privacy.restoring import Taken
from engine.program import Program
from engine.program_folder import load_program
from engine.reading import Reading

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
    unmasked: Annotated[
        bool, typer.Option("--unmasked", help="read the words as they are, with the personal data in them")
    ] = False,
) -> None:
    """Read feedback: emotion, intent and topic of every sentence. Nothing is stored.

    Each record needs an id and a text (or parts, or a transcript); other fields are passed over. Transcripts (WebVTT,
    SRT, and the JSON of Whisper, Amazon Transcribe, Contact Lens, Google, Azure, Deepgram and AssemblyAI) and
    recordings (WAV, MP3, FLAC, OGG) are a record each, and their words are written beside the reading. A program adds
    its own topics. What is read is what would be stored, with personal data taken out as the program says; offsets
    are those of the words as they came, but for what is spoken: of that the words that are written have them.

    Examples: `heedful read reviews.jsonl -o readings.jsonl`, `heedful read call.vtt --speakers 0=agent`, or
    `heedful read survey.csv --map text=Comment,id=Response -o readings.csv`
    """
    from api.privacy import reading_redactor
    from api.settings import settings_of
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
    redactor = None if unmasked else reading_redactor(program, settings_of())
    with progress() as bar, writing(output) as lines:
        task = bar.add_task("reading", total=None)
        for chunk in chunked(admitted, CHUNK):
            batch = [recordings.heard(feedback, bar) for feedback in chunk]
            taken = redactor.take(batch) if redactor else [Taken(one) for one in batch]
            for one, reading in zip(taken, reader.read([one.feedback.parts for one in taken]), strict=True):
                if lines is not None:
                    lines.write(_told(one, reading, everything=everything, spoken=spoken is not None))
            bar.advance(task, len(batch))
    if spoken is not None:
        spoken.say_guessed()


def _told(one: Taken, reading: Reading, *, everything: bool, spoken: bool) -> dict[str, Any]:
    """Return what is written of a record: with the offsets of what was sent, or of the spoken words beside it."""
    shown = reading if spoken else one.original().reading(reading)
    parts = one.feedback.parts if spoken else one.original().feedback.parts
    found = shown.as_dict(one.feedback.id, everything=everything, parts=parts)
    return found | (_words(one.feedback) if spoken else {})


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
