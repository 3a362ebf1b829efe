"""Alerts changed: one or many, attempts to reach the customer, and verdicts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api.alert_body import Asked, asked_of_many, asked_of_one
from api.alert_changing import change_alerts, intake_of
from api.alert_shapes import AlertOut, ChangedOut, VerdictOut
from api.auth import Caller, needs
from api.body import body_of, parsed
from api.routes.feedback import PROBLEMS, as_json, service_of
from engine.alerts.alert import Alert
from engine.alerts.changes import Action
from engine.alerts.verdict import Verdict
from engine.errors import VerdictError
from engine.scope import JUDGES

router = APIRouter(prefix="/v1", tags=["alerts"])
Judge = Annotated[Caller, Depends(needs(JUDGES))]
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "the ETag of the alert as it was seen; or `version` in the body",
}


def _taking(shape: str, *, parameters: bool = True) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape}"}}}
    tagged = {"parameters": [IF_MATCH]} if parameters else {}
    return {"requestBody": {"required": True, "content": content}, **tagged}


@router.post(
    "/alerts/{alert_id}/changes", response_model=AlertOut, openapi_extra=_taking("ChangeIn"), responses=PROBLEMS
)
async def change_alert(request: Request, caller: Judge, alert_id: str) -> Response:
    """Change an alert: acknowledge, start, assign, note, attempt, resolve, dismiss, reopen, link or verdict.

    Whatever could take back what somebody else did needs the version that was seen; another is refused with 412.
    """
    asked = asked_of_one(request, alert_id, await _body(request))
    return _tagged((await _changed(request, caller, asked))[0])


@router.post(
    "/alerts/{alert_id}/attempts", response_model=AlertOut, openapi_extra=_taking("AttemptIn"), responses=PROBLEMS
)
async def record_attempt(request: Request, caller: Judge, alert_id: str) -> Response:
    """Record a try to reach the customer. The first one meets the follow-up clock, whatever came of it."""
    asked = asked_of_one(request, alert_id, await _body(request), Action.ATTEMPT)
    return _tagged((await _changed(request, caller, asked))[0])


@router.post(
    "/alerts/{alert_id}/verdict", response_model=VerdictOut, openapi_extra=_taking("VerdictIn"), responses=PROBLEMS
)
async def give_verdict(request: Request, caller: Judge, alert_id: str) -> Response:
    """Say what is to be said about an alert; the latest verdict counts, and every one stays on record.

    Labels are those of the whole feedback, by task: all that hold, and [] where none does.
    """
    body = await _body(request)
    if not isinstance(body, dict):
        raise VerdictError("a verdict must be an object with the field 'verdict'")
    asked = asked_of_one(request, alert_id, body, Action.VERDICT)
    service = service_of(request)

    def give() -> Verdict:
        intake = intake_of(service)
        by = asked.by(caller, intake)
        verdict = intake.verdict(asked.record, by.who, service.engine.clock.now()).of(alert_id)
        seen = asked.seen[alert_id]
        return service.store.verdicts.give(verdict, caller.scope, version=seen, through=by.through)

    return as_json((await service.writer.run(give)).as_dict())


@router.post(
    "/alerts/changes",
    response_model=ChangedOut,
    openapi_extra=_taking("ChangesIn", parameters=False),
    responses=PROBLEMS,
)
async def change_many(request: Request, caller: Judge) -> Response:
    """Change up to 1,000 alerts in one way and in one transaction: all of them, or none.

    Where one is refused, the answer is a problem whose `refused` says for each such alert why.
    """
    alerts = await _changed(request, caller, asked_of_many(await _body(request)))
    return as_json({"alerts": [alert.as_dict() for alert in alerts]})


async def _body(request: Request) -> Any:
    with service_of(request).door.passing() as count:
        return parsed(await body_of(request, count))


async def _changed(request: Request, caller: Caller, asked: Asked) -> list[Alert]:
    service = service_of(request)

    return await service.writer.run(lambda: change_alerts(service, caller, asked))


def _tagged(alert: Alert) -> Response:
    answer = as_json(alert.as_dict())
    answer.headers["ETag"] = f'"{alert.version}"'
    return answer
