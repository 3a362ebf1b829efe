"""Where records were written to label them: an erasure goes there too."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy.dialects import postgresql, sqlite

from engine.store import schema_privacy
from engine.store.database import Database


class Exports:
    """The files and data sets that the records of a store were written into."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    def note(self, path: Path, kind: str, who: str, now: datetime) -> None:
        """Remember a file or a folder; one that is known is remembered once.

        Parameters
        ----------
        kind
            ``review``, or ``dataset``.
        """
        table = schema_privacy.export
        row = {"path": str(path.absolute()), "kind": kind, "written_at": now, "who": who}
        with self._database.write() as connection:
            known = self._insert(table).values(row)
            changed = {name: row[name] for name in ("kind", "written_at", "who")}
            connection.execute(known.on_conflict_do_update(index_elements=["path"], set_=changed))
