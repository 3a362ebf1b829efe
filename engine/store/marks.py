"""Marks: a few small numbers that tell whether anything has changed, for those who show what is in the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from engine.store import schema, schema_accounts, schema_followup
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
    """

    feedback: int = 0
    newest: tuple[datetime, str] | None = None
    events: int = 0
    signals: int = 0
    rules: int = 0
    people: int = 0
    problems: int = 0
    settings: int = 0


class Marks:
    """Looks at how far a store is: a handful of look-ups at the ends of indexes, whatever it holds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(self) -> Mark:
        """Return the mark of this moment."""
        with self._database.read() as connection:

            def last(column: object) -> int:
                return connection.scalar(select(func.max(column))) or 0

            return Mark(
                feedback=last(schema.feedback.c.sequence),
                newest=_newest(connection),
                events=last(schema.alert_event.c.id),
                signals=last(schema.progress.c.changes),
                rules=last(schema.shelf.c.revision),
                people=last(schema_followup.directory.c.revision),
                problems=last(schema_followup.problem_event.c.id),
                settings=last(schema_accounts.audit.c.id),
            )


def _newest(connection: Connection) -> tuple[datetime, str] | None:
    alert = schema.alert.c
    row = connection.execute(
        select(alert.opened_at, alert.id).order_by(alert.opened_at.desc(), alert.id.desc()).limit(1)
    ).first()
    return (row[0], row[1]) if row else None
