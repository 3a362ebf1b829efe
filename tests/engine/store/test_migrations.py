"""Migrations with data: from every revision to the newest, and down to the first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from engine.delivery.outbox import Outbox
from engine.store.alerts import AlertFilter
from engine.store.database import Database
from engine.store.migrating import revisions
from engine.store.store import Store
from engine.store.tables import metadata
from tests.support import past
from tests.support.clock import StillClock
from tests.support.taking import Taking

ALL = past.revisions()
# Tables whose one row the migrations make.
OWN_ROW = {"shelf", "directory", "search_state"}
# The words stand in tables of each database's own kind, which the metadata cannot say.
WORDS = "search_words"
# SQLite does not tell that a column of an index is descending.
DESCENDING = {"ix_alert_queue", "ix_alert_holder_queue"}
# What a later revision calls otherwise.
RENAMED_TABLES = {"attempt": "notification_attempt"}
RENAMED_COLUMNS = {"detail": "note"}
MOMENT = "%Y-%m-%d %H:%M:%S.%f"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with closing(Database(url)) as made:
        yield made


def sound(connection: Connection) -> None:
    """Nothing points to what is not there, and the file is whole; PostgreSQL sees to that itself."""
    if connection.dialect.name == "sqlite":
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as it was written: with moments as text."""
    return {n: f"{v:{MOMENT}}" if isinstance(v, datetime) else v for n, v in row.items()}


def differences(connection: Connection) -> list[Any]:
    found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    descending = DESCENDING if connection.dialect.name == "sqlite" else set()
    return [one for one in found if getattr(one[1], "name", None) not in descending and WORDS not in str(one)]


def shape(connection: Connection) -> dict[str, Any]:
    """Everything that a schema says of its tables; the order of columns is of no matter."""
    seen = inspect(connection)
    return {
        table: {
            "columns": sorted((c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)),
            "primary": seen.get_pk_constraint(table),
            "foreign": sorted(map(str, seen.get_foreign_keys(table))),
            "unique": sorted(map(str, seen.get_unique_constraints(table))),
            "indexes": sorted(_index(one) for one in seen.get_indexes(table)),
        }
        for table in seen.get_table_names()
    }


def _index(one: Any) -> str:
    where = [str(value) for name, value in one["dialect_options"].items() if name.endswith("_where")]
    return f"{one['name']} {one['unique']} {one['column_names']} {where}"


def kept(connection: Connection, table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return the one row with the values of another, as far as the table still has its columns."""
    there = {column["name"] for column in inspect(connection).get_columns(table)}
    moved = {name if name in there else RENAMED_COLUMNS.get(name, name): value for name, value in row.items()}
    values = {name: past.as_kept(value, connection) for name, value in moved.items() if name in there}
    keys = inspect(connection).get_pk_constraint(table)["constrained_columns"]
    named = [name for name in keys if name in values] or list(values)
    where = " AND ".join(f'"{name}" = :{name}' for name in named)
    found = connection.execute(text(f"SELECT * FROM {table} WHERE {where}"), {n: values[n] for n in named})
    (only,) = found.mappings().all()
    return {name: only[name] for name in values}


@pytest.mark.parametrize("revision", ALL)
def test_what_a_version_wrote_is_there_after_the_upgrade(database: Database, url: str, revision: str) -> None:
    past.migrate(database, revision)
    rows = past.fill(database, revision)
    with database.read() as connection:
        before = {(table, n): kept(connection, table, row) for table in rows for n, row in enumerate(rows[table])}
    database.migrate()
    with database.read() as connection:
        sound(connection)
        assert differences(connection) == []
        for (table, place), values in before.items():
            now = RENAMED_TABLES[table] if table in RENAMED_TABLES and revision < "0007" else table
            after = kept(connection, now, rows[table][place])
            if now == "ruleset":
                after["content"] = values["content"]
            assert {RENAMED_COLUMNS.get(n, n) if n not in after else n: v for n, v in values.items()} == after
    with closing(Store(url)) as store:
        (alert,) = [one for one in store.alerts.page(AlertFilter()).alerts if one.id == past.ALERT]
        assert alert.opened_at + timedelta(days=4) >= alert.close_due >= alert.opened_at  # type: ignore[operator]
        (stored,) = store.records.find([("default", "f1")]).values()
        assert stored.decision.alerts == (alert,)
        assert store.versions.ruleset("rs_past").rules[0].slug == "low-score"


def test_a_row_of_every_table_is_known(database: Database) -> None:
    assert set(past.rows_at(ALL[-1])) | OWN_ROW == set(metadata.tables)


def test_down_again_each_schema_is_what_it_was_and_the_data_of_the_first_version_survives(database: Database) -> None:
    shapes = {}
    for revision in ALL:
        past.migrate(database, revision)
        with database.read() as connection:
            shapes[revision] = shape(connection)
    past.fill(database, ALL[-1])
    for revision in reversed(ALL[:-1]):
        past.migrate(database, revision)
        with database.read() as connection:
            sound(connection)
            assert shape(connection) == shapes[revision], revision
    with database.read() as connection:
        for table, rows in past.rows_at(ALL[0]).items():
            assert [_plain(kept(connection, table, row)) for row in rows] == rows
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == len(rows), table
    database.migrate()
    with database.read() as connection:
        sound(connection)
        assert differences(connection) == []
        assert shape(connection) == shapes[ALL[-1]]


def test_what_waited_to_be_sent_is_sent_after_the_upgrade(database: Database, url: str) -> None:
    past.migrate(database, "0006")
    past.fill(database, "0006")
    with closing(Store(url)) as store:
        store.migrate()
        taking = Taking()
        Outbox(store.outbox, {"operators": taking}, StillClock()).run_once()
        assert taking.ids == [past.NOTIFICATION]
        assert store.outbox.counts() == {"sent": 2}


def test_the_files_of_the_migrations_are_named_after_their_revisions() -> None:
    assert list(revisions()) == ALL
