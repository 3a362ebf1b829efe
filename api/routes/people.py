"""People and teams: listed, looked up, entered, and let go."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auth import Caller, needs
from api.body import body_of, parsed
from api.people_changing import check_scope, entering, removing, sees
from api.people_shapes import PeopleOut, PersonOut, TeamsOut
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from engine.errors import NotFoundError
from engine.names import show
from engine.scope import Role

router = APIRouter(prefix="/v1", tags=["people"])
Admin = Annotated[Caller, Depends(needs(frozenset({Role.ADMIN})))]
PERSON: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PersonIn"}}},
    }
}


@router.get("/people", response_model=PeopleOut, responses=PROBLEMS)
async def list_people(
    request: Request,
    caller: Viewer,
    team: str | None = None,
    gone: Annotated[bool, Query(description="whether those who have left are wanted too")] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: str = "",
) -> Response:
    """Return people by id; a key of a unit sees those of that unit and below."""
    store = service_of(request).store

    def answer() -> Response:
        everybody = [one for one in store.people.all(gone=gone) if one.id > cursor and sees(caller.scope, one)]
        found = [one for one in everybody if team is None or team in one.teams][: limit + 1]
        following = found[limit - 1].id if len(found) > limit else None
        return as_json({"people": [one.as_dict() for one in found[:limit]], "cursor": following})

    return await run_in_threadpool(answer)


@router.get("/people/{person_id}", response_model=PersonOut, responses=PROBLEMS)
async def get_person(request: Request, caller: Viewer, person_id: str) -> Response:
    """Return a person, also one who has left."""
    person = await run_in_threadpool(service_of(request).store.people.one, person_id)
    if not sees(caller.scope, person):
        raise NotFoundError(f"there is no person {show(person_id)}, or this key may not see them")
    return as_json(person.as_dict())


@router.put(
    "/people/{person_id}",
    response_model=PersonOut,
    openapi_extra=PERSON,
    responses=PROBLEMS | {201: {"model": PersonOut, "description": "a new person"}},
)
async def put_person(request: Request, caller: Admin, person_id: str) -> Response:
    """Enter a person, or change one who was entered so; who stands in people.csv is changed there."""
    service = service_of(request)
    check_scope(caller)
    with service.door.passing() as count:
        said = parsed(await body_of(request, count))
    person, is_new = await service.writer.run(entering(service, caller, person_id, said))
    answer = as_json(person.as_dict())
    answer.status_code = 201 if is_new else 200
    return answer


@router.delete("/people/{person_id}", status_code=204, responses=PROBLEMS)
async def remove_person(request: Request, caller: Admin, person_id: str) -> Response:
    """Let a person who was entered over HTTP go; the history keeps the name."""
    service = service_of(request)
    await service.writer.run(removing(service, caller, person_id))
    return Response(status_code=204)


@router.get("/teams", response_model=TeamsOut, responses=PROBLEMS)
async def list_teams(request: Request, caller: Viewer) -> Response:
    """Return the teams, with the ids of their members."""
    directory = await run_in_threadpool(service_of(request).store.people.directory)
    seen = {team: [one.id for one in members if sees(caller.scope, one)] for team, members in directory.teams.items()}
    return as_json({"teams": [{"name": team, "members": ids} for team, ids in seen.items() if ids]})
