"""The words of feedback, without all the rest: for lists that show what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Table, exists, select, tuple_

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


@dataclass(frozen=True, slots=True)
class Revision:
    """A feedback as it came once."""

    revision: int
    received_at: datetime
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

    def latest(self, keys: Sequence[tuple[str, str]], scope: Scope = EVERYTHING) -> Mapping[tuple[str, str], Feedback]:
        """Return some feedback in its latest revision, by source and id, as far as it is there and in scope."""
        table, found = schema.feedback, dict[tuple[str, str], Feedback]()
        known = sorted({key for key in keys if all(map(is_storable, key))})
        with self._database.read() as connection:
            for some in chunks(known):
                query = select(table.c.source, table.c.id, table.c.record)
                query = query.where(tuple_(table.c.source, table.c.id).in_(list(some)), ~_revised(table))
                for source, name, record in connection.execute(query.where(*in_scope(table, scope))):
                    found[source, name] = feedback_from_dict(orjson.loads(record))
        return found

    def revisions(self, source: str, feedback_id: str, most: int, scope: Scope = EVERYTHING) -> list[Revision]:
        """Return the latest revisions of a feedback, the latest first, as far as they are in scope."""
        table = schema.feedback
        if not is_storable(source) or not is_storable(feedback_id):
            return []
        named = (table.c.revision, table.c.received_at, table.c.record)
        query = select(*named).where(table.c.source == source, table.c.id == feedback_id, *in_scope(table, scope))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(table.c.revision.desc()).limit(most)).all()
        return [Revision(row.revision, row.received_at, feedback_from_dict(orjson.loads(row.record))) for row in rows]

    def of_customer(self, customer: str, most: int, scope: Scope = EVERYTHING) -> list[Said]:
        """Return what a customer said, the latest first, each feedback in its latest revision."""
        table = schema.feedback
        named = (table.c.sequence, table.c.occurred_at, table.c.record)
        query = select(*named).where(table.c.customer == customer, ~_revised(table), *in_scope(table, scope))
        query = query.order_by(table.c.occurred_at.desc(), table.c.sequence.desc()).limit(most)
        if not is_storable(customer):
            return []
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [Said(row.sequence, row.occurred_at, feedback_from_dict(orjson.loads(row.record))) for row in rows]


def _revised(table: Table) -> Any:
    """Return whether a feedback has a later revision."""
    later = table.alias("later")
    return exists().where(
        later.c.source == table.c.source, later.c.id == table.c.id, later.c.revision > table.c.revision
    )
