"""Files of what a search finds: bounded, written as they are read, and never whole in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import Any

import orjson
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.spreadsheet import cell
from api.tables import flat, row_of
from engine.store.searching import Found

# So many rows are in a file.
MOST_ROWS = 10_000
# What is gathered beyond this waits in a temporary file.
SPOOLED_BYTES = 4 * 1024 * 1024
PIECE_BYTES = 64 * 1024
MEDIA = {"csv": "text/csv", "jsonl": "application/x-ndjson"}


def written(found: Iterable[Found], form: str) -> Iterator[bytes]:
    """Yield what was found as the pieces of a file: ``csv``, or ``jsonl``."""
    return _pieces(_csv(one.as_row() for one in found) if form == "csv" else _jsonl(found))


async def download(pieces: Iterator[bytes], name: str, form: str) -> StreamingResponse:
    """Return a file that is sent as it is written.

    Its beginning is written first: what is wrong with the question is an answer of its own, and no broken file.
    """
    first = await run_in_threadpool(lambda: next(pieces, b""))
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return StreamingResponse(chain([first], pieces), media_type=MEDIA[form], headers=headers)


def _jsonl(found: Iterable[Found]) -> Iterator[bytes]:
    for one in found:
        row = one.as_dict() | {"text": one.feedback.text}
        kept = {name: value for name, value in row.items() if name not in ("text_start", "text_cut", "matches")}
        yield orjson.dumps(kept, option=orjson.OPT_APPEND_NEWLINE)


def _csv(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield lines below a header that has every column of any row: so the rows are gathered first."""
    columns: dict[str, None] = {}
    with SpooledTemporaryFile(max_size=SPOOLED_BYTES) as gathered:
        for row in rows:
            told = flat(row)
            columns |= dict.fromkeys(told)
            gathered.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))
        gathered.seek(0)
        yield _line([cell(name) for name in columns])
        for line in gathered:
            yield _line(row_of(orjson.loads(line), columns))


def _line(cells: Iterable[Any]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8", "replace")


def _pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield lines together, so that a file of many is sent in few pieces."""
    some: list[bytes] = []
    size = 0
    for line in lines:
        some.append(line)
        size += len(line)
        if size >= PIECE_BYTES:
            yield b"".join(some)
            some, size = [], 0
    if some:
        yield b"".join(some)
