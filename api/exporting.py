"""Files of what a search finds: bounded, written as they are read, and never whole in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import Any

import orjson
from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.auditing import noted
from api.auth import Caller
from api.masking import mask_texts
from api.privacy import named_as_stored
from api.runtime import Service
from api.spreadsheet import cell
from api.tables import flat, row_of
from engine.store.searching import Found

# So many rows are in a file.
MOST_ROWS = 10_000
# What is gathered beyond this waits in a temporary file.
SPOOLED_BYTES = 4 * 1024 * 1024
PIECE_BYTES = 64 * 1024
# What of an address says how it is answered, and not what is asked for.
HOW = frozenset({"format", "count", "limit", "cursor", "before"})
MEDIA = {"csv": "text/csv", "jsonl": "application/x-ndjson"}


def written(found: Iterable[Found], form: str) -> Iterator[bytes]:
    """Yield what was found as the pieces of a file: ``csv``, or ``jsonl``."""
    return _pieces(_csv(one.as_row() for one in found) if form == "csv" else _jsonl(found))


async def note_export(
    service: Service, caller: Caller, kind: str, name: str, asked: Iterable[tuple[str, str]], form: str = "csv"
) -> None:
    """Put on record that somebody takes a file away, and what they asked for; before they have it.

    Parameters
    ----------
    kind, name
        Of what it is a file, and of which: ``feedback``, ``all``.
    asked
        The parameters of the address. What they say of customers is kept as feedback is: as it is stored, and masked.
    """
    pairs = [(one, value) for one, value in asked if one not in HOW and value]
    await service.writer.run(lambda: _note(service, caller, (kind, name), pairs, form))


def _note(service: Service, caller: Caller, of: tuple[str, str], asked: list[tuple[str, str]], form: str) -> None:
    redactor = service.engine.redactor
    mask = redactor.mask if redactor is not None else mask_texts
    said: dict[str, list[str]] = {}
    for name, value in asked:
        said.setdefault(name, []).append(value)
    kept = {name: values if name == "customer" else list(mask(values)) for name, values in said.items()}
    noted(service, caller, ("export", *of), lambda: None, {"form": form} | dict(named_as_stored(kept, redactor)))()


async def download(pieces: Iterator[bytes], name: str, form: str, note: Callable[[], Awaitable[None]]) -> Response:
    """Return a file that is sent as it is written.

    Its beginning is written first: what is wrong with the question is an answer of its own, and no broken file.

    Parameters
    ----------
    note
        Puts it on record, once it is known that there is a file.
    """
    first = await run_in_threadpool(lambda: next(pieces, b""))
    await note()
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
