"""Spoken files on the command line: transcripts and recordings, one of them or a folder of them, each a record."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from api.cli.files import STANDARD, InputError
from api.cli.output import stderr
from api.cli.recordings import Recordings, looks_like_one
from engine.errors import FeedbackError, TranscriptError
from engine.feedback import Feedback, Speaker
from engine.intake import admit
from engine.program import Program
from engine.transcripts.decoding import MOST_BYTES, check_size
from engine.transcripts.roles import parse_speakers
from engine.transcripts.subtitles import is_srt, is_vtt
from engine.transcripts.voices import ALL, SIDES, voices_of

MOST_NAMED = 5
MOST_PROBLEMS = 50
_HEAD = 64 * 1024
_UNFIT = re.compile(r"[^A-Za-z0-9._:-]+")
_MOMENT = re.compile(
    r"(?<!\d)(\d{4}-\d\d-\d\d)[T_ ](\d\d)[:.-]?(\d\d)(?:[:.-]?(\d\d))?(?:\.\d{1,6})?(Z|[+-]\d\d:?\d\d)?(?!\d)"
)

SpeakersOption = Annotated[
    str | None,
    typer.Option(
        "--speakers",
        metavar="NAME=ROLE,...",
        help="who speaks in transcripts (spk_0=agent,1=customer) and on a recording's channels (left=agent)",
    ),
]
SourceOption = Annotated[
    str | None, typer.Option("--source", help="the source of records that are made of transcripts and recordings")
]
ChannelOption = Annotated[
    str | None, typer.Option("--channel", help="the channel of records that are made of transcripts and recordings")
]


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of spoken files beside themselves.

    Parameters
    ----------
    speakers
        Who is who, by names in transcripts and by the channels of recordings.
    fields
        Of every record.
    """

    speakers: Mapping[str, Speaker] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


def told(speakers: str | None, source: str | None, channel: str | None) -> Told:
    """Return what the options say.

    Raises
    ------
    InputError
        If speakers are not named as pairs of a name and a role.
    """
    pairs: dict[str, str] = {}
    for pair in (speakers or "").split(","):
        name, is_pair, role = (one.strip() for one in pair.rpartition("="))
        if pair.strip() and not (name and is_pair and role):
            raise InputError(f"--speakers takes NAME=ROLE pairs, such as spk_0=agent,spk_1=customer; '{pair}' is none")
        if name in pairs:
            raise InputError(f"--speakers has '{name}' twice")
        if name:
            pairs[name] = role
    given = {"source": source, "channel": channel}
    try:
        return Told(parse_speakers(pairs), {name: value for name, value in given.items() if value})
    except TranscriptError as problem:
        raise InputError(f"--speakers: {problem}") from problem


class SpokenFiles:
    """The files of one command.

    Parameters
    ----------
    given
        A file, or a folder: with all that is below it, but hidden files.
    """

    def __init__(self, given: Path, program: Program, told: Told) -> None:
        self._given, self._program, self._told = given, program, told
        sides = {name: role for name, role in told.speakers.items() if name in (ALL, *SIDES)}
        self._named = {name: role for name, role in told.speakers.items() if name not in sides}
        self.recordings = Recordings(program, voices_of(sides or None))
        self.guessed: dict[str, None] = {}
        self.paths, passed_over = _found(given)
        if passed_over:
            said = f"passed over, as neither transcripts nor recordings: {_some(passed_over)}"
            stderr.print(said, style="yellow", markup=False, highlight=False)
        if not self.paths:
            raise InputError(f"{given}: there is neither a transcript nor a recording in this folder")

    def check(self, now: datetime) -> int:
        """Check every file, and return how many there are.

        Raises
        ------
        InputError
            With all that is wrong with any of them.
        """
        wrong: list[str] = []
        ids: dict[str, Path] = {}
        for path in self.paths:
            first = ids.setdefault(self._id(path), path)
            if first is not path:
                wrong.append(f"{path} and {first} would both be the record '{self._id(path)}'; rename one of them")
            try:
                self._admit(path, now)
            except InputError as problem:
                wrong.append(str(problem))
        if wrong:
            more = f"\nand {len(wrong) - MOST_PROBLEMS} more" if len(wrong) > MOST_PROBLEMS else ""
            raise InputError("\n".join(wrong[:MOST_PROBLEMS]) + more)
        return len(self.paths)

    def admitted(self, now: datetime) -> Iterator[Feedback]:
        """Yield a feedback a file, a recording's without its words yet.

        Raises
        ------
        InputError
            With the file, and the line where it has lines, for the first that cannot be used.
        """
        return (self._admit(path, now) for path in self.paths)

    def say_guessed(self) -> None:
        """Say for which files it was guessed who is the customer."""
        if self.guessed:
            said = f"who is the customer was guessed for {_some(list(self.guessed))}; say it with --speakers"
            stderr.print(said, style="yellow", markup=False, highlight=False)

    def _admit(self, path: Path, now: datetime) -> Feedback:
        record: dict[str, Any] = {"id": self._id(path), **self._told.fields}
        moment = moment_in(path.name)
        if moment is not None:
            record["occurred_at"] = moment
        if looks_like_one(path):
            return self.recordings.unheard(path, record, now)
        record |= {"transcript": _content(path), "speakers": self._named}
        try:
            feedback = admit(record, self._program, now)
        except FeedbackError as problem:
            raise _located(path, problem) from problem
        if feedback.speakers_guessed:
            self.guessed[str(path)] = None
        return feedback

    def _id(self, path: Path) -> str:
        inside = path.relative_to(self._given) if path != self._given else Path(path.name)
        return id_of(inside)


