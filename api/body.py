"""Bodies: read with a limit, parsed strictly, admitted record by record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from fastapi import Request

from api.auth import Caller, check_unit
from api.problems import BadBodyError, MediaTypeError, SlowBodyError, TooLargeError
from engine.errors import FeedbackError
from engine.feedback import Feedback
from engine.intake import admit
from engine.ports import Clock
from engine.program import Program

MIB = 1024 * 1024
MOST_BYTES = 5 * MIB
MOST_RECORDS = 1_000
MOST_SECONDS = 60.0
JSON = "application/json"


async def body_of(
    request: Request, count: Callable[[int], None], *, most: int = MOST_BYTES, kinds: Sequence[str] = (JSON,)
) -> bytes:
    """Return the body as it came.

    Parameters
    ----------
    count
        Told of every piece's size; may refuse it.
    most
        Bytes that it may have.
    kinds
        Media types that it may be said to be, the best first.

    Raises
    ------
    MediaTypeError
        If it is said to be something else, or encoded.
    TooLargeError
        If it is larger, also when it comes in chunks without a length.
    SlowBodyError
        If it is not here within a minute.
    """
    _check_type(request, kinds)
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > most:
        raise TooLargeError(f"the body is larger than {most // MIB} MiB; send less at once")
    body = bytearray()
    try:
        async with asyncio.timeout(MOST_SECONDS):
            async for chunk in request.stream():
                count(len(chunk))
                body += chunk
                if len(body) > most:
                    raise TooLargeError(f"the body is larger than {most // MIB} MiB; send less at once")
    except TimeoutError as problem:
        raise SlowBodyError from problem
    return bytes(body)


def media_type(request: Request) -> str:
    """Return what the body is said to be; nothing when that is not said."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _check_type(request: Request, kinds: Sequence[str]) -> None:
    kind = media_type(request)
    if kind and kind not in kinds and not kind.endswith("+json"):
        name = "JSON" if len(kinds) == 1 else "YAML or JSON"
        raise MediaTypeError(f"the body is said to be {kind[:80]}; send {name}, with 'content-type: {kinds[0]}'")
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        raise MediaTypeError(f"the body is said to be encoded as {encoding[:40]}; send it as it is")


def parsed(body: bytes) -> Any:
    """Return what a body says.

    Raises
    ------
    BadBodyError
        If it is not strict JSON: NaN and infinities are not.
    """
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


async def admitted(
    request: Request, count: Callable[[int], None], program: Program, clock: Clock, caller: Caller
) -> list[Feedback]:
    """Return the feedback of a request: all of it is valid, or none is taken.

    A key with a unit may send for that unit and below; a record without a unit takes the key's.

    Raises
    ------
    FeedbackError
        For the first record that is not valid, with its position.
    ForbiddenError
        If a record's unit is outside the key's.
    """
    body = await body_of(request, count)
    return await asyncio.to_thread(lambda: admit_all(records_of(parsed(body)), program, clock, caller))


def admit_all(records: Sequence[Any], program: Program, clock: Clock, caller: Caller) -> list[Feedback]:
    """Return the feedback of parsed records: all of it is valid, or none is taken.

    Raises
    ------
    FeedbackError
        For the first record that is not valid, with its position.
    ForbiddenError
        If a record's unit is outside the key's.
    """
    now = clock.now()
    batch = []
    for position, record in enumerate(records):
        if isinstance(record, dict) and not record.get("unit") and caller.scope.unit is not None:
            record["unit"] = caller.scope.unit
        try:
            feedback = admit(record, program, now)
        except FeedbackError as problem:
            where = f"record {position}: " if len(records) > 1 else ""
            raise FeedbackError(f"{where}{problem}", field=problem.field, position=position) from problem
        check_unit(feedback, caller, position)
        batch.append(feedback)
    return batch
