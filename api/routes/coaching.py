"""Coaching: what customers say of an employee, for that employee and those who manage them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from api import coaching_notes
from api.body import body_of, parsed
from api.conditions import Conditions, who_of
from api.insight_shapes import CoachingOut, EmployeesOut, NoteOut
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from api.routes.insights import As
from api.routes.search import CSV, as_table, noted_export
from engine.errors import NoteError
from engine.store.insights import spanned

router = APIRouter(prefix="/v1/coaching", tags=["coaching"])
NOTE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NoteIn"}}},
    }
}


@router.get("", response_model=EmployeesOut, responses=PROBLEMS)
async def list_employees(request: Request, caller: Viewer) -> Response:
    """Return whose coaching may be seen: one's own, and that of everybody below; a key is the person of its name."""
    found = await run_in_threadpool(service_of(request).store.coaching.employees, who_of(caller))
    return as_json({"employees": [{"id": one.id, "name": one.name} for one in found]})


@router.get("/{person}", response_model=CoachingOut, responses=PROBLEMS | CSV)
async def get_coaching(
    request: Request,
    caller: Viewer,
    person: str,
    asked: Conditions,
    format: As = "json",  # noqa: A002
) -> Response:
    """Return an employee's feedback by topic and week, praise and alerts apart, with the notes; csv is by topic."""
    service, who = service_of(request), who_of(caller)
    program, now = service.engine.program, service.engine.clock.now()

    def answer() -> Response:
        found = service.store.coaching.report(person, spanned(asked, now, program), program, who).as_dict()
        return as_table(found["topics"], "coaching") if format == "csv" else as_json(found)

    told = await run_in_threadpool(answer)
    if format == "csv":
        await noted_export(request, caller, "coaching", person)
    return told


@router.post("/{person}/notes", response_model=NoteOut, openapi_extra=NOTE, responses=PROBLEMS)
async def add_note(request: Request, caller: Viewer, person: str) -> Response:
    """Write a note for an employee whom one manages; the employee sees it, and everybody who manages them."""
    service = service_of(request)
    with service.door.passing() as count:
        said = parsed(await body_of(request, count))
    note, about = _note(said)
    added = await service.writer.run(lambda: coaching_notes.add_note(service, caller, person, note, about))
    return as_json(added.as_dict())


@router.delete("/{person}/notes/{note}", status_code=204, responses=PROBLEMS)
async def remove_note(request: Request, caller: Viewer, person: str, note: int) -> Response:
    """Remove a note that one has written."""
    service = service_of(request)
    await service.writer.run(lambda: coaching_notes.remove_note(service, caller, person, note))
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


def _note(said: Any) -> tuple[str, tuple[str, str] | None]:
    """Return a note, and the feedback that it is about.

    Raises
    ------
    NoteError
        If the body is not that.
    """
    if not isinstance(said, Mapping) or not set(said) <= {"note", "feedback"} or not isinstance(said.get("note"), str):
        raise NoteError("a note is an object with a text `note`, and maybe `feedback`", field="note")
    about = said.get("feedback")
    if about is None:
        return said["note"], None
    if not isinstance(about, Mapping) or not set(about) <= {"source", "id"}:
        raise NoteError("feedback is an object with its `source` and `id`", field="feedback")
    source, name = about.get("source", "default"), about.get("id")
    if not isinstance(source, str) or not isinstance(name, str):
        raise NoteError("feedback is an object with its `source` and `id`", field="feedback")
    return said["note"], (source, name)
