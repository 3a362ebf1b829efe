"""Feedback as recordings: heard, then taken like any other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.body import admit_all
from api.recording_shapes import RecordingDecidedOut
from api.recordings import Sent, recording_of, role_of, speakers_of
from api.routes.feedback import PROBLEMS, Sender, as_json, decided, service_of
from api.shapes import ProblemOut
from engine.decision import Decision
from engine.feedback import Feedback, Part, Speaker
from engine.transcripts.turns import parts_of

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
SPEAKERS = "who speaks: customer, agent or other; or, for two channels, left=agent,right=customer"


@dataclass(frozen=True, slots=True)
class Voices:
    """Who speaks in a recording: one role for all of it, or one a channel.

    Parameters
    ----------
    said
        As the sender says it.
    sides
        By the side of a stereo recording; empty where the channels are heard as one.
    """

    said: str
    alone: Speaker
    sides: Mapping[str, Speaker]

    def parts(self, transcript: Transcript, question: str | None) -> tuple[Part, ...]:
        """Return the turns of what was heard; of silence, one part without words."""
        parts = parts_of(transcript.utterances, self.sides)
        if not self.sides:
            parts = tuple(replace(part, speaker=self.alone) for part in parts)
        silence = Part("", speaker=self.alone, start=0.0, end=round(transcript.seconds, 3))
        return tuple(replace(part, question=question) for part in parts or (silence,))


@router.post(
    "/feedback/audio",
    response_model=RecordingDecidedOut,
    openapi_extra=BODY,
    responses=PROBLEMS | {501: {"model": ProblemOut}},
)
async def post_recording(
    request: Request,
    caller: Sender,
    speakers: Annotated[str, Query(description=SPEAKERS)] = "customer",
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
    voices = _voices(speakers)
    service.hearing.check_room()
    with service.hearing.door.passing() as count:
        async with recording_of(request, count) as sent:
            engine = service.engine
            admit = [sent.record], engine.program, engine.clock, caller
            unheard = _named((await asyncio.to_thread(admit_all, *admit))[0], sent, voices)
            known = await _known(request, unheard, revise=revise)
            if known is not None:
                return _answer([known], None)
            transcript = await service.hearing.transcript(request, sent.file, apart=bool(voices.sides))
        service.metrics.heard.inc(transcript.seconds)
        heard = replace(unheard, parts=voices.parts(transcript, unheard.parts[0].question))
        redacted = await run_in_threadpool(engine.redact, [heard])
        return _answer(await decided(service, redacted, notify=notify, revise=revise), transcript)


def _voices(speakers: str) -> Voices:
    if "=" in speakers:
        return Voices(speakers, "customer", speakers_of(speakers))
    return Voices(speakers, role_of(speakers.strip()), {})


def _named(feedback: Feedback, sent: Sent, voices: Voices) -> Feedback:
    """Return a feedback that names its recording, and what of how it is heard the sender decides."""
    roles = dict(sorted(voices.sides.items())) or {"all": voices.alone}
    said = " ".join(f"{side}={role}" for side, role in roles.items())
    return replace(feedback, recording=f"sha256:{sent.digest} {said}")


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
