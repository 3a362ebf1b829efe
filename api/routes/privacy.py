"""Who looked at what was taken out of feedback."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auth import Caller, needs
from api.privacy_shapes import PrivateViewsOut
from api.routes.feedback import PROBLEMS, as_json, service_of
from engine.errors import ForbiddenError
from engine.scope import ADMINS

router = APIRouter(prefix="/v1", tags=["privacy"])
Admin = Annotated[Caller, Depends(needs(ADMINS))]


@router.get("/private-views", response_model=PrivateViewsOut, responses=PROBLEMS)
async def list_private_views(
    request: Request,
    caller: Admin,
    source: str | None = None,
    feedback: Annotated[str | None, Query(description="only looks at the feedback of this id")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> Response:
    """Return who looked at what was taken out of feedback, when and why, the newest first."""
    if caller.scope.unit is not None:
        raise ForbiddenError("looks are at feedback of every unit, and this key is for one; use a key without a unit")
    views = service_of(request).store.private_views

    def answer() -> Response:
        found = views.page(source=source, feedback_id=feedback, limit=limit + 1, before=cursor)
        following = found[limit - 1].id if len(found) > limit else None
        return as_json({"views": [one.as_dict() for one in found[:limit]], "cursor": following})

    return await run_in_threadpool(answer)
