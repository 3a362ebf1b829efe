"""Alerts: listed, queued, and looked up."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.alert_listing import alerts_of
from api.alert_shapes import AlertDetailOut, AlertsOut
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from engine.alerts.alert import AlertKind, AlertState
from engine.alerts.severity import Severity
from engine.alerts.standing import clocks_of
from engine.store.alert_filter import AlertFilter, Sort

router = APIRouter(prefix="/v1", tags=["alerts"])
SORTED = "priority is the queue: what is not closed, the most urgent first; reviews only with kind=review"
SEARCHED = "the id of a customer, an alert or a feedback; or words that the customer said, all of them"
MOST_SEARCHED = 200


@router.get("/alerts", response_model=AlertsOut, responses=PROBLEMS)
async def list_alerts(
    request: Request,
    caller: Viewer,
    rule: str | None = None,
    severity: Annotated[list[Severity] | None, Query(description="of one of these severities")] = None,
    state: Annotated[list[AlertState] | None, Query(description="in one of these states: state=open&state=...")] = None,
    kind: AlertKind | None = None,
    unit: str | None = None,
    customer: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    holder: Annotated[str | None, Query(description="the person or team that holds it")] = None,
    team: Annotated[str | None, Query(description="the team that it counts for")] = None,
    problem: str | None = None,
    overdue: Annotated[bool, Query(description="only what is not closed and past due")] = False,
    mine: Annotated[bool, Query(description="only what this key's person, or a team of theirs, holds")] = False,
    person: Annotated[str | None, Query(description="with mine: whose, instead of the key's name")] = None,
    unassigned: Annotated[bool, Query(description="only what nobody holds")] = False,
    search: Annotated[str | None, Query(max_length=MOST_SEARCHED, description=SEARCHED)] = None,
    sort: Annotated[Sort, Query(description=SORTED)] = Sort.NEWEST,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: str | None = None,
) -> Response:
    """Return alerts, newest first or as a queue by priority; naive times take the program's zone."""
    service = service_of(request)
    zone, now = service.engine.program.zone, service.engine.clock.now()
    since, until = (
        moment.replace(tzinfo=zone) if moment and moment.tzinfo is None else moment for moment in (since, until)
    )
    wanted = AlertFilter(
        rule=rule,
        severities=tuple(map(str, severity)) if severity else None,
        states=tuple(map(str, state)) if state else None,
        kind=kind,
        unit=unit,
        since=since,
        until=until,
        team=team,
        problem=problem,
        overdue_at=now if overdue else None,
        unheld=unassigned,
        search=search,
    )

    def answer() -> Response:
        page = alerts_of(
            *(service, caller, wanted),
            sort=sort,
            limit=limit,
            cursor=cursor,
            holder=holder,
            mine=mine,
            person=person,
            customer=customer,
        )
        return as_json({"alerts": [alert.as_dict() for alert in page.alerts], "cursor": page.cursor})

    return await run_in_threadpool(answer)


@router.get("/alerts/{alert_id}", response_model=AlertDetailOut, responses=PROBLEMS)
async def get_alert(request: Request, caller: Viewer, alert_id: str) -> Response:
    """Return an alert with all that belongs to it; the `ETag` is what a change of it sends as `If-Match`."""
    service = service_of(request)
    alert, more = await run_in_threadpool(service.store.alerts.one, alert_id, caller.scope)
    answer = as_json(alert.as_dict() | more | {"clocks": clocks_of(alert, service.engine.clock.now())})
    answer.headers["ETag"] = f'"{alert.version}"'
    return answer
