"""Keys that the service makes for itself, once a store."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from engine.store import schema_delivery
from engine.store.database import Database


class Secrets:
    """The secrets of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    def get(self, name: str, now: datetime) -> str:
        """Return a secret; it is made the first time, the same for every process of the store."""
        table = schema_delivery.secret
        query = select(table.c.value).where(table.c.name == name)
        with self._database.read() as connection:
            found: str | None = connection.scalar(query)
        if found is not None:
            return found
        row = {"name": name, "value": secrets.token_urlsafe(32), "created_at": now}
        with self._database.write() as connection:
            connection.execute(self._insert(table).on_conflict_do_nothing(), row)
            # Another process may have been faster: then its secret is the one.
            return str(connection.scalar(query))
