"""Opening databases: migrated safely, or a clear error."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.errors import NotFoundError, StoreError
from engine.scope import Role
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.databases import migrated


def migrate(url: str) -> None:
    store = Store(url)
    store.migrate()
    store.close()


def test_two_processes_migrate_at_once(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=migrate, args=(url,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]


def test_a_newer_schema_is_refused(store: Store) -> None:
    with store.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="written by a newer version of Heedful"):
        store.migrate()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param("nonsense", "not valid; write sqlite:///FILE", id="no URL"),
        pytest.param("mysql://localhost/x", "mysql is not supported", id="another database"),
        pytest.param("sqlite:////nowhere/at/all.db", "cannot be opened", id="a missing folder"),
        pytest.param("postgresql://postgres:secret@127.0.0.1:1/none", "cannot be used", id="no server"),
    ],
)
def test_what_cannot_be_opened_says_what_to_do(url: str, said: str) -> None:
    with pytest.raises(StoreError) as caught:
        migrate(url)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("this is a shopping list, not a database\n" * 50)
    with pytest.raises(StoreError, match="is not a SQLite database"):
        migrate(f"sqlite:///{tmp_path / 'x.db'}")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to every file")
def test_a_read_only_file_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    migrate(f"sqlite:///{path}")
    path.chmod(0o444)
    with pytest.raises(StoreError, match="permissions"):
        Store(f"sqlite:///{path}").keys.create("x", Role.ADMIN, None, NOON)


def test_an_error_says_nothing_of_what_was_to_be_stored(store: Store) -> None:
    with pytest.raises((DBAPIError, StoreError)) as caught, store.database.write() as connection:
        connection.execute(text("INSERT INTO no_such_table VALUES (:words)"), {"words": "my secret"})
    assert "my secret" not in f"{caught.value} {caught.value.__cause__}"


def test_sqlite_is_durable(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'x.db'}")
    store.migrate()
    with store.database.write() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    store.close()
    raw = sqlite3.connect(tmp_path / "x.db")
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()


def test_a_cursor_that_lives_on_keeps_no_transaction_from_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Keeping(sqlite3.Connection):
        """As under a debugger, or when a thread is switched away from: what was asked is let go of late."""

        kept: ClassVar[list[sqlite3.Cursor]] = []

        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            self.kept.append(super().execute(*arguments))
            return self.kept[-1]

    migrated(tmp_path / "x.db")
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3.dbapi2, "connect", lambda *given, **more: connect(*given, factory=Keeping, **more))
    store = Store(f"sqlite:///{tmp_path / 'x.db'}")
    key, secret = store.keys.create("tool", Role.INGEST, None, NOON)
    assert store.keys.find(secret) == key
    assert Keeping.kept
    store.close()


def test_keys_are_found_by_their_secret_until_they_are_revoked(store: Store) -> None:
    key, secret = store.keys.create("tool", Role.INGEST, "emea/uk", NOON)
    assert store.keys.find(secret) == key
    assert store.keys.find(secret + "x") is None
    assert store.keys.find("\ud800") is None
    with store.database.read() as connection:
        assert secret not in str(connection.execute(text("SELECT * FROM api_key")).all())
    store.keys.revoke(key.id, NOON)
    assert store.keys.find(secret) is None
    assert [one.revoked_at for one in store.keys.all()] == [NOON]
    with pytest.raises(NotFoundError):
        store.keys.revoke(key.id, NOON)
