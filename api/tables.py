"""Tables as CSV for spreadsheets: nested values side by side, and no text that runs as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TextIO

from api.addresses import alert_path, behind_path, problem_path
from api.spreadsheet import cell

Format = Literal["json", "csv"]
# The conditions behind numbers are for programs.
LEFT_OUT = "behind"


def flat(row: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return a row with the values of nested objects beside its own, and lists as text."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name.startswith(LEFT_OUT):
            continue
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = "; ".join(map(_text, value)) if isinstance(value, list) else value
    return found


def write_table(rows: Iterable[Mapping[str, Any]], file: TextIO) -> int:
    """Write rows below a header that has every column of any of them, and return how many."""
    all_rows = [flat(row) for row in rows]
    columns = list(dict.fromkeys(name for row in all_rows for name in row))
    writer = csv.writer(file)
    writer.writerow([cell(name) for name in columns])
    for row in all_rows:
        writer.writerow(row_of(row, columns))
    return len(all_rows)


def row_of(row: Mapping[str, Any], columns: Iterable[str]) -> list[Any]:
    """Return a flat row as the cells of its columns; those that it lacks are empty."""
    return [_cell(row.get(name)) for name in columns]


def table_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as the text of a CSV file."""
    file = io.StringIO(newline="")
    write_table(rows, file)
    return file.getvalue()


def trend_rows(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield one row a series and bin."""
    for series in found["series"]:
        for one, count, share in zip(found["bins"], series["counts"], series["shares"], strict=True):
            times = {"start": one["start"], "end": one["end"]}
            yield {**times, "name": series["name"], "count": count, "feedback": one["feedback"], "share": share}


def happening_rows(found: Mapping[str, Any], base: str = "") -> Iterator[dict[str, Any]]:
    """Yield signals, then problems, each with the address of its page; signals also with that of what is behind them.

    Parameters
    ----------
    base
        What stands before the paths.
    """
    for row in found["signals"]:
        links = {"link": base + alert_path(row["id"]), "feedback_link": base + behind_path(row["id"])}
        yield {"what": "signal", **row, **links} | _of_problem(row["problem"], base)
    for row in found["problems"]:
        yield {"what": "problem", **row, "link": base + problem_path(row["id"])}


def _of_problem(problem_id: str | None, base: str) -> dict[str, Any]:
    return {"problem_link": base + problem_path(problem_id) if problem_id else None}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, (int, float)) else cell(value)


def _text(value: Any) -> str:
    return "; ".join(f"{name}={one}" for name, one in value.items()) if isinstance(value, Mapping) else str(value)
