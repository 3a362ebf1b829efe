"""Attainment: how many alerts were followed up and closed in time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.people_shapes import AttainmentOut
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from engine.alerts.attainment import GroupedBy, Question, parse_goal, span_of
from engine.alerts.severity import Severity

router = APIRouter(prefix="/v1", tags=["attainment"])


@router.get("/attainment", response_model=AttainmentOut, responses=PROBLEMS)
async def get_attainment(
    request: Request,
    caller: Viewer,
    since: Annotated[datetime | None, Query(description="else 30 days ago")] = None,
    until: Annotated[datetime | None, Query(description="else now")] = None,
    by: GroupedBy | None = None,
    goal: Annotated[str | None, Query(description="such as `90% followed up in 24h`", max_length=100)] = None,
    rule: str | None = None,
    holder: str | None = None,
    team: str | None = None,
    unit: str | None = None,
    severity: Severity | None = None,
    intent: Annotated[str | None, Query(description="of alerts about feedback that was read to have it")] = None,
) -> Response:
    """Return how many of the alerts opened in a span met their targets; naive times take the program's zone."""
    service = service_of(request)
    now = service.engine.clock.now()
    begin, end = span_of(since, until, now, service.engine.program.zone)
    asked = Question(
        since=begin,
        until=end,
        by=by,
        goal=None if goal is None else parse_goal(goal),
        rule=rule,
        holder=holder,
        team=team,
        unit=unit,
        severity=severity,
        intent=intent,
    )
    found = await run_in_threadpool(service.store.attainment.report, asked, now, caller.scope)
    return as_json(found.as_dict())
