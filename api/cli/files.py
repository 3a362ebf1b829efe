"""Files of records: JSONL or CSV, `-` for standard input and output."""

from __future__ import annotations

import contextlib
import csv
import re
import secrets
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TextIO

import orjson

from api.masking import mask
from api.spreadsheet import cell
from engine.errors import FeedbackError, HeedfulError
from engine.intake import FIELDS
from engine.names import unknown

STANDARD = "-"
MOST_LINE = 8 * 1024 * 1024
_PAIR = re.compile(r'\s*(?P<field>[^=,"]*[^=,"\s])\s*=\s*(?:"(?P<quoted>[^"]+)"|(?P<plain>[^,"]+))\s*(?:,|\Z)')
csv.field_size_limit(MOST_LINE)


class InputError(HeedfulError):
    """The input cannot be used."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a file, and the line it stands on."""

    line: int
    record: Mapping[str, Any]


def parse_map(text: str | None) -> dict[str, str]:
    """Return what ``text=Comment,nps="Q1, score"`` means: field to column.

    Raises
    ------
    InputError
        If it does not have that form, or says one thing twice.
    """
    pairs: dict[str, str] = {}
    at = 0
    while text and at < len(text):
        found = _PAIR.match(text, at)
        column = (found["quoted"] or found["plain"] or "").strip() if found else ""
        if not found or not column:
            raise InputError(
                f"--map takes FIELD=COLUMN pairs, such as text=Comment,nps=\"Q1 score\"; '{text[at:]}' is none"
            )
        if found["field"] in pairs or column in pairs.values():
            raise InputError(f"--map has '{found['field']}' or '{column}' twice")
        pairs[found["field"]] = column
        at = found.end()
    return pairs


def read_entries(source: str, mapping: Mapping[str, str], scores: Iterable[str]) -> Iterator[Entry]:
    """Yield the records of a JSONL or CSV file; standard input is JSONL unless its first line is a CSV header.

    Raises
    ------
    InputError
        With file and line, if the file cannot be read or parsed.
    """
    name = "standard input" if source == STANDARD else source
    with _opened(source) as file:
        lines = _lines(file, name)
        first = next(lines, "")
        if first.startswith("WEBVTT"):
            raise InputError(f"{name}: this is a transcript; give it as a file of its own, such as call.vtt")
        rest = _chained(first, lines)
        if source.lower().endswith(".csv") or (source == STANDARD and not first.lstrip().startswith("{")):
            yield from _csv(rest, name, mapping, list(scores))
        else:
            if mapping:
                raise InputError("--map is for CSV files; JSONL has its fields named already")
            yield from _jsonl(rest, name)


def can_be_read_twice(source: str) -> bool:
    """Return whether a source is a file that can be checked first; standard input and pipes cannot."""
    return source != STANDARD and not Path(source).is_fifo() and not Path(source).is_char_device()


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


@contextmanager
def _opened(source: str) -> Iterator[IO[bytes]]:
    if source == STANDARD:
        yield sys.stdin.buffer
        return
    try:
        with Path(source).open("rb") as file:
            yield file
    except OSError as problem:
        raise InputError(f"{source} cannot be read: {problem.strerror}") from problem


def _lines(file: IO[bytes], name: str) -> Iterator[str]:
    number = 0
    while raw := file.readline(MOST_LINE + 1):
        number += 1
        if len(raw) > MOST_LINE:
            raise InputError(f"{name}:{number}: the line is longer than 8 MiB; is this a JSONL or CSV file?")
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as problem:
            raise InputError(f"{name}:{number}: the line is not UTF-8; save the file as UTF-8") from problem


def _jsonl(lines: Iterator[str], name: str) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError as problem:
            raise InputError(f"{name}:{number}: this line is not valid JSON: {problem.msg}") from problem
        if not isinstance(record, dict):
            raise InputError(f"{name}:{number}: a line must be one JSON object with id and text")
        yield Entry(number, record)


def _csv(lines: Iterator[str], name: str, mapping: Mapping[str, str], scores: Sequence[str]) -> Iterator[Entry]:
    rows = csv.reader(lines, strict=True)
    try:
        header = next(rows, None)
        if header is None:
            raise InputError(f"{name}: the file is empty; the first line must name the columns")
        fields = _fields(header, name, mapping)
        for row in rows:
            if not row:
                continue
            if len(row) != len(header):
                raise InputError(f"{name}:{rows.line_num}: the row has {len(row)} values for {len(header)} columns")
            yield Entry(rows.line_num, _record(dict(zip(fields, row, strict=True)), scores))
    except csv.Error as problem:
        raise InputError(f"{name}:{rows.line_num}: this is not valid CSV: {problem}") from problem


