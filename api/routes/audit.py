"""The record of changed settings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.audit_shapes import AuditOut
from api.auth import Caller, needs
from api.routes.feedback import PROBLEMS, as_json, service_of
from engine.errors import ForbiddenError
from engine.scope import ADMINS

router = APIRouter(prefix="/v1", tags=["audit"])
Admin = Annotated[Caller, Depends(needs(ADMINS))]


@router.get("/audit", response_model=AuditOut, responses=PROBLEMS)
async def list_changes(
    request: Request,
    caller: Admin,
    kind: Annotated[str | None, Query(description="of one kind of thing, such as person")] = None,
    subject: Annotated[str | None, Query(description="of one thing")] = None,
    who: Annotated[str | None, Query(description="by somebody, in their name or through their account")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> Response:
    """Return who changed which setting, the newest first; changes of alerts stand in their own histories."""
    if caller.scope.unit is not None:
        raise ForbiddenError("settings hold for every unit: it takes a key without a unit")
    audit = service_of(request).store.audit

    def answer() -> Response:
        found = audit.page(before=cursor, limit=limit + 1, kind=kind, subject=subject, who=who)
        following = str(found[limit - 1].id) if len(found) > limit else None
        return as_json({"changes": [one.as_dict() for one in found[:limit]], "cursor": following})

    return await run_in_threadpool(answer)
