"""Routes: shown, and tried on a feedback or an alert that somebody imagines."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api.auth import Caller, check_unit, needs
from api.body import MIB, body_of, parsed
from api.problems import ParameterError
from api.route_shapes import RoutesOut, RouteTryOut
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from api.runtime import Service
from engine.errors import FeedbackError, ForbiddenError
from engine.intake import admit
from engine.names import unknown
from engine.route_trial import NO_ID, RouteTrial, Tried, admit_subject
from engine.scope import TESTERS

router = APIRouter(prefix="/v1", tags=["routes"])
Tester = Annotated[Caller, Depends(needs(TESTERS))]
FIELDS = ("feedback", "alert")
TRY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RouteTryIn"}}},
    }
}


@router.get("/routes", response_model=RoutesOut, responses=PROBLEMS)
async def get_routes(request: Request, caller: Viewer) -> Response:  # noqa: ARG001
    """Return the tree of routes, as the program's folder has it."""
    routes = service_of(request).engine.program.routes
    return as_json({"routes": routes.as_dict() if routes else None})


@router.post("/routes/try", response_model=RouteTryOut, openapi_extra=TRY, responses=PROBLEMS)
async def try_routes(request: Request, caller: Tester) -> Response:
    """Say where the alerts of a feedback would go, or an alert that somebody imagines, and why; nothing is stored.

    The feedback is read and judged as live; cooldowns and windows are not looked at. Each destination says what
    would become of its message at this moment.
    """
    service = service_of(request)
    with service.door.passing() as count:
        said = parsed(await body_of(request, count, most=MIB))
        found = await service.checker.run(lambda: _tried(service, said, caller))
    return as_json({"alerts": [one.as_dict() for one in found]})


def _tried(service: Service, said: Any, caller: Caller) -> list[Tried]:
    """Try what a body says.

    Raises
    ------
    ParameterError
        If it says neither a feedback nor an alert, or both.
    FeedbackError
        If that is not valid.
    ForbiddenError
        If it is of a unit outside the caller's.
    """
    field, record = _one_of(said)
    engine = service.engine
    trial, now = RouteTrial(engine), engine.clock.now()
    if not record.get("unit") and caller.scope.unit is not None:
        record = record | {"unit": caller.scope.unit}
    try:
        if field == "feedback":
            feedback = admit({"id": NO_ID} | record, engine.program, now)
            check_unit(feedback, caller, 0)
            return trial.feedback(feedback)
        subject = admit_subject(record, engine.program, engine.rules.taxonomy, engine.rules.by_slug, now)
    except FeedbackError as problem:
        where = f"{field}.{problem.field}" if problem.field else field
        raise FeedbackError(str(problem), field=where) from problem
    if not caller.scope.sees(subject.unit):
        raise ForbiddenError(f"unit {subject.unit} is outside this key's unit {caller.scope.unit}")
    return [trial.imagined(subject)]


def _one_of(said: Any) -> tuple[str, dict[str, Any]]:
    given = said if isinstance(said, dict) else {}
    for name in given:
        if name not in FIELDS:
            raise ParameterError(unknown("field", name, FIELDS), field=name[:100])
    if len(given) != 1:
        raise ParameterError("send either a feedback or an alert", field="feedback")
    field, record = next(iter(given.items()))
    if not isinstance(record, dict):
        raise ParameterError(f"{field} must be an object", field=field)
    return field, record
