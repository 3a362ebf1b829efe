"""Many rows into one table: values go to the driver as they are kept, without a statement's work for each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.engine import Dialect

Process = Callable[[Any], Any]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, which all have the same columns.

    `Connection.execute` compiles once too, but looks at every value of every row anew, which takes longer than the
    database does.
    """
    if not rows:
        return
    names = list(rows[0])
    dialect = connection.dialect
    quote = dialect.identifier_preparer.quote
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    columns, marks = ", ".join(map(quote, names)), ", ".join([mark] * len(names))
    sql = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})"  # noqa: S608
    kept = [_kept([row[name] for row in rows], _process(table, name, dialect)) for name in names]
    connection.exec_driver_sql(sql, list(zip(*kept, strict=True)))


def _process(table: Table, name: str, dialect: Dialect) -> Process | None:
    return table.c[name].type.dialect_impl(dialect).bind_processor(dialect)


def _kept(values: list[Any], process: Process | None) -> list[Any]:
    """Return a column's values as the driver takes them; equal ones, as the moments of a batch are, are made once."""
    if process is None:
        return values
    made: dict[Any, Any] = {}
    for value in values:
        if value not in made:
            made[value] = process(value)
    return [made[value] for value in values]
