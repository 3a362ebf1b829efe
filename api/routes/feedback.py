"""Feedback: in, out, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auth import Caller, needs
from api.body import admitted
from api.privacy_shapes import PrivateOut
from api.private_looking import look_at
from api.problems import ParameterError
from api.runtime import Service
from api.shapes import DecisionsOut, ExplanationOut, ProblemOut, ReadingsOut, StoredOut
from engine.decision import Decision
from engine.errors import ReaderUnavailableError
from engine.feedback import Feedback
from engine.privacy.restoring import Taken
from engine.reading import Reading
from engine.scope import READERS, SENDERS

Everything = Annotated[bool, Query(alias="all", description="every leaf's confidence, not only 0.05 and more")]
router = APIRouter(prefix="/v1", tags=["feedback"])
Sender = Annotated[Caller, Depends(needs(SENDERS))]
Viewer = Annotated[Caller, Depends(needs(READERS))]
Anyone = Annotated[Caller, Depends(needs(READERS | SENDERS))]

BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [
                        {"$ref": "#/components/schemas/FeedbackIn"},
                        {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/FeedbackIn"}},
                    ]
                }
            }
        },
    }
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemOut} for status in (400, 401, 403, 404, 408, 409, 413, 415, 422, 503)
}


def service_of(request: Request) -> Service:
    """Return the service of an application."""
    service: Service = request.app.state.service
    return service


def as_json(value: Any) -> Response:
    """Return plain JSON values as a response that no cache keeps: it holds customers' words."""
    return Response(orjson.dumps(value), media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post("/feedback", response_model=DecisionsOut, openapi_extra=BODY, responses=PROBLEMS)
async def post_feedback(
    request: Request,
    caller: Sender,
    notify: Annotated[bool, Query(description="whether alerts send messages")] = True,
    revise: Annotated[bool, Query(description="whether other content under a known id is its next revision")] = False,
) -> Response:
    """Take one record, or an array of up to 1,000; the decisions come once they are durable.

    The same source and id with the same content gets its first decision again; with other content
    it is a conflict (409), unless `revise` is set. Nothing is written when any record is refused.
    """
    service = service_of(request)
    with service.door.passing() as count:
        batch = await admitted(request, count, service.engine.program, service.engine.clock, caller)
        redacted = await run_in_threadpool(service.engine.redact, batch)
        decisions = await decided(service, redacted, notify=notify, revise=revise)
        return await asyncio.to_thread(lambda: as_json({"decisions": [decision.as_dict() for decision in decisions]}))


async def decided(service: Service, batch: Sequence[Feedback], *, notify: bool, revise: bool) -> list[Decision]:
    """Read, judge and commit a batch that is admitted and redacted; what is known keeps its first decision.

    Raises
    ------
    ConflictError
        If a key came before with other content and `revise` is not set.
    """
    engine = service.engine
    known = await run_in_threadpool(lambda: engine.known(batch, revise=revise))
    new = [feedback for feedback in batch if feedback.key not in known]
    if not new:
        return [known[feedback.key] for feedback in batch]
    readings = dict(zip([feedback.key for feedback in new], await _read(service, new), strict=True))

    def commit() -> list[Decision]:
        with service.metrics.commit.time():
            return engine.decide(batch, readings, notify, revise)

    decisions = await service.writer.run(commit)
    service.metrics.decided(decision for decision in decisions if (decision.source, decision.id) not in known)
    return decisions


async def _read(service: Service, batch: Sequence[Feedback]) -> list[Reading]:
    try:
        return await asyncio.wrap_future(service.reader.submit([feedback.parts for feedback in batch]))
    except ReaderUnavailableError:
        if not service.engine.program.degrade:
            raise
        return [service.engine.unread() for _ in batch]


@router.post("/read", response_model=ReadingsOut, openapi_extra=BODY, responses=PROBLEMS)
async def post_read(
    request: Request,
    caller: Anyone,
    everything: Everything = False,
) -> Response:
    """Read records without storing anything, as they would be stored; offsets are those of the words as they came."""
    service = service_of(request)
    with service.door.passing() as count:
        batch = await admitted(request, count, service.engine.program, service.engine.clock, caller)
        taken = await run_in_threadpool(service.engine.take, batch)
        readings = await asyncio.wrap_future(service.reader.submit([one.feedback.parts for one in taken]))
        told = partial(_told, taken, readings, everything=everything)
        return await asyncio.to_thread(lambda: as_json({"readings": told()}))


def _told(taken: Sequence[Taken], readings: Sequence[Reading], *, everything: bool) -> list[dict[str, Any]]:
    """Return readings of what would be stored, with the offsets of what was sent."""
    originals = [one.original() for one in taken]
    return [
        original.reading(reading).as_dict(original.feedback.id, everything=everything, parts=original.feedback.parts)
        for original, reading in zip(originals, readings, strict=True)
    ]


@router.get("/feedback/{feedback_id}", response_model=StoredOut | PrivateOut, responses=PROBLEMS)
async def get_feedback(
    request: Request,
    caller: Viewer,
    feedback_id: str,
    source: str = "default",
    everything: Everything = False,
    private: Annotated[bool, Query(description="as it came, with what was taken out; it is written down")] = False,
    why: Annotated[str, Query(description="with private: why it is looked at, which is kept")] = "",
) -> Response:
    """Return a feedback with its latest decision: as it is stored, or for those who may see it, as it came."""
    if private:
        return await _seen(request, caller, (source, feedback_id), why, everything=everything)
    if why:
        raise ParameterError("why goes with private=true", field="why")
    engine = service_of(request).engine
    stored = await run_in_threadpool(engine.stored, source, feedback_id, caller.scope)
    return as_json(
        {
            "feedback": stored.feedback.as_dict(),
            "received_at": stored.received_at.isoformat(),
            "occurred_at": stored.occurred_at.isoformat(),
            "erased_at": stored.erased_at.isoformat() if stored.erased_at else None,
            "decision": stored.decision.as_dict(everything=everything),
        }
    )


async def _seen(request: Request, caller: Caller, key: tuple[str, str], why: str, *, everything: bool) -> Response:
    """Return a feedback as it came, and write down who looks."""
    service = service_of(request)
    found = await service.writer.run(lambda: look_at(service, caller, *key, why))
    return as_json(found.as_dict(everything=everything))


@router.get("/feedback/{feedback_id}/explain", response_model=ExplanationOut, responses=PROBLEMS)
async def explain_feedback(
    request: Request,
    caller: Viewer,
    feedback_id: str,
    source: str = "default",
    now: Annotated[bool, Query(description="judge with today's rules, not with those that decided")] = False,
) -> Response:
    """Say for every rule and condition what was found, what was wanted, and what happened after."""
    engine = service_of(request).engine
    found = await run_in_threadpool(lambda: engine.explain(source, feedback_id, today=now, scope=caller.scope))
    return as_json(found.as_dict())
