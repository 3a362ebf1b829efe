"""What was taken out of feedback: encrypted bytes beside its records, read and replaced one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, update

from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.database import Database
from engine.store.scoping import in_scope

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Seal:
    """What is sealed beside a revision of a feedback, and the hash of what was received for it."""

    sequence: int
    content_hash: str
    sealed: bytes


class Seals:
    """What a store has sealed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, source: str, feedback_id: str, revision: int, scope: Scope = EVERYTHING) -> Seal | None:
        """Return what is sealed beside a revision; None where nothing is, or it is out of scope."""
        table = schema.feedback
        key = (table.c.source == source, table.c.id == feedback_id, table.c.revision == revision)
        query = _seals().where(*key, *in_scope(table, scope))
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return Seal(*row) if row else None

    def count(self) -> int:
        """Return beside how many records something is sealed."""
        query = select(func.count()).where(schema.feedback.c.sealed.is_not(None))
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def each(self) -> Iterator[list[Seal]]:
        """Yield all that is sealed in the order of commits, some hundred at a time, outside of any transaction."""
        after = 0
        table = schema.feedback
        while True:
            query = _seals().where(table.c.sequence > after).order_by(table.c.sequence).limit(CHUNK)
            with self._database.read() as connection:
                found = [Seal(*row) for row in connection.execute(query)]
            if not found:
                return
            yield found
            after = found[-1].sequence

    def replace(self, changes: list[tuple[Seal, bytes]]) -> int:
        """Seal anew, and return how many were: what somebody erased or changed meanwhile stays as it is now."""
        table, count = schema.feedback, 0
        with self._database.write() as connection:
            for seal, sealed in changes:
                same = (table.c.sequence == seal.sequence, table.c.sealed == seal.sealed)
                count += connection.execute(update(table).where(*same).values(sealed=sealed)).rowcount
        return count


def _seals() -> Select[Any]:
    table = schema.feedback
    return select(table.c.sequence, table.c.content_hash, table.c.sealed).where(table.c.sealed.is_not(None))
