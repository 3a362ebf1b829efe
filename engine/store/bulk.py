"""Many rows into a table, with little work a row.

A commit writes some ten rows an alert, and SQLAlchemy's own way costs most of the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from engine.store.schema_base import Moment

# What one statement of PostgreSQL is given at most, so that long texts do not fill the server's memory.
MOST_BYTES = 8_000_000

Values = Mapping[str, Any]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows in their order; what the columns of the first do not name takes its default.

    It writes what ``connection.execute(table.insert(), rows)`` writes, and raises what that raises.

    Parameters
    ----------
    rows
        All of the same columns. Booleans, numbers, texts, bytes, moments and None.
    """
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        _into_sqlite(connection, table, rows)
    else:
        _into_postgresql(connection, table, rows)


@contextmanager
def writing_ahead(connection: Connection) -> Iterator[None]:
    """Let a PostgreSQL server work at the inserts of a block while the block makes the next ones ready.

    Nothing can be asked inside: answers come at the end, and so do errors.

    Raises
    ------
    sqlalchemy.exc.DBAPIError
        As the inserts raise without it.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    errors = connection.dialect.loaded_dbapi.Error
    try:
        with driver.pipeline():
            yield
    except errors as problem:
        raise DBAPIError.instance(None, None, problem, errors, dialect=connection.dialect) from problem


def _into_sqlite(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    names = tuple(rows[0])
    moments = [place for place, name in enumerate(names) if isinstance(table.c[name].type, Moment)]
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {_quoted(connection, table.name)} ({_columns(connection, names)}) VALUES ({marks})"  # noqa: S608
    connection.exec_driver_sql(statement, list(_tuples(connection, rows, names, moments)))


def _tuples(
    connection: Connection, rows: Sequence[Values], names: Sequence[str], moments: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    values_of, stored = itemgetter(*names), _stored(connection)
    for row in rows:
        values = list(values_of(row))
        for place in moments:
            values[place] = stored(values[place])
        yield tuple(values)


def _into_postgresql(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Hand the rows over as JSON, which the server takes apart far faster than as many statements."""
    name, columns = _quoted(connection, table.name), _columns(connection, tuple(rows[0]))
    statement = (
        f"INSERT INTO {name} ({columns}) "  # noqa: S608
        f"SELECT {columns} FROM json_populate_recordset(NULL::{name}, CAST(%s AS json))"
    )
    for some in _documents(connection, rows):
        connection.exec_driver_sql(statement, (some,))


def _documents(connection: Connection, rows: Sequence[Values]) -> Iterator[str]:
    """Yield the rows as JSON lists of not too many bytes."""
    stored = _stored(connection)

    def said(value: Any) -> Any:
        return rf"\x{value.hex()}" if isinstance(value, bytes) else stored(value)

    some: list[bytes] = []
    size = 0
    for row in rows:
        one = orjson.dumps(row, said, orjson.OPT_PASSTHROUGH_DATETIME)
        if some and size + len(one) > MOST_BYTES:
            yield _listed(some)
            some, size = [], 0
        some.append(one)
        size += len(one)
    yield _listed(some)


def _listed(documents: Sequence[bytes]) -> str:
    return f"[{b','.join(documents).decode()}]"


def _stored(connection: Connection) -> Callable[[datetime | None], Any]:
    """Return what a moment is written as. A batch has few moments, and each is worked out once."""
    kind = Moment().dialect_impl(connection.dialect)
    process = kind.bind_processor(connection.dialect)
    known: dict[datetime | None, Any] = {}

    def stored(moment: datetime | None) -> Any:
        if moment not in known:
            value = process(moment) if process else moment
            known[moment] = value.isoformat() if isinstance(value, datetime) else value
        return known[moment]

    return stored


def _columns(connection: Connection, names: Sequence[str]) -> str:
    return ", ".join(_quoted(connection, name) for name in names)


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)
