"""Receivers: listed, and tested."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from api.auth import Caller, needs
from api.body import body_of, parsed
from api.problems import ParameterError
from api.receiver_changing import testing
from api.receiver_shapes import ReceiversOut, ReceiverTestIn, ReceiverTestOut, receiver_out
from api.routes.feedback import PROBLEMS, as_json, service_of
from engine.scope import ADMINS

router = APIRouter(prefix="/v1", tags=["receivers"])
Admin = Annotated[Caller, Depends(needs(ADMINS))]
TEST: dict[str, Any] = {
    "requestBody": {
        "required": False,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReceiverTestIn"}}},
    }
}


@router.get("/receivers", response_model=ReceiversOut, responses=PROBLEMS)
async def list_receivers(request: Request, _caller: Admin) -> Response:
    """Return the receivers that are in force, without addresses and secrets."""
    service = service_of(request)
    version_of, specs = service.published.version_of, sorted(service.specs.items())
    shown = [receiver_out(spec) | {"version": version_of(name)} for name, spec in specs]
    return as_json({"receivers": shown})


@router.post("/receivers/{name}/test", response_model=ReceiverTestOut, openapi_extra=TEST, responses=PROBLEMS)
async def try_receiver(request: Request, caller: Admin, name: str) -> Response:
    """Send a test message the real way, and say what came of it: also a failure is answered with 200."""
    service = service_of(request)
    with service.door.passing() as count:
        body = await body_of(request, count)
    address = _address(parsed(body) if body else {})
    tested = await run_in_threadpool(testing(service, caller, name, address))
    return as_json(tested.as_dict())


def _address(said: Any) -> str | None:
    try:
        return ReceiverTestIn.model_validate(said).address
    except ValidationError as problem:
        first = problem.errors()[0]
        field = ".".join(str(step) for step in first["loc"]) or "body"
        raise ParameterError(f"{field}: {first['msg']}", field=field) from problem
