"""Silences: listed, begun, and ended early."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auth import Caller, needs
from api.body import body_of, parsed
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from api.silence_changing import beginning, ending, silence_of
from api.silence_shapes import SilenceOut, SilencesOut
from engine.alerts.silence import Silence
from engine.scope import JUDGES

router = APIRouter(prefix="/v1", tags=["silences"])
Judge = Annotated[Caller, Depends(needs(JUDGES))]
SILENCE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SilenceIn"}}},
    }
}


@router.get("/silences", response_model=SilencesOut, responses=PROBLEMS)
async def list_silences(
    request: Request,
    caller: Viewer,
    ended: Annotated[bool, Query(description="whether those that have ended are wanted too")] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: str = "",
) -> Response:
    """Return the silences that are active or still to come, the newest first."""
    service = service_of(request)
    now = service.engine.clock.now()

    def answer() -> Response:
        found = service.store.silences.page(now, ended=ended, limit=limit + 1, after=cursor, scope=caller.scope)
        following = found[limit - 1].id if len(found) > limit else None
        return as_json({"silences": [_out(one, request) for one in found[:limit]], "cursor": following})

    return await run_in_threadpool(answer)


@router.post("/silences", response_model=SilenceOut, openapi_extra=SILENCE, responses=PROBLEMS)
async def add_silence(request: Request, caller: Judge) -> Response:
    """Keep messages quiet for a while; alerts still open, and what was held back is told of at the end.

    A key of a unit silences alerts of that unit and below: `matching` names it.
    """
    service = service_of(request)
    with service.door.passing() as count:
        said = parsed(await body_of(request, count))
    silence = await run_in_threadpool(silence_of, service, caller, said)
    begun = await service.writer.run(beginning(service, caller, silence))
    return as_json(_out(begun, request))


@router.post("/silences/{silence_id}/end", response_model=SilenceOut, responses=PROBLEMS)
async def end_silence(request: Request, caller: Judge, silence_id: str) -> Response:
    """End a silence before its time."""
    service = service_of(request)
    ended = await service.writer.run(ending(service, caller, silence_id))
    return as_json(_out(ended, request))


def _out(silence: Silence, request: Request) -> dict[str, Any]:
    return silence.as_dict() | {"state": silence.state(service_of(request).engine.clock.now())}
