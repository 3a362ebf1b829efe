"""Search: all feedback by any conditions, the newest first, page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Select, func, select, tuple_, update

from engine.errors import FeedbackError
from engine.feedback import Feedback, feedback_from_dict
from engine.insights.asked import Asked
from engine.insights.excerpt import Excerpt, excerpt
from engine.insights.seeing import check_seeing
from engine.program import Program
from engine.rules.tallies import moment_of
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.database import Database
from engine.store.entries import remove_entries, restore_entries, words_table
from engine.store.facets import Facets, facets_of
from engine.store.people import People
from engine.store.schema_search import search_entry, search_state
from engine.store.scoping import chunks, in_scope
from engine.store.search_filter import Filter
from engine.taxonomy import TASKS

# What is counted is counted so far.
MOST_COUNTED = 10_000
# Of older feedback so many are entered in one transaction: others wait for it no longer than for a commit.
AT_ONCE = 200
MOST_ALERTS = 20


@dataclass(frozen=True, slots=True)
class AlertFound:
    """An alert about a feedback that was found."""

    id: str
    rule: str
    title: str
    severity: str
    kind: str
    state: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A feedback that was found: its latest revision.

    Parameters
    ----------
    excerpt
        The words around the first that was searched for, or the first words.
    labels
        Those that hold for the record, by task.
    alerts
        Those about it that may be seen, the newest first, not more than 20.
    """

    sequence: int
    revision: int
    received_at: datetime
    occurred_at: datetime
    language: str | None
    status: str
    feedback: Feedback
    excerpt: Excerpt
    labels: dict[str, list[str]]
    alerts: tuple[AlertFound, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        one = self.feedback
        return {
            "source": one.source,
            "id": one.id,
            "revision": self.revision,
            "sequence": self.sequence,
            "received_at": self.received_at.isoformat(),
            "occurred_at": self.occurred_at.isoformat(),
            **self.excerpt.as_dict(),
            "language": self.language,
            "status": self.status,
            "labels": self.labels,
            "scores": dict(one.scores),
            "attributes": dict(one.attributes),
            "unit": one.unit,
            "channel": one.channel,
            "customer": one.customer,
            "employee": one.employee,
            "alerts": [{name: getattr(alert, name) for name in AlertFound.__slots__} for alert in self.alerts],
        }

    def as_row(self) -> dict[str, Any]:
        """Return it as a row of a table: with all of the customer's words, and the rules of its alerts."""
        row = self.as_dict() | {"text": self.feedback.text}
        row["alerts"] = list(dict.fromkeys(alert.rule for alert in self.alerts))
        return {name: value for name, value in row.items() if name not in ("text_start", "text_cut", "matches")}


@dataclass(frozen=True, slots=True)
class Count:
    """How many fit; with ``more`` it is at least so many."""

    count: int
    more: bool


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Some of what fits, the newest first.

    Parameters
    ----------
    cursor
        Leads to the next page; None on the last.
    count
        How many fit altogether, where that was asked.
    complete
        Whether everything that is stored can be found yet: after an upgrade, older feedback is entered by and by.
    """

    found: tuple[Found, ...]
    cursor: str | None
    count: Count | None
    complete: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        count = None if self.count is None else {"count": self.count.count, "more": self.count.more}
        found = [one.as_dict() for one in self.found]
        return {"feedback": found, "cursor": self.cursor, "count": count, "complete": self.complete}


class Search:
    """The feedback of a store, as it is searched.

    What one employee is named by is searched for by the employee and those who manage them only.
    """

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people

    def page(
        self,
        asked: Asked,
        *,
        limit: int = 50,
        cursor: str | None = None,
        counted: bool = False,
        scope: Scope = EVERYTHING,
        person: str | None = None,
    ) -> FoundPage:
        """Return one page of the feedback that fits, in the order of commits, the newest first.

        Parameters
        ----------
        person
            The id of who asks.

        Raises
        ------
        FeedbackError
            If the cursor is not one that a page gave.
        ForbiddenError
            If it asks for an employee whom the person neither is nor manages.
        QuestionError
            If a label is not known.
        """
        after = None if cursor is None else _decoded(cursor)
        with self._database.read() as connection:
            query = self._query(connection, asked, scope, person)
            key = query.selected_columns[0]
            further = query if after is None else query.where(key < after)
            sequences = list(connection.scalars(further.order_by(key.desc()).limit(limit + 1)))
            found = _details(connection, sequences[:limit], asked, scope)
            count = _count(connection, query) if counted else None
            complete = not connection.scalar(select(search_state.c.below))
        following = str(sequences[limit - 1]) if len(sequences) > limit else None
        return FoundPage(tuple(found), following, count, complete)

    def facets(self, asked: Asked, program: Program, scope: Scope = EVERYTHING, person: str | None = None) -> Facets:
        """Return what stands how often among the newest of the feedback that fits.

        Raises
        ------
        ForbiddenError, QuestionError
            As `page` does.
        """
        with self._database.read() as connection:
            return facets_of(connection, self._query(connection, asked, scope, person), program)

    def each(self, asked: Asked, most: int, scope: Scope = EVERYTHING, person: str | None = None) -> Iterator[Found]:
        """Yield what fits, the newest first and no more than so many; no transaction is open between pages."""
        cursor: str | None = None
        while most > 0:
            page = self.page(asked, limit=min(500, most), cursor=cursor, scope=scope, person=person)
            yield from page.found
            most -= len(page.found)
            cursor = page.cursor
            if cursor is None:
                return

    def _query(self, connection: Connection, asked: Asked, scope: Scope, person: str | None) -> Select[Any]:
        """Return the query of the commits that fit; one of words goes through them in the order of commits."""
        if asked.employee is not None:
            check_seeing(person, asked.employee, self._people.directory_on(connection))
        wanted = Filter(connection, scope)
        if not asked.wording.wanted or not asked.is_storable:
            return select(search_entry.c.sequence).where(*wanted.conditions(asked))
        table = words_table(connection)
        key = next(iter(table.c))
        joined = select(key).join_from(table, search_entry, search_entry.c.sequence == key)
        return joined.where(wanted.said(asked.wording.wanted), *wanted.plain(asked), *wanted.unwanted(asked))

    def remove(self, connection: Connection, sequences: Collection[int]) -> None:
        """Remove feedback from search and insights, inside a running transaction.

        On SQLite the words are in the file until they are overwritten; `compact` sees to that.
        """
        remove_entries(connection, sequences)

    def restore(self, connection: Connection, sequences: Collection[int]) -> int:
        """Enter stored feedback anew as it stands now, inside a running transaction; return how many have an entry."""
        return restore_entries(connection, sequences)

    def compact(self, connection: Connection) -> None:
        """Let go of removed words for good, inside a running transaction: of nothing removed a trace is in the index.

        On PostgreSQL ``VACUUM search_words`` does that.
        """
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("INSERT INTO search_words(search_words) VALUES ('optimize')")

    def waiting(self) -> int:
        """Return up to which commit feedback may have no entry yet; 0 once everything stored can be found."""
        with self._database.read() as connection:
            return connection.scalar(select(search_state.c.below)) or 0

    def catch_up(self, most: int = AT_ONCE) -> int:
        """Enter some feedback that was stored before there was a search, the newest first, and return what `waiting`.

        It goes on where it was cut off, whoever cut it off.
        """
        if not self.waiting():
            return 0
        table = schema.feedback
        # Ordered: no revision is committed meanwhile, whose entry this would not see.
        with self._database.write(ordered=True) as connection:
            below = connection.scalar(select(search_state.c.below)) or 0
            query = select(table.c.sequence).where(table.c.sequence <= below)
            sequences = list(connection.scalars(query.order_by(table.c.sequence.desc()).limit(most)))
            restore_entries(connection, sequences)
            below = sequences[-1] - 1 if len(sequences) == most else 0
            connection.execute(update(search_state).values(below=below))
        return below


def _count(connection: Connection, query: Select[Any]) -> Count:
    some = query.limit(MOST_COUNTED + 1).subquery()
    count = connection.scalar(select(func.count()).select_from(some)) or 0
    return Count(min(count, MOST_COUNTED), count > MOST_COUNTED)


def _decoded(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
        raise FeedbackError("the cursor is not one that a page gave; begin without it", field="cursor")
    return int(cursor)


def _details(connection: Connection, sequences: Sequence[int], asked: Asked, scope: Scope) -> list[Found]:
    feedback, entry = schema.feedback, search_entry
    columns = (
        *(feedback.c[name] for name in ("sequence", "revision", "received_at", "record")),
        *(entry.c[name] for name in ("at", "language", "status", "labels")),
    )
    rows: list[Any] = []
    for some in chunks(sequences):
        query = select(*columns).join_from(feedback, entry).where(feedback.c.sequence.in_(list(some)))
        rows += connection.execute(query.order_by(feedback.c.sequence.desc())).mappings()
    records = [feedback_from_dict(orjson.loads(row["record"])) for row in rows]
    alerts = _alerts(connection, [one.key for one in records], scope)
    return [
        Found(
            sequence=row["sequence"],
            revision=row["revision"],
            received_at=row["received_at"],
            occurred_at=moment_of(row["at"]),
            language=row["language"],
            status=row["status"],
            feedback=one,
            excerpt=excerpt(one.text, asked.wording.wanted),
            labels=_by_task(row["labels"]),
            alerts=tuple(alerts.get(one.key, [])[:MOST_ALERTS]),
        )
        for row, one in zip(rows, records, strict=True)
    ]


def _alerts(
    connection: Connection, keys: Sequence[tuple[str, str]], scope: Scope
) -> dict[tuple[str, str], list[AlertFound]]:
    table, found = schema.alert, dict[tuple[str, str], list[AlertFound]]()
    columns = [table.c[name] for name in ("source", "feedback_id", *AlertFound.__slots__)]
    for some in chunks(keys):
        own = tuple_(table.c.source, table.c.feedback_id).in_(list(some))
        query = select(*columns).where(own, *in_scope(table, scope))
        for source, feedback_id, *values in connection.execute(query.order_by(table.c.opened_at.desc(), table.c.id)):
            found.setdefault((source, feedback_id), []).append(AlertFound(*values))
    return found


def _by_task(labels: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {task: [] for task in TASKS}
    for line in labels.splitlines():
        task, _, label = line.partition(":")
        found.setdefault(task, []).append(label)
    return found
