"""Erasures: customers are forgotten, and receipts are shown."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auth import Caller, needs
from api.body import body_of, parsed
from api.erasing import check_everywhere, erasing
from api.erasure_shapes import ErasureOut, ErasuresOut
from api.routes.feedback import PROBLEMS, as_json, service_of
from engine.scope import ADMINS

router = APIRouter(prefix="/v1", tags=["erasures"])
Admin = Annotated[Caller, Depends(needs(ADMINS))]
ERASURE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErasureIn"}}},
    }
}


@router.post("/erasures", status_code=202, response_model=ErasureOut, openapi_extra=ERASURE, responses=PROBLEMS)
async def add_erasure(request: Request, caller: Admin) -> Response:
    """Have every trace of a customer erased; it is written down now, and done in the background.

    The answer says under which id the receipt is found. What was begun is finished, also after a crash.
    """
    check_everywhere(caller)
    service = service_of(request)
    with service.door.passing() as count:
        said = parsed(await body_of(request, count))
    begun = await service.writer.run(erasing(service, caller, said))
    answer = as_json(begun.as_dict())
    answer.status_code = 202
    return answer


@router.get("/erasures", response_model=ErasuresOut, responses=PROBLEMS)
async def list_erasures(
    request: Request,
    caller: Admin,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: str | None = None,
) -> Response:
    """Return erasures with their receipts, the newest first; retention has one a day and rule."""
    check_everywhere(caller)
    page = service_of(request).store.erasures.page

    def answer() -> Response:
        found = page(limit=limit + 1, after=cursor)
        following = found[limit - 1].id if len(found) > limit else None
        return as_json({"erasures": [one.as_dict() for one in found[:limit]], "cursor": following})

    return await run_in_threadpool(answer)


@router.get("/erasures/{erasure_id}", response_model=ErasureOut, responses=PROBLEMS)
async def get_erasure(request: Request, caller: Admin, erasure_id: str) -> Response:
    """Return an erasure with its receipt, as far as it is."""
    check_everywhere(caller)
    found = await run_in_threadpool(service_of(request).store.erasures.one, erasure_id)
    return as_json(found.as_dict())