def _fields(header: Sequence[str], name: str, mapping: Mapping[str, str]) -> list[str]:
    columns = [column.strip() for column in header]
    for column in mapping.values():
        if column not in columns:
            raise InputError(f"--map: {name}: {unknown('column', column, columns)}")
    renamed = {column: field for field, column in mapping.items()}
    fields = [renamed.get(column, column) for column in columns]
    doubles = {field for field in fields if fields.count(field) > 1}
    if doubles:
        raise InputError(f"{name}:1: two columns are named {', '.join(sorted(doubles))}; rename one with --map")
    for needed in ("id", "text"):
        if needed not in fields:
            hint = "; are the columns separated by commas?" if len(fields) == 1 else ""
            raise InputError(f"{name}:1: there is no column '{needed}'; name it with --map {needed}=COLUMN{hint}")
    return fields


def _record(row: Mapping[str, str], scores: Sequence[str]) -> dict[str, Any]:
    """Return the record of a row: known names are fields, score names scores, the rest attributes."""
    record: dict[str, Any] = {"scores": {}, "attributes": {}}
    for field, value in row.items():
        if field in FIELDS and field not in ("parts", "transcript", "speakers", "scores", "attributes"):
            record[field] = value
        elif value != "":
            record["scores" if field in scores else "attributes"][field] = value
    return record


def located(source: str, line: int, problem: FeedbackError) -> InputError:
    """Return an error of a record, with its file and line, and without the personal data that the record has."""
    name = "standard input" if source == STANDARD else source
    return InputError(f"{name}:{line}: {mask(str(problem))}")


class Lines:
    """Writes JSON lines, or CSV rows when the file's name says so."""

    def __init__(self, file: TextIO, *, as_csv: bool) -> None:
        self._file = file
        self._csv = csv.writer(file) if as_csv else None
        self._header: list[str] | None = None

    def write(self, record: Mapping[str, Any]) -> None:
        """Write one record."""
        if self._csv is None:
            self._file.write(orjson.dumps(record).decode() + "\n")
            return
        flat = dict(_flat(record))
        if self._header is None:
            self._header = list(flat)
            self._csv.writerow(self._header)
        self._csv.writerow([flat.get(column, "") for column in self._header])


def _flat(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield columns of a record: nested names joined by dots, labels by ``;``, sentences and parts counted."""
    for name, value in record.items():
        if name == "confidence":
            continue
        if name in ("sentences", "parts"):
            yield f"{prefix}{name}", len(value)
        elif isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield f"{prefix}{name}", ";".join(_cell(one) for one in value)
        else:
            yield f"{prefix}{name}", "" if value is None else _cell(value)


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return ":".join(str(value[key]) for key in ("rule", "severity", "kind", "reason") if key in value)
    return cell(value)


@contextmanager
def writing(target: str | None) -> Iterator[Lines | None]:
    """Open the output: standard output, or a file that appears whole when the block ends well.

    A device or a pipe is written to as it is; a link's target is written, not the link.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    if target is None:
        yield None
        return
    if target == STANDARD:
        yield Lines(sys.stdout, as_csv=False)
        sys.stdout.flush()
        return
    with writing_file(Path(target)) as file:
        yield Lines(file, as_csv=Path(target).suffix.lower() == ".csv")


@contextmanager
def writing_file(target: Path) -> Iterator[TextIO]:
    """Open a file that appears whole when the block ends well; a device or a pipe is written to as it is.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    try:
        path = target.resolve()
        opened = _in_place(path) if path.exists() and not path.is_file() else _whole(path)
        with opened as file:
            yield file
    except OSError as problem:
        raise InputError(f"{target} cannot be written: {problem.strerror}") from problem


@contextmanager
def _in_place(path: Path) -> Iterator[TextIO]:
    with path.open("w", encoding="utf-8", newline="") as file:
        yield file


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    """Write beside a file and take its place, with its permissions, when the block ends well."""
    fresh = path.with_name(f".{path.name[:200]}-{secrets.token_hex(4)}")
    try:
        with fresh.open("x", encoding="utf-8", newline="") as file:
            if path.exists():
                fresh.chmod(path.stat().st_mode & 0o777)
            yield file
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
