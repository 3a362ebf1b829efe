"""Search: all feedback by any conditions."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auth import Caller
from api.conditions import Conditions, who_of
from api.exporting import MOST_ROWS, download, note_export, written
from api.insight_shapes import FoundFeedbackOut
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from api.tables import Format, table_text

router = APIRouter(prefix="/v1", tags=["search"])
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


@router.get("/feedback", response_model=FoundFeedbackOut, responses=PROBLEMS | CSV)
async def search_feedback(
    request: Request,
    caller: Viewer,
    asked: Conditions,
    count: Annotated[bool, Query(description="whether to count all that fits, up to 10,000")] = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
    format: Annotated[Format, Query(description="csv: all pages at once, up to 10,000 rows")] = "json",  # noqa: A002
) -> Response:
    """Return the feedback that fits all conditions, the newest first; of every record the latest revision."""
    search, who = service_of(request).store.search, who_of(caller)

    if format == "csv":
        found = search.each(asked, MOST_ROWS, scope=who.scope, person=who.person)
        return await download(
            written(found, format), "feedback", format, lambda: noted_export(request, caller, "feedback", "search")
        )

    def answer() -> Response:
        page = search.page(asked, limit=limit, cursor=cursor, counted=count, scope=who.scope, person=who.person)
        return as_json(page.as_dict())

    return await run_in_threadpool(answer)


async def noted_export(request: Request, caller: Caller, kind: str, name: str, form: str = "csv") -> None:
    """Put on record that a request takes a file away, with all that it asked for."""
    await note_export(service_of(request), caller, kind, name, request.query_params.multi_items(), form)


def as_table(rows: Any, name: str) -> Response:
    """Return rows as a CSV file."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(table_text(rows), media_type="text/csv", headers=headers)
