"""Texts that many may name, each kept once under its SHA-256."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import NotFoundError
from engine.store import schema
from engine.store.database import Database
from engine.store.scoping import chunks


class Documents:
    """The documents of a store."""

    def __init__(self, database: Database) -> None:
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    def keep(self, connection: Connection, texts: Mapping[str, str]) -> None:
        """Store texts by their hash inside a running transaction, unless they are there."""
        # In one order for all writers: two that keep the same texts would else wait for each other for ever.
        # As JSON, in which any text can be stored.
        rows = [{"sha256": sha256, "content": json.dumps(texts[sha256])} for sha256 in sorted(texts)]
        for some in chunks(rows):
            connection.execute(self._insert(schema.document).on_conflict_do_nothing(), list(some))

    def find(self, connection: Connection, hashes: Collection[str]) -> dict[str, str]:
        """Return texts by their hash.

        Raises
        ------
        NotFoundError
            If one of them is not in the store.
        """
        table, wanted = schema.document, sorted(set(hashes))
        found: dict[str, str] = {}
        for some in chunks(wanted):
            kept = connection.execute(select(table).where(table.c.sha256.in_(list(some))))
            found.update((sha256, json.loads(content)) for sha256, content in kept)
        if len(found) < len(wanted):
            raise NotFoundError(f"the store has {len(found):,} of the {len(wanted):,} documents that it names")
        return found
