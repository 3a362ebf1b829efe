"""Stores of a bench's own: a SQLite file, and a database of PostgreSQL where a server is named."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from engine.store.store import Store

POSTGRES = os.environ.get("HEEDFUL_TEST_POSTGRES")


@contextmanager
def stores() -> Iterator[dict[str, Store]]:
    """Make a SQLite file, and a database on the server that HEEDFUL_TEST_POSTGRES names, where it does."""
    with tempfile.TemporaryDirectory() as folder, closing(Store(f"sqlite:///{folder}/bench.db")) as sqlite:
        if not POSTGRES:
            yield {"SQLite": sqlite}
            return
        name, server = f"heedful_bench_{uuid.uuid4().hex[:12]}", create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
            with closing(Store(url)) as postgres:
                yield {"SQLite": sqlite, "PostgreSQL": postgres}
        finally:
            with server.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            server.dispose()