def spoken_files(given: str, program: Program, told: Told) -> SpokenFiles | None:
    """Return the spoken files that a command was given; None where it was given a file of records.

    Raises
    ------
    InputError
        If a folder has none, or options for them came with something else.
    """
    path = Path(given)
    if given != STANDARD and (path.is_dir() or is_spoken(path)):
        return SpokenFiles(path, program, told)
    if told.speakers or told.fields:
        raise InputError(
            "--speakers, --source and --channel are for transcripts and recordings; records say it themselves"
        )
    return None


def is_spoken(path: Path) -> bool:
    """Return whether a file is a transcript or a recording: by its content, and by its name where it is damaged."""
    if path.suffix.lower() in (".vtt", ".srt") or looks_like_one(path):
        return True
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as problem:
        raise InputError(f"{path} cannot be read: {problem.strerror}") from problem
    text = head.decode("utf-8-sig", errors="replace")
    if path.suffix.lower() == ".json":
        return not _is_record(text.lstrip().partition("\n")[0])
    return is_vtt(text) or (path.suffix.lower() not in (".jsonl", ".csv") and is_srt(text))


def _is_record(line: str) -> bool:
    """Return whether a line is a record of JSONL by itself."""
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and "id" in found and ("text" in found or "parts" in found or "transcript" in found)


def id_of(path: Path) -> str:
    """Return an id from a file's name, below the folder that was given.

    What an id cannot have becomes ``-``, and folders end with ``:``. Where letters were lost, or it was cut, a hash of
    the name keeps it apart from others.
    """
    name = path.with_suffix("").as_posix()
    kept = ":".join(_UNFIT.sub("-", step).strip("-") for step in name.split("/"))
    if name.isascii() and kept.strip(":") and len(kept) <= 200:
        return kept
    return f"{kept[:180]}-{hashlib.sha256(name.encode(errors='surrogateescape')).hexdigest()[:12]}".lstrip(":-")


def moment_in(name: str) -> str | None:
    """Return the moment that a file's name says, such as ``2026-03-02T14:05:00Z``; None where it says none."""
    found = _MOMENT.search(name)
    if not found:
        return None
    day, hour, minute, second, zone = found.groups()
    said = f"{day}T{hour}:{minute}:{second or '00'}{zone or ''}"
    try:
        datetime.fromisoformat(said)
    except ValueError:
        return None
    return said


def _found(given: Path) -> tuple[list[Path], list[str]]:
    """Return the spoken files of a folder, and the names of the others."""
    if not given.is_dir():
        return [given], []
    spoken, others = [], []
    for path in sorted(given.rglob("*")):
        below = path.relative_to(given)
        if any(step.startswith(".") for step in below.parts) or not path.is_file():
            continue
        if is_spoken(path):
            spoken.append(path)
        else:
            others.append(str(below))
    return spoken, others


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            check_size(path.stat().st_size)
            return file.read(MOST_BYTES + 1)
    except TranscriptError as problem:
        raise InputError(f"{path}: {problem}") from problem
    except OSError as problem:
        raise InputError(f"{path} cannot be read: {problem.strerror}") from problem


def _located(path: Path, problem: FeedbackError) -> InputError:
    cause = problem.__cause__
    if not isinstance(cause, TranscriptError):
        return InputError(f"{path}: {problem}")
    if cause.about_speakers:
        return InputError(f"{path}: --speakers: {cause.plain}")
    return InputError(f"{path}: {cause.plain}" if cause.line is None else f"{path}:{cause.line}: {cause.plain}")
