"""The words of feedback, without all the rest: for lists that show what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
from sqlalchemy import select

from engine.feedback import Feedback, feedback_from_dict
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.database import Database
from engine.store.scoping import chunks, in_scope


class Words:
    """What customers said, by the sequence number of the commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, sequences: Sequence[int], scope: Scope = EVERYTHING) -> Mapping[int, Feedback]:
        """Return the feedback of some commits, as far as it is there and in scope."""
        table = schema.feedback
        found: dict[int, Feedback] = {}
        with self._database.read() as connection:
            for some in chunks(sorted(set(sequences))):
                query = select(table.c.sequence, table.c.record).where(table.c.sequence.in_(list(some)))
                for sequence, record in connection.execute(query.where(*in_scope(table, scope))):
                    found[sequence] = feedback_from_dict(orjson.loads(record))
        return found
