"""Entries read as columns of numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, select

from engine.errors import QuestionError
from engine.insights.asked import Asked
from engine.insights.columns import Coded, Columns
from engine.scope import Scope
from engine.store.schema_search import search_entry
from engine.store.search_filter import Filter

AT_ONCE = 20_000
# More than that is not held in memory for one question.
MOST = 3_000_000


class _Codes(dict[Any, int]):
    """Numbers values as they come."""

    def __missing__(self, value: Any) -> int:
        self[value] = code = len(self)
        return code


def read_columns(
    connection: Connection,
    asked: Asked,
    scope: Scope,
    names: Collection[str],
    marks: Mapping[str, Select[Any]],
) -> Columns:
    """Return the feedback that fits as columns.

    Parameters
    ----------
    names
        Columns of entries that are wanted beside the time.
    marks
        Queries of the commits that are marked.

    Raises
    ------
    QuestionError
        If there is more than is counted at once.
    """
    table, wanted = search_entry, sorted(names)
    query = select(table.c.sequence, table.c.at, *(table.c[name] for name in wanted))
    query = query.where(*Filter(connection, scope).conditions(asked))
    pieces: list[list[np.ndarray[Any, Any]]] = [[] for _ in range(2 + len(wanted))]
    known = [_Codes() for _ in wanted]
    count = 0
    with connection.execute(query.execution_options(yield_per=AT_ONCE)) as result:
        for some in result.partitions():
            count += len(some)
            if count > MOST:
                raise QuestionError(
                    f"there are more than {MOST:,} feedback: take a shorter span, or ask for a part", "since"
                )
            for place, column in enumerate(zip(*some, strict=True)):
                numbers = column if place < 2 else map(known[place - 2].__getitem__, column)
                kind = np.int64 if place < 2 else np.int32
                pieces[place].append(np.fromiter(numbers, kind, len(column)))
    sequences, at, *codes = (np.concatenate(some) if some else np.zeros(0, np.int64) for some in pieces)
    coded = {
        name: Coded(own.astype(np.int32, copy=False), tuple(values))
        for name, own, values in zip(wanted, codes, known, strict=True)
    }
    return Columns(at, coded, {name: _marked(connection, sequences, mark) for name, mark in marks.items()})


def _marked(connection: Connection, sequences: Any, query: Select[Any]) -> Any:
    few = np.fromiter(connection.scalars(query), np.int64)
    return np.isin(sequences, few)
