"""Routes: shown, and tried on a feedback or an alert that somebody imagines."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api.auth import Caller, needs
from api.body import MIB, body_of, parsed
from api.problems import findings_of
from api.route_shapes import RoutesOut, RouteTryOut
from api.route_trying import tried
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from engine.scope import TESTERS
from engine.shelf.setup import ROUTES

router = APIRouter(prefix="/v1", tags=["routes"])
Tester = Annotated[Caller, Depends(needs(TESTERS))]
TRY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RouteTryIn"}}},
    }
}


@router.get("/routes", response_model=RoutesOut, responses=PROBLEMS)
async def get_routes(request: Request, caller: Viewer) -> Response:  # noqa: ARG001
    """Return the tree of routes that is in force: that of the program's file, else the published one."""
    service = service_of(request)
    published = service.published
    routes, found = service.engine.program.routes, published.versions.get(ROUTES)
    filed = published.in_file(ROUTES) is not None
    version = None if filed or found is None else found.number
    problems = [one for one in published.setup.findings if found is not None and one.file == found.draft.file]
    return as_json(
        {
            "routes": routes.as_dict() if routes else None,
            "stands": "file" if filed else "nowhere" if version is None else "published",
            "version": version,
            "problems": findings_of(problems),
        }
    )


@router.post("/routes/try", response_model=RouteTryOut, openapi_extra=TRY, responses=PROBLEMS)
async def try_routes(request: Request, caller: Tester) -> Response:
    """Say where the alerts of a feedback would go, or an alert that somebody imagines, and why; nothing is stored.

    The feedback is read and judged as live; cooldowns and windows are not looked at. Each destination says what
    would become of its message at this moment.
    """
    service = service_of(request)
    with service.door.passing() as count:
        said = parsed(await body_of(request, count, most=MIB))
        found = await service.checker.run(lambda: tried(service, said, caller))
    return as_json({"alerts": [one.as_dict() for one in found]})
