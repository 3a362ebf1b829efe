"""In which languages feedback came, counted in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, select

from engine.reading import ReadingStatus
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.database import Database
from engine.store.scoping import in_scope


@dataclass(frozen=True, slots=True)
class LanguageCount:
    """How much feedback of one language ended with one status; the language is None where it could not be told."""

    language: str | None
    status: ReadingStatus
    count: int


@dataclass(frozen=True)
class LanguageReport:
    """The feedback that was received in a span, by language and status, the most first."""

    since: datetime
    until: datetime
    counts: Sequence[LanguageCount]

    @property
    def feedback(self) -> int:
        """How much there was."""
        return sum(one.count for one in self.counts)

    @property
    def unsupported(self) -> int:
        """How much was in a language that nobody reads."""
        return sum(one.count for one in self.counts if one.status is ReadingStatus.UNSUPPORTED_LANGUAGE)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "feedback": self.feedback,
            "unsupported": self.unsupported,
            "languages": [
                {"language": one.language, "status": str(one.status), "feedback": one.count} for one in self.counts
            ],
        }


class Languages:
    """The languages of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def report(self, since: datetime, until: datetime, scope: Scope = EVERYTHING) -> LanguageReport:
        """Count the latest revision of each feedback received in a span, which ends before `until`."""
        feedback, reading = schema.feedback, schema.reading
        later = feedback.alias("later")
        revised = exists().where(
            later.c.source == feedback.c.source, later.c.id == feedback.c.id, later.c.revision > feedback.c.revision
        )
        at = and_(reading.c.sequence == feedback.c.sequence, reading.c.ordinal == feedback.c.ordinal)
        in_span = (feedback.c.received_at >= since, feedback.c.received_at < until)
        query = (
            select(reading.c.language, reading.c.status, func.count().label("count"))
            .join_from(feedback, reading, at)
            .where(*in_span, ~revised, *in_scope(feedback, scope))
            .group_by(reading.c.language, reading.c.status)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        counts = [LanguageCount(language, ReadingStatus(status), count) for language, status, count in rows]
        return LanguageReport(
            since, until, sorted(counts, key=lambda one: (-one.count, one.language or "", one.status))
        )
