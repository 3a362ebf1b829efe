"""Bodies: read with a limit, parsed strictly, admitted record by record."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import Request

from api.auth import Caller, check_unit
from api.problems import BadBodyError, TooLargeError
from engine.errors import FeedbackError
from engine.feedback import Feedback
from engine.intake import admit
from engine.ports import Clock
from engine.program import Program

MOST_BYTES = 5 * 1024 * 1024
MOST_RECORDS = 1_000


async def json_body(request: Request) -> Any:
    """Return the parsed body.

    Raises
    ------
    TooLargeError
        If it is larger than 5 MiB, also when it comes in chunks without a length.
    BadBodyError
        If it is not strict JSON: NaN and infinities are not.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > MOST_BYTES:
        raise TooLargeError
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise TooLargeError
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise BadBodyError(f"the body is not valid JSON ({where}): {problem.msg}") from problem


def records_of(body: Any) -> list[Any]:
    """Return the records of a body: one object, or an array of up to 1,000.

    Raises
    ------
    FeedbackError
        If it is neither, is empty, or holds too many.
    """
    records = body if isinstance(body, list) else [body]
    if not records:
        raise FeedbackError("the batch is empty; send at least one record")
    if len(records) > MOST_RECORDS:
        raise FeedbackError(f"the batch has {len(records):,} records; at most {MOST_RECORDS:,} are taken at once")
    return records


async def admitted(request: Request, program: Program, clock: Clock, caller: Caller) -> list[Feedback]:
    """Return the feedback of a request: all of it is valid, or none is taken.

    A key with a unit may send for that unit and below; a record without a unit takes the key's.

    Raises
    ------
    FeedbackError
        For the first record that is not valid, with its position.
    ForbiddenError
        If a record's unit is outside the key's.
    """
    records = records_of(await json_body(request))
    return await asyncio.to_thread(_admit, records, program, clock, caller)


def _admit(records: Sequence[Any], program: Program, clock: Clock, caller: Caller) -> list[Feedback]:
    now = clock.now()
    batch = []
    for position, record in enumerate(records):
        if isinstance(record, dict) and caller.scope.unit is not None:
            record.setdefault("unit", caller.scope.unit)
        try:
            feedback = admit(record, program, now)
        except FeedbackError as problem:
            where = f"record {position}: " if len(records) > 1 else ""
            raise FeedbackError(f"{where}{problem}", field=problem.field, position=position) from problem
        check_unit(feedback, caller, position)
        batch.append(feedback)
    return batch
