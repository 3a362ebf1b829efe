"""The newest feedback of a store, as it came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import orjson
from sqlalchemy import select

from engine.feedback import Feedback, feedback_from_dict
from engine.store import schema
from engine.store.database import Database

MOST = 50_000
AT_ONCE = 1_000


class Recent:
    """What came last, in any unit: only for those who run the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def feedback(self, since: datetime, most: int = MOST) -> Iterator[Feedback]:
        """Yield the feedback that was received since a moment, newest first, and no more than so much."""
        table = schema.feedback
        query = select(table.c.record, table.c.received_at).order_by(table.c.sequence.desc()).limit(most)
        query = query.execution_options(yield_per=AT_ONCE)
        with self._database.read() as connection, connection.execute(query) as rows:
            for record, received_at in rows:
                if received_at < since:
                    return
                yield feedback_from_dict(orjson.loads(record))
