"""Problems, the causes behind many alerts: opened, changed, followed, and the customers behind them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api import problem_changing
from api.addresses import base_of
from api.auth import Caller, needs
from api.body import body_of, parsed
from api.customers import pieces, spooled
from api.problem_shapes import (
    CustomersOut,
    ProblemRecordDetailOut,
    ProblemRecordOut,
    ProblemRecordsOut,
    SuggestionsOut,
)
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from api.routes.search import noted_export
from api.shapes import ProblemOut
from engine.alerts.problem import ProblemState
from engine.scope import JUDGES
from engine.store.problem_pages import ProblemFilter

router = APIRouter(prefix="/v1", tags=["problems"])
Judge = Annotated[Caller, Depends(needs(JUDGES))]
CHANGE_PROBLEMS = PROBLEMS | {412: {"model": ProblemOut}}
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


def _takes(shape: str) -> dict[str, Any]:
    schema = {"schema": {"$ref": f"#/components/schemas/{shape}"}}
    return {"requestBody": {"required": True, "content": {"application/json": schema}}}


@router.get("/problems", response_model=ProblemRecordsOut, responses=PROBLEMS)
async def list_problems(
    request: Request,
    caller: Viewer,
    state: ProblemState | None = None,
    topic: Annotated[str | None, Query(description="about a topic, or one below it")] = None,
    unit: Annotated[str | None, Query(description="in a unit, or one below it")] = None,
    holder: Annotated[str | None, Query(description="the person, team or receiver that has it")] = None,
    search: Annotated[str | None, Query(max_length=200, description="what its title has in it")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: str | None = None,
) -> Response:
    """Return problems, the newest first."""
    problems = service_of(request).store.problems
    wanted = ProblemFilter(state, topic, unit, holder, search)

    def answer() -> Response:
        page = problems.page(wanted, limit=limit, cursor=cursor, scope=caller.scope)
        return as_json({"problems": [one.as_dict() for one in page.problems], "cursor": page.cursor})

    return await run_in_threadpool(answer)


@router.post("/problems", response_model=ProblemRecordOut, openapi_extra=_takes("ProblemIn"), responses=PROBLEMS)
async def open_problem(request: Request, caller: Judge) -> Response:
    """Open a problem, from some alerts and signals or from nothing; a key of a unit names that unit, or one below."""
    service = service_of(request)
    with service.door.passing() as count:
        said = parsed(await body_of(request, count))
    opened = await service.writer.run(lambda: problem_changing.open_problem(service, caller, said))
    return as_json(opened.as_dict())


@router.get("/problems/suggestions", response_model=SuggestionsOut, responses=PROBLEMS)
async def suggest_problems(request: Request, caller: Viewer) -> Response:
    """Return which open alerts of the last seven days may belong together: more than chance explains come first."""
    service = service_of(request)
    now = service.engine.clock.now()
    found = await run_in_threadpool(service.store.problems.suggestions, now, caller.scope)
    return as_json({"suggestions": [one.as_dict() for one in found]})


@router.get("/problems/{problem_id}", response_model=ProblemRecordDetailOut, responses=PROBLEMS)
async def get_problem(
    request: Request,
    caller: Viewer,
    problem_id: str,
    days: Annotated[int, Query(ge=1, le=366, description="how far back the rate before goes")] = 28,
) -> Response:
    """Return a problem with its history, its alerts, and its topic's rate before and after."""
    service = service_of(request)

    def answer() -> Response:
        problem, more = service.store.problems.one(problem_id, caller.scope)
        rate = service.store.problems.rate(problem, service.engine.clock.now(), days)
        return as_json(problem.as_dict() | more | {"rate": rate.as_dict() if rate else None})

    return await run_in_threadpool(answer)


@router.post(
    "/problems/{problem_id}/changes",
    response_model=ProblemRecordOut,
    openapi_extra=_takes("ProblemChangeIn"),
    responses=CHANGE_PROBLEMS,
)
async def change_problem(request: Request, caller: Judge, problem_id: str) -> Response:
    """Link or unlink alerts, write a note, edit, solve or reopen; refused (412) when somebody else was faster."""
    service = service_of(request)
    with service.door.passing() as count:
        said = parsed(await body_of(request, count))
    change = problem_changing.change_problem
    changed = await service.writer.run(lambda: change(service, caller, problem_id, said))
    return as_json(changed.as_dict())


@router.get("/problems/{problem_id}/customers", response_model=CustomersOut, responses=PROBLEMS | CSV)
async def list_customers(
    request: Request,
    caller: Viewer,
    problem_id: str,
    format: Literal["json", "csv"] = "json",  # noqa: A002
) -> Response:
    """Return the customers behind a problem's alerts and signals, with their latest feedback; all of them at once."""
    service = service_of(request)
    rows, base = service.store.problems.customers(problem_id, caller.scope), base_of(service.settings, request.base_url)
    as_csv = format == "csv"
    file = await run_in_threadpool(lambda: spooled(rows, problem_id, as_csv=as_csv, base=base))
    await noted_export(request, caller, "customers of problem", problem_id, format)
    headers = {"Cache-Control": "no-store"}
    if as_csv:
        headers["Content-Disposition"] = 'attachment; filename="customers.csv"'
    return StreamingResponse(pieces(file), media_type="text/csv" if as_csv else "application/json", headers=headers)
