"""The customers behind a problem as a file: CSV for spreadsheets, or JSON, written row by row."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, TextIO

import orjson

from api.addresses import feedback_path
from api.spreadsheet import cell
from engine.store.behind import BehindRow

COLUMNS = (
    *("customer", "source", "feedback_id", "occurred_at", "unit", "channel"),
    *("scores", "feedback", "alerts", "holders", "link"),
)
PIECE = 64 * 1024
# What is smaller is kept in memory.
SMALL = 1024 * 1024


def write_csv(rows: Iterable[BehindRow], file: TextIO, base: str = "") -> int:
    """Write one line a customer, below a header, and return how many.

    Parameters
    ----------
    base
        What stands before the paths of links to what they said.
    """
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007
        writer.writerow([cell(value) for value in _values(row, base)])
    return count


def write_json(rows: Iterable[BehindRow], problem_id: str, file: TextIO) -> int:
    """Write one object with all customers, one a line, and return how many."""
    file.write('{"problem":' + orjson.dumps(problem_id).decode() + ',"customers":[')
    count = 0
    for row in rows:
        file.write(("\n" if count == 0 else ",\n") + orjson.dumps(row.as_dict()).decode())
        count += 1
    file.write("]}\n")
    return count


def spooled(rows: Iterable[BehindRow], problem_id: str, *, as_csv: bool, base: str = "") -> IO[bytes]:
    """Return the file, written whole: a slow reader of it keeps no transaction open."""
    file = tempfile.SpooledTemporaryFile(SMALL)  # noqa: SIM115
    try:
        text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
        if as_csv:
            write_csv(rows, text, base)
        else:
            write_json(rows, problem_id, text)
        text.detach()
    except BaseException:
        file.close()
        raise
    return file


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file piece by piece from its beginning, and close it."""
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _values(row: BehindRow, base: str) -> tuple[object, ...]:
    scores = "; ".join(f"{name}={value:g}" for name, value in row.scores.items())
    alerts = [f"{alert} {state}" for alert, state in row.alerts]
    alerts += [f"and {row.more_alerts} more"] if row.more_alerts else []
    return (
        *(row.customer, row.source, row.feedback_id, row.occurred_at.isoformat(), row.unit, row.channel),
        *(scores, row.feedback, "; ".join(alerts), "; ".join(row.holders)),
        base + feedback_path(row.source, row.feedback_id),
    )
