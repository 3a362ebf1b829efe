"""Entries read as columns of numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection, Select, select

from engine.errors import QuestionError
from engine.insights.asked import Asked
from engine.insights.columns import Coded, Columns
from engine.scope import Scope
from engine.store.schema_search import search_entry
from engine.store.search_filter import Filter

AT_ONCE = 10_000
# More than that is not held in memory for one question.
MOST = 2_000_000
ATTRIBUTES = "attributes"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is read of entries.

    Parameters
    ----------
    columns
        Their names.
    attributes
        Which attributes; None is all of them. Fewer are far fewer different values.
    timed
        Whether the time is.
    """

    columns: frozenset[str] = frozenset()
    attributes: tuple[str, ...] | None = None
    timed: bool = False


class _Codes(dict[Any, int]):
    """Numbers values as they come."""

    def __missing__(self, value: Any) -> int:
        self[value] = code = len(self)
        return code


def read_columns(
    connection: Connection, asked: Asked, scope: Scope, wanted: Wanted, marks: Mapping[str, Select[Any]]
) -> Columns:
    """Return the feedback that fits as columns.

    Parameters
    ----------
    marks
        Queries of the commits that are marked.

    Raises
    ------
    QuestionError
        If there is more than is counted at once.
    """
    table, coded = search_entry, sorted(wanted.columns)
    numbers = [*(["sequence"] if marks or not wanted.timed else []), *(["at"] if wanted.timed else [])]
    query = select(*(table.c[name] for name in (*numbers, *coded)))
    query = query.where(*Filter(connection, scope).conditions(asked))
    pieces: dict[str, list[Any]] = {name: [] for name in (*numbers, *coded)}
    known = {name: _Codes() for name in coded}
    picked = _picked(wanted.attributes)
    many = 0
    for some in _pieces(connection, query):
        many += len(some)
        _check(many)
        for name, column in zip(pieces, zip(*some, strict=True), strict=True):
            values = map(picked, column) if name == ATTRIBUTES and picked is not None else column
            found: Iterable[int] = map(known[name].__getitem__, values) if name in known else column
            pieces[name].append(np.fromiter(found, np.int32 if name in known else np.int64, len(some)))
    arrays = {name: np.concatenate(own) if own else np.zeros(0, np.int64) for name, own in pieces.items()}
    values_of = {name: _said(tuple(known[name]), name, wanted.attributes) for name in coded}
    return Columns(
        many=many,
        at=arrays.get("at", np.zeros(0, np.int64)),
        coded={name: Coded(arrays[name].astype(np.int32, copy=False), values_of[name]) for name in coded},
        marks={name: _marked(connection, arrays["sequence"], mark) for name, mark in marks.items()},
    )


def _pieces(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Any]]:
    """Yield rows, some thousand at a time, as the driver gives them: these columns need no work, and are many.

    PostgreSQL hands them over whole; it plans worse, and takes twice as long, where it is asked for a part at a time.
    """
    with connection.execute(query.limit(MOST + 1)) as result:
        cursor: Any = result.cursor
        while some := cursor.fetchmany(AT_ONCE):
            yield some


def _check(many: int) -> None:
    if many > MOST:
        raise QuestionError(f"there are more than {MOST:,} feedback: take a shorter span, or ask for a part", "since")


def _picked(names: Collection[str] | None) -> Callable[[str], Any] | None:
    """Return what keeps some attributes of a JSON object, as a tuple."""
    if names is None:
        return None
    loads = orjson.loads

    def picked(text: str) -> tuple[Any, ...]:
        get = loads(text).get
        return tuple([get(name) for name in names])

    return picked


def _said(values: tuple[Any, ...], name: str, attributes: Sequence[str] | None) -> tuple[str | None, ...]:
    """Return values as they stand in the entries: what was picked of attributes as an object again."""
    if name != ATTRIBUTES or attributes is None:
        return values
    objects = ({n: v for n, v in zip(attributes, one, strict=True) if v is not None} for one in values)
    return tuple(orjson.dumps(one).decode() for one in objects)


def _marked(connection: Connection, sequences: Any, query: Select[Any]) -> Any:
    few = np.fromiter((sequence for some in _pieces(connection, query) for (sequence,) in some), np.int64)
    return np.isin(sequences, few)
