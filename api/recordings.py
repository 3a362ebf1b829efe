"""Recordings: forms that carry one, read with limits into a temporary file that nobody else can see."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.body import MIB, media_type, parsed
from api.hearing import MOST_BYTES
from api.problems import BadFormError, MediaTypeError, SlowBodyError, TooLargeError
from engine.errors import FeedbackError
from engine.names import unknown
from engine.transcripts.voices import Voices, voices_of

FORM = "multipart/form-data"
PARTS = ("audio", "record")
MOST_RECORD_BYTES = MIB
# The boundaries and the record beside the audio.
MOST_BODY_BYTES = MOST_BYTES + 2 * MIB
# Recordings come from telephones and poor lines.
MOST_SECONDS = 300.0
PIECE = MIB


@dataclass(frozen=True, slots=True)
class Sent:
    """What came in a form.

    Parameters
    ----------
    file
        The recording, at its start.
    record
        What is known of it, without words.
    voices
        Who speaks in it.
    digest
        The SHA-256 of the recording.
    """

    file: BinaryIO
    record: dict[str, Any]
    voices: Voices
    digest: str


@asynccontextmanager
async def recording_of(request: Request, count: Callable[[int], None]) -> AsyncIterator[Sent]:
    """Give the recording of a request; its temporary file has no name, and is gone when the block ends.

    Parameters
    ----------
    count
        Told of every piece's size; may refuse it.

    Raises
    ------
    MediaTypeError
        If the body is said to be something else.
    BadFormError
        If it is no form with a recording and a record.
    TooLargeError
        If it is larger than 25 MiB.
    SlowBodyError
        If it is not here within five minutes.
    """
    form = await _form(request, count)
    try:
        audio, given = _part(form, "audio"), _part(form, "record")
        if not isinstance(audio, UploadFile):
            raise BadFormError("the part 'audio' must be a file: with curl, -F 'audio=@voicemail.wav'")
        if (audio.size or 0) > MOST_BYTES:
            raise _too_large()
        raw = await given.read(MOST_RECORD_BYTES + 1) if isinstance(given, UploadFile) else given.encode()
        if len(raw) > MOST_RECORD_BYTES:
            raise TooLargeError("the part 'record' is larger than 1 MiB")
        record, voices = _record(parsed(raw))
        yield Sent(audio.file, record, voices, await asyncio.to_thread(_digest, audio.file))
    finally:
        await form.close()


async def _form(request: Request, count: Callable[[int], None]) -> FormData:
    kind = media_type(request)
    if kind != FORM:
        raise MediaTypeError(f"the body is said to be {kind[:80] or 'nothing'}; send a form, {FORM}")
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        raise MediaTypeError(f"the body is said to be encoded as {encoding[:40]}; send it as it is")
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > MOST_BODY_BYTES:
        raise _too_large()
    parser = _Form(request, count)
    try:
        async with asyncio.timeout(MOST_SECONDS):
            return await parser.parse()
    except MultiPartException as problem:
        raise BadFormError(f"the body is not a valid form: {problem.message}") from problem
    except TimeoutError as problem:
        raise SlowBodyError("the recording did not come within five minutes; send it again") from problem


class _Form(MultiPartParser):
    """Reads a form to its end; whatever goes wrong before, Starlette closes what it opened."""

    def __init__(self, request: Request, count: Callable[[int], None]) -> None:
        self._whole = False
        pieces = self._pieces(request, count)
        super().__init__(request.headers, pieces, max_files=2, max_fields=2, max_part_size=MOST_RECORD_BYTES)

    def on_end(self) -> None:
        self._whole = True

    async def _pieces(self, request: Request, count: Callable[[int], None]) -> AsyncGenerator[bytes, None]:
        size = 0
        async for chunk in request.stream():
            count(len(chunk))
            size += len(chunk)
            if size > MOST_BODY_BYTES:
                raise _too_large()
            yield chunk
        if not self._whole:
            raise MultiPartException("it ends before its last boundary")


def _too_large() -> TooLargeError:
    return TooLargeError(f"the audio is larger than {MOST_BYTES // MIB} MiB; send MP3 or OGG, or shorter pieces")


def _part(form: FormData, name: str) -> UploadFile | str:
    for given in form:
        if given not in PARTS:
            raise BadFormError(unknown("part of the form", given, PARTS))
    found = form.getlist(name)
    if len(found) != 1:
        raise BadFormError(f"the form has {'no' if not found else 'more than one'} part '{name}'; it takes one")
    return found[0]


def _record(value: Any) -> tuple[dict[str, Any], Voices]:
    """Return what is known of a recording as a record without words, and who speaks in it."""
    if not isinstance(value, dict):
        raise FeedbackError("record must be an object with an id")
    for name in ("text", "parts", "transcript"):
        if name in value:
            raise FeedbackError(f"the words come from the audio; leave {name} away", field=name)
    known = {name: one for name, one in value.items() if name not in ("question", "speakers")}
    known["parts"] = [{"text": "", "question": value.get("question")}]
    return known, voices_of(value.get("speakers"))


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    while piece := file.read(PIECE):
        found.update(piece)
    file.seek(0)
    return found.hexdigest()
