"""The words of feedback, without all the rest: for lists that show what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import exists, select

from engine.feedback import Feedback, feedback_from_dict
from engine.names import is_storable
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.database import Database
from engine.store.scoping import chunks, in_scope


@dataclass(frozen=True, slots=True)
class Said:
    """One feedback, with the sequence number of its commit."""

    sequence: int
    occurred_at: datetime
    feedback: Feedback


class Words:
    """What customers said, by the sequence number of the commit, or by who said it."""

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

    def of_customer(self, customer: str, most: int, scope: Scope = EVERYTHING) -> list[Said]:
        """Return what a customer said, the latest first, each feedback in its latest revision."""
        table = schema.feedback
        later = table.alias("later")
        revised = exists().where(
            later.c.source == table.c.source, later.c.id == table.c.id, later.c.revision > table.c.revision
        )
        named = (table.c.sequence, table.c.occurred_at, table.c.record)
        query = select(*named).where(table.c.customer == customer, ~revised, *in_scope(table, scope))
        query = query.order_by(table.c.occurred_at.desc(), table.c.sequence.desc()).limit(most)
        if not is_storable(customer):
            return []
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [Said(row.sequence, row.occurred_at, feedback_from_dict(orjson.loads(row.record))) for row in rows]
