"""Readings, one after the other: for those who look at all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, select

from engine.feedback import Part, feedback_from_dict
from engine.reading import Reading, ReadingStatus
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.codec import reading_of
from engine.store.database import Database
from engine.store.scoping import in_scope
from engine.store.versions import Versions
from engine.taxonomy import Taxonomy

CHUNK = 500


@dataclass(frozen=True, slots=True, eq=False)
class StoredReading:
    """The latest reading of a feedback's latest revision, and the parts it read."""

    sequence: int
    source: str
    id: str
    revision: int
    parts: tuple[Part, ...]
    reading: Reading


class Readings:
    """The readings of a store."""

    def __init__(self, database: Database, versions: Versions) -> None:
        self._database = database
        self._versions = versions

    def each(self, scope: Scope = EVERYTHING, newest: int | None = None) -> Iterator[StoredReading]:
        """Yield the reading of every feedback's latest revision, in the order of commits, but for what was erased.

        It holds some hundred at a time, and no transaction is open between them.

        Parameters
        ----------
        newest
            Only those of about so many records that came last; None is all.
        """
        after = 0 if newest is None else self._before(scope, newest)
        while True:
            with self._database.read() as connection:
                rows = connection.execute(_after(after, scope)).mappings().all()
                found = [
                    StoredReading(
                        sequence=row["sequence"],
                        source=row["source"],
                        id=row["id"],
                        revision=row["revision"],
                        parts=feedback_from_dict(json.loads(row["record"])).parts,
                        reading=reading_of(row, self._versions.taxonomy(connection, row["taxonomy"])),
                    )
                    for row in rows
                ]
            if not found:
                return
            after = found[-1].sequence
            yield from found

    def _before(self, scope: Scope, newest: int) -> int:
        """Return the sequence number that so many records of a scope come after."""
        column = schema.feedback.c.sequence
        query = select(column).where(*in_scope(schema.feedback, scope)).order_by(column.desc())
        with self._database.read() as connection:
            return connection.scalar(query.offset(newest).limit(1)) or 0

    def newest_taxonomy(self) -> Taxonomy | None:
        """Return the label trees of the newest feedback that was read; None if none was."""
        table = schema.reading
        query = select(table.c.taxonomy).where(table.c.status == str(ReadingStatus.READ))
        with self._database.read() as connection:
            version = connection.scalar(query.order_by(table.c.sequence.desc(), table.c.ordinal.desc()).limit(1))
            return None if version is None else self._versions.taxonomy(connection, version)


def _after(sequence: int, scope: Scope) -> Select[Any]:
    feedback, reading = schema.feedback, schema.reading
    later = feedback.alias("later")
    revised = exists().where(
        later.c.source == feedback.c.source, later.c.id == feedback.c.id, later.c.revision > feedback.c.revision
    )
    at = and_(reading.c.sequence == feedback.c.sequence, reading.c.ordinal == feedback.c.ordinal)
    arrays = [column for column in reading.c if column.name not in ("sequence", "ordinal")]
    chosen = select(
        feedback.c.sequence, feedback.c.source, feedback.c.id, feedback.c.revision, feedback.c.record, *arrays
    )
    # What was erased has no words to show.
    chosen = chosen.join_from(feedback, reading, at).where(feedback.c.erased_at.is_(None))
    chosen = chosen.where(feedback.c.sequence > sequence, ~revised, *in_scope(feedback, scope))
    return chosen.order_by(feedback.c.sequence).limit(CHUNK)
