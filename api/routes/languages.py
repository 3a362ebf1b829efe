"""Languages: in which ones feedback came, and how much of it nobody reads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.language_shapes import LanguagesOut
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from engine.alerts.attainment import span_of

router = APIRouter(prefix="/v1", tags=["feedback"])


@router.get("/languages", response_model=LanguagesOut, responses=PROBLEMS)
async def get_languages(
    request: Request,
    caller: Viewer,
    since: Annotated[datetime | None, Query(description="else 30 days ago")] = None,
    until: Annotated[datetime | None, Query(description="else now")] = None,
) -> Response:
    """Return how much feedback was received in a span, by language and status; naive times take the program's zone."""
    service = service_of(request)
    begin, end = span_of(since, until, service.engine.clock.now(), service.engine.program.zone)
    found = await run_in_threadpool(service.store.languages.report, begin, end, caller.scope)
    return as_json(found.as_dict())
