"""Feedback as recordings: heard, then taken like any other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.body import admit_all
from api.recording_shapes import RecordingDecidedOut
from api.recordings import recording_of
from api.routes.feedback import PROBLEMS, Sender, as_json, decided, service_of
from api.shapes import ProblemOut
from engine.decision import Decision
from engine.feedback import Feedback

if TYPE_CHECKING:
    from models.speech.transcript import Transcript

router = APIRouter(prefix="/v1", tags=["feedback"])

BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"$ref": "#/components/schemas/RecordingIn"},
                "encoding": {"record": {"contentType": "application/json"}},
            }
        },
    }
}


@router.post(
    "/feedback/audio",
    response_model=RecordingDecidedOut,
    openapi_extra=BODY,
    responses=PROBLEMS | {501: {"model": ProblemOut}},
)
async def post_recording(
    request: Request,
    caller: Sender,
    notify: Annotated[bool, Query(description="whether alerts send messages")] = True,
    revise: Annotated[
        bool, Query(description="whether another recording under a known id is its next revision")
    ] = False,
) -> Response:
    """Take one recording; the decision comes once it is durable. The recording itself is not kept.

    The same source, id and record with the same recording gets its first decision again, and the
    recording is not heard again; with another recording it is a conflict (409), unless `revise` is set.
    """
    service = service_of(request)
    service.hearing.check_room()
    with service.hearing.door.passing() as count:
        async with recording_of(request, count) as sent:
            engine = service.engine
            admit = [sent.record], engine.program, engine.clock, caller
            (unheard,) = await asyncio.to_thread(admit_all, *admit)
            unheard = replace(unheard, recording=sent.voices.named(sent.digest))
            known = await _known(request, unheard, revise=revise)
            if known is not None:
                return _answer([known], None)
            transcript = await service.hearing.transcript(request, sent.file, apart=sent.voices.apart)
        service.metrics.heard.inc(transcript.seconds)
        heard = sent.voices.heard(unheard, transcript.utterances, transcript.seconds)
        redacted = await run_in_threadpool(engine.redact, [heard])
        return _answer(await decided(service, redacted, notify=notify, revise=revise), transcript)


async def _known(request: Request, unheard: Feedback, *, revise: bool) -> Decision | None:
    """Return the decision of a recording that came before under the same key."""
    engine = service_of(request).engine

    def look() -> Decision | None:
        return engine.known(engine.redact([unheard]), revise=revise).get(unheard.key)

    return await run_in_threadpool(look)


def _answer(decisions: Sequence[Decision], transcript: Transcript | None) -> Response:
    heard: dict[str, Any] | None = None
    if transcript is not None:
        heard = {
            "seconds": round(transcript.seconds, 3),
            "language": transcript.language,
            "unclear_seconds": round(transcript.unclear_seconds, 3),
            "model": transcript.model,
        }
    return as_json({"decisions": [decision.as_dict() for decision in decisions], "heard": heard})
