"""Databases of a test's own: SQLite, and PostgreSQL where HEEDFUL_TEST_POSTGRES names a server."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from engine.store.store import Store

POSTGRES = os.environ.get("HEEDFUL_TEST_POSTGRES")


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.skipif(not POSTGRES, reason="HEEDFUL_TEST_POSTGRES is not set")),
    ]
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of the test's own: empty, or with the schema where the test asks for a store too."""
    with_schema = "store" in request.fixturenames
    if request.param == "sqlite":
        if with_schema:
            migrated(tmp_path / "store.db")
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    name = _name()
    server = _server()
    with server.connect() as connection:
        template = f" TEMPLATE {_postgresql_template()}" if with_schema else ""
        connection.execute(text(f"CREATE DATABASE {name}{template}"))
    yield _named(name)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    found = Store(url)
    yield found
    found.close()


def migrated(path: Path) -> None:
    """Make a SQLite file with the newest schema, as a copy of one that this process has migrated."""
    shutil.copyfile(_sqlite_template(), path)


@cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="heedful-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _migrate(f"sqlite:///{folder / 'template.db'}")
    return folder / "template.db"


@cache
def _postgresql_template() -> str:
    name, server = _name(), _server()
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    atexit.register(_drop, name)
    _migrate(_named(name))
    server.dispose()
    return name


def _migrate(url: str) -> None:
    found = Store(url)
    found.migrate()
    found.close()


def _drop(name: str) -> None:
    server = _server()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    server.dispose()


def _server() -> Engine:
    return create_engine(str(POSTGRES), isolation_level="AUTOCOMMIT")


def _name() -> str:
    return f"heedful_test_{uuid.uuid4().hex[:12]}"


def _named(name: str) -> str:
    return make_url(str(POSTGRES)).set(database=name).render_as_string(hide_password=False)
