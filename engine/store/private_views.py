"""Who looked at what was taken out of feedback, when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.names import is_storable
from engine.store import schema_privacy
from engine.store.database import Database


@dataclass(frozen=True, slots=True)
class PrivateView:
    """One look; ``id`` counts up."""

    id: int
    at: datetime
    who: str
    source: str
    feedback_id: str
    why: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "who": self.who,
            "source": self.source,
            "feedback_id": self.feedback_id,
            "why": self.why,
        }


class PrivateViews:
    """The looks of a store: they are only ever added to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, who: str, source: str, feedback_id: str, why: str, at: datetime) -> None:
        """Write down a look, before what is looked at is shown."""
        row = {"at": at, "who": who[:200], "source": source, "feedback_id": feedback_id, "why": why}
        with self._database.write() as connection:
            connection.execute(schema_privacy.private_view.insert(), row)

    def page(
        self, *, source: str | None = None, feedback_id: str | None = None, limit: int = 100, before: int | None = None
    ) -> list[PrivateView]:
        """Return looks, the newest first.

        Parameters
        ----------
        source, feedback_id
            Only those at this feedback.
        before
            Only those before this one, by its id.
        """
        table = schema_privacy.private_view
        asked = {"source": source, "feedback_id": feedback_id}
        if not all(is_storable(value) for value in asked.values() if value is not None):
            return []
        wanted = [table.c[name] == value for name, value in asked.items() if value is not None]
        if before is not None:
            wanted.append(table.c.id < before)
        query = select(table).where(*wanted).order_by(table.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [PrivateView(**row) for row in connection.execute(query).mappings()]
