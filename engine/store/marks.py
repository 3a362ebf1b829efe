"""Marks: a few small numbers that tell whether anything has changed, for those who show what is in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select

from engine.store import schema, schema_accounts, schema_followup, schema_privacy
from engine.store.database import Database


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a store is; what differs from an earlier mark has changed since.

    Parameters
    ----------
    feedback
        The sequence number of the last commit.
    newest
        When the newest alert was opened, and its id.
    events
        The last change of an alert.
    signals
        How often patterns over time changed.
    rules, people, problems, settings
        The revision of the rules, of the directory, the last change of a problem, and the last audited one.
    erased
        When an erasure was finished last, by hand or by retention: words that were read before may be gone.
    """

    feedback: int = 0
    newest: tuple[datetime, str] | None = None
    events: int = 0
    signals: int = 0
    rules: int = 0
    people: int = 0
    problems: int = 0
    settings: int = 0
    erased: datetime | None = None


class Marks:
    """Looks at how far a store is: a handful of look-ups at the ends of indexes, whatever it holds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(self) -> Mark:
        """Return the mark of this moment."""
        with self._database.read() as connection:
            row = connection.execute(_QUERY).mappings().one()
        found = {name: row[name] or 0 for name in _LAST}
        newest = None if row["newest_id"] is None else (row["newest_at"], row["newest_id"])
        return Mark(**found, newest=newest, erased=row["erased"])

    def committed_at(self, sequence: int) -> datetime | None:
        """Return when the feedback of a commit was received; None where there is none."""
        table = schema.feedback
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(
                select(func.max(table.c.received_at)).where(table.c.sequence == sequence)
            )
        return found


_LAST: Mapping[str, Any] = MappingProxyType(
    {
        "feedback": schema.feedback.c.sequence,
        "events": schema.alert_event.c.id,
        "signals": schema.progress.c.changes,
        "rules": schema.shelf.c.revision,
        "people": schema_followup.directory.c.revision,
        "problems": schema_followup.problem_event.c.id,
        "settings": schema_accounts.audit.c.id,
    }
)


def _newest(column: Any) -> Any:
    alert = schema.alert.c
    return select(column).order_by(alert.opened_at.desc(), alert.id.desc()).limit(1).scalar_subquery()


# One statement, since it is asked again and again.
_QUERY = select(
    *(select(func.max(column)).scalar_subquery().label(name) for name, column in _LAST.items()),
    _newest(schema.alert.c.opened_at).label("newest_at"),
    _newest(schema.alert.c.id).label("newest_id"),
    select(func.max(schema_privacy.erasure.c.finished_at)).scalar_subquery().label("erased"),
)
