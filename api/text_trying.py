"""Trying a text: admitted, redacted, read with everything else that is read, and judged; nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool

from api.auth import Caller
from api.runtime import Service
from engine.errors import ForbiddenError, ReaderUnavailableError
from engine.feedback import Feedback
from engine.intake import admit
from engine.reading import Reading
from engine.route_trial import NO_ID
from engine.text_trial import TriedText, try_text
from engine.transcripts.subtitles import is_srt, is_vtt


def said_in(text: str) -> dict[str, Any]:
    """Return a text as a record says it: what is subtitles, or a recogniser's JSON, as a transcript."""
    return {"transcript" if _is_transcript(text) else "text": text}


def _is_transcript(text: str) -> bool:
    if is_vtt(text) or is_srt(text):
        return True
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        return isinstance(orjson.loads(text), (dict, list))
    except orjson.JSONDecodeError:
        return False


async def try_record(service: Service, caller: Caller, record: Mapping[str, Any]) -> TriedText:
    """Return what would be made of a record at this moment.

    It waits in the queue of the reader like what is sent, so that nothing sent waits for it longer than for another
    record.

    Raises
    ------
    FeedbackError
        If it is not valid.
    ForbiddenError
        If it is of a unit outside the caller's.
    OverloadedError
        If too much waits to be read.
    ReaderUnavailableError
        If nothing can be read now, and the program does not accept that.
    """
    feedback = await run_in_threadpool(lambda: _admitted(service, caller, record))
    reading = await _read(service, feedback)
    return await run_in_threadpool(lambda: try_text(service.engine, feedback, reading))


def _admitted(service: Service, caller: Caller, record: Mapping[str, Any]) -> Feedback:
    engine, scope = service.engine, caller.scope
    whole = {"id": NO_ID, "unit": scope.unit} | dict(record)
    feedback = admit(whole, engine.program, engine.clock.now())
    if not scope.sees(feedback.unit):
        raise ForbiddenError(f"unit {feedback.unit} is outside of yours, {scope.unit}")
    engine.learn()
    return engine.redact([feedback])[0]


async def _read(service: Service, feedback: Feedback) -> Reading:
    try:
        return (await asyncio.wrap_future(service.reader.submit([feedback.parts])))[0]
    except ReaderUnavailableError:
        if not service.engine.program.degrade:
            raise
        return service.engine.unread()
