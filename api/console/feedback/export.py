"""What a search finds, as a file: for who is signed in, and as far as they may see it."""

from __future__ import annotations

from functools import partial
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from api.auth import check_role
from api.conditions import who_of
from api.console.asked import address, asked_of
from api.console.context import caller_of
from api.console.desk import Desk
from api.exporting import MOST_ROWS, download, note_export, written
from engine.errors import ForbiddenError, HeedfulError
from engine.scope import READERS

ROUTER = APIRouter()
Form = Literal["csv", "jsonl"]


def export_address(form: Form, params: list[tuple[str, str]]) -> str:
    """Return where the file of a search is."""
    return address(f"/feedback/export.{form}", params)


@ROUTER.get("/feedback/export.{form}")
async def export(request: Request, form: Form) -> Response:
    """Send what the conditions of the address find, the newest first, up to so many records."""
    desk: Desk = request.state.desk
    caller = caller_of(request.state.signed_in.account)
    try:
        check_role(caller, READERS)
        who, asked = who_of(caller), asked_of(desk, request.query_params.multi_items())
        found = desk.service.store.search.each(asked, MOST_ROWS, scope=who.scope, person=who.person)
        told = request.query_params.multi_items()
        note = partial(note_export, desk.service, caller, "feedback", "search", told, form)
        return await download(written(found, form), "feedback", form, note)
    except HeedfulError as problem:
        return PlainTextResponse(str(problem), 403 if isinstance(problem, ForbiddenError) else 422)
