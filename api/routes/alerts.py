"""Alerts: listed, looked up, and judged."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.alert_shapes import AlertDetailOut, AlertsOut, VerdictOut
from api.auth import Caller, needs
from api.body import body_of, parsed
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from engine.alerts.alert import AlertKind, AlertState
from engine.alerts.severity import Severity
from engine.alerts.verdict import admit_verdict
from engine.scope import JUDGES
from engine.store.alerts import AlertFilter

router = APIRouter(prefix="/v1", tags=["alerts"])
Judge = Annotated[Caller, Depends(needs(JUDGES))]
VERDICT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/VerdictIn"}}},
    }
}


@router.get("/alerts", response_model=AlertsOut, responses=PROBLEMS)
async def list_alerts(
    request: Request,
    caller: Viewer,
    rule: str | None = None,
    severity: Severity | None = None,
    state: AlertState | None = None,
    kind: AlertKind | None = None,
    unit: str | None = None,
    customer: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: str | None = None,
) -> Response:
    """Return alerts, newest first; naive times take the program's zone."""
    service = service_of(request)
    zone = service.engine.program.zone
    since, until = (
        moment.replace(tzinfo=zone) if moment and moment.tzinfo is None else moment for moment in (since, until)
    )
    wanted = AlertFilter(rule, severity, state, kind, unit, customer, since, until)

    def answer() -> Response:
        page = service.store.alerts.page(wanted, limit=limit, cursor=cursor, scope=caller.scope)
        return as_json({"alerts": [alert.as_dict() for alert in page.alerts], "cursor": page.cursor})

    return await run_in_threadpool(answer)


@router.get("/alerts/{alert_id}", response_model=AlertDetailOut, responses=PROBLEMS)
async def get_alert(request: Request, caller: Viewer, alert_id: str) -> Response:
    """Return an alert with its latest verdict, its history and its notifications."""
    store = service_of(request).store
    alert, more = await run_in_threadpool(store.alerts.one, alert_id, caller.scope)
    return as_json(alert.as_dict() | more)


@router.post("/alerts/{alert_id}/verdict", response_model=VerdictOut, openapi_extra=VERDICT, responses=PROBLEMS)
async def give_verdict(request: Request, caller: Judge, alert_id: str) -> Response:
    """Say what is to be said about an alert; the latest verdict counts, and every one stays on record.

    Labels are those of the whole feedback, by task: all that hold, and [] where none does.
    """
    service = service_of(request)
    with service.door.passing() as count:
        said = parsed(await body_of(request, count))
    engine = service.engine
    verdict = admit_verdict(said, alert_id, caller.name, engine.clock.now(), engine.rules.taxonomy)
    given = await service.writer.run(lambda: service.store.verdicts.give(verdict, caller.scope))
    return as_json(given.as_dict())
