"""Feedback with its readings and decisions: written in one transaction a batch, looked up by key."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Select, delete, func, select, update

from engine.alerts.addressing import Addressed, address
from engine.alerts.alert import Alert, AlertKind, HeldBack, changed
from engine.alerts.clocks import timed
from engine.alerts.raising import Arrival
from engine.alerts.state import Outcome
from engine.decision import Decision, Draft, Stored
from engine.feedback import feedback_from_dict
from engine.judge import silent
from engine.names import is_storable
from engine.people import Directory
from engine.rules.case import Case
from engine.rules.load import LoadedRules
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.bulk import insert_rows, writing_ahead
from engine.store.codec import alert_of, alert_row, found_of, held_of, reading_of
from engine.store.counters import CaseOf
from engine.store.database import Database
from engine.store.entries import make_way, read_entries, write_entries
from engine.store.messages import notification_rows, notifying, opened_event, signal_rows, write_notifications
from engine.store.patterns import Patterns
from engine.store.people import People
from engine.store.record_rows import (
    Key,
    Numbered,
    decision_row,
    feedback_row,
    has_key,
    latest,
    occurred,
    write_readings,
)
from engine.store.schema_base import Row
from engine.store.scoping import CHUNK, chunks, in_scope
from engine.store.thanks import thank
from engine.store.versions import Versions

# So many records are written together, and while PostgreSQL writes them the next ones are made ready.
AT_ONCE = 100


class Records:
    """The feedback of a store."""

    def __init__(self, database: Database, versions: Versions, people: People) -> None:
        self._database = database
        self._versions = versions
        self._people = people
        self._patterns = Patterns(database, versions)
        # The patterns in memory belong to one transaction at a time, whatever the database does with threads.
        self._lock = threading.Lock()

    def commit(self, drafts: Sequence[Draft], now: datetime, case_of: CaseOf) -> list[Decision]:
        """Raise drafts in their order, and write them with their alerts and notifications in one transaction.

        Each takes the next sequence number.

        Parameters
        ----------
        now
            The moment of the commit; an earlier commit's moment is taken where that was later.
        case_of
            Makes the cases of stored feedback, where a new rule counts what came before it.

        Raises
        ------
        sqlalchemy.exc.IntegrityError
            If one of the keys and revisions was stored meanwhile; nothing is written then.
        """
        with self._raising(now) as (connection, moment):
            last = self._prepare(connection, drafts, case_of, moment)
            numbered = [(last + place, draft) for place, draft in enumerate(drafts, start=1)]
            return self._judged(connection, numbered, moment, ordinal=0)

    def commit_later(self, numbered: Sequence[Numbered], now: datetime, case_of: CaseOf) -> list[Decision]:
        """Write the second judgement of feedback that was stored unread; skips what another process judged."""
        with self._raising(now) as (connection, moment):
            table = schema.feedback
            still = select(table.c.sequence).where(table.c.unread, table.c.sequence.in_([s for s, _ in numbered]))
            waiting = set(connection.scalars(still))
            numbered = [(sequence, draft) for sequence, draft in numbered if sequence in waiting]
            if not numbered:
                return []
            self._prepare(connection, [draft for _, draft in numbered], case_of, moment)
            self._patterns.judge_again(connection, min(sequence for sequence, _ in numbered))
            decisions = self._judged(connection, numbered, moment, ordinal=1)
            sequences = [sequence for sequence, _ in numbered]
            connection.execute(update(table).where(table.c.sequence.in_(sequences)).values(ordinal=1, unread=False))
            return decisions

    def tick(self, rules: LoadedRules, now: datetime, case_of: CaseOf) -> list[Alert]:
        """Let time pass without feedback, and return the signals that this opened."""
        with self._raising(now) as (connection, moment):
            self._patterns.prepare(connection, [rules], case_of, moment)
            return self._pass_time(connection, rules, moment)

    @contextmanager
    def _raising(self, now: datetime) -> Iterator[tuple[Connection, datetime]]:
        """Open the ordered transaction; whatever fails in it leaves nothing behind, in the store or in memory."""
        with self._lock:
            try:
                with self._database.write(ordered=True) as connection:
                    yield connection, self._patterns.begin(connection, now)
            except BaseException:
                self._patterns.forget()
                raise

    def _prepare(self, connection: Connection, drafts: Sequence[Draft], case_of: CaseOf, moment: datetime) -> int:
        """Let time pass up to a commit, get ready what it needs, and return the last commit before it."""
        for draft in drafts:
            self._versions.keep_taxonomy(connection, draft.reading.taxonomy)
        last = connection.scalar(select(func.coalesce(func.max(schema.feedback.c.sequence), 0))) or 0
        rulesets = list({draft.rules.version: draft.rules for draft in drafts}.values())
        self._patterns.prepare(connection, rulesets, case_of, moment, last)
        for rules in rulesets:
            self._pass_time(connection, rules, moment)
        return last

    def _pass_time(self, connection: Connection, rules: LoadedRules, moment: datetime) -> list[Alert]:
        passed = self._patterns.raiser(rules).tick(moment)
        if passed.alerts:
            last = connection.scalar(select(func.max(schema.feedback.c.sequence)))
            notified = notifying(connection, passed.links)
            stale = moment - rules.program.stale_after
            directory = self._people.directory_on(connection)
            signals = [
                _addressed(
                    changed(alert, sequence=last),
                    None,
                    rules,
                    directory,
                    stale=alert.opened_at < stale,
                    told=alert.id in notified and alert.opened_at >= stale,
                )
                for alert in passed.alerts
            ]
            rows = [row for one in signals for row in signal_rows(one, stale, notify=one.alert.id in notified)]
            self._open(connection, signals, rows)
        self._patterns.write(connection, [passed], moment)
        return passed.alerts

    def _judged(
        self, connection: Connection, numbered: Sequence[Numbered], moment: datetime, ordinal: int
    ) -> list[Decision]:
        arrivals = [self._arrival(connection, sequence, draft, moment, ordinal) for sequence, draft in numbered]
        directory = self._people.directory_on(connection)
        if ordinal:
            labels = schema.reading_label
            connection.execute(delete(labels).where(labels.c.sequence.in_([sequence for sequence, _ in numbered])))
            read_entries(connection, numbered)
        else:
            make_way(connection, numbered)
        outcomes: list[Outcome] = []
        decisions: list[Decision] = []
        with writing_ahead(connection):
            for start in range(0, len(numbered), AT_ONCE):
                some, theirs = numbered[start : start + AT_ONCE], arrivals[start : start + AT_ONCE]
                _write_read(connection, some, moment, ordinal)
                taken = [
                    self._patterns.raiser(draft.rules).take(one) for (_, draft), one in zip(some, theirs, strict=True)
                ]
                outcomes += taken
                decisions += self._write_decided(connection, some, taken, moment, ordinal, directory)
        thank(connection, [(one, draft) for one, (_, draft) in zip(decisions, numbered, strict=True)], moment)
        self._patterns.write(connection, outcomes, moment)
        return decisions

    def _write_decided(
        self,
        connection: Connection,
        numbered: Sequence[Numbered],
        outcomes: Sequence[Outcome],
        moment: datetime,
        ordinal: int,
        directory: Directory,
    ) -> list[Decision]:
        decisions, rows, opened = [], [], []
        for (sequence, draft), outcome in zip(numbered, outcomes, strict=True):
            decision, addressed = _decided(sequence, draft, outcome, moment, directory)
            decisions.append(decision)
            opened += addressed
            rows += notification_rows(addressed, decision.held_back, draft.feedback)
        insert_rows(connection, schema.decision, [decision_row(decision, ordinal) for decision in decisions])
        self._open(connection, opened, rows)
        return decisions

    def _arrival(self, connection: Connection, sequence: int, draft: Draft, moment: datetime, ordinal: int) -> Arrival:
        again = draft.revision > 1 or ordinal > 0
        received_at = draft.received_at or moment
        return Arrival(
            case=draft.case,
            judged=draft.judged,
            sequence=sequence,
            received_at=moment,
            occurred_at=occurred(draft.feedback.occurred_at, received_at),
            replaces=self._patterns.replaced(connection, draft.feedback) if again else (),
            opened=self._patterns.opened(connection, draft.feedback) if again else frozenset(),
        )

    def _open(self, connection: Connection, opened: Sequence[Addressed], messages: Sequence[dict[str, Any]]) -> None:
        insert_rows(connection, schema.alert, [alert_row(one.alert, one.alert.sequence) for one in opened])
        insert_rows(connection, schema.alert_event, list(map(opened_event, opened)))
        write_notifications(connection, messages)

    def find(self, keys: Sequence[Key], scope: Scope = EVERYTHING) -> dict[Key, Stored]:
        """Return the latest revision of each key that is stored and in scope."""
        table = schema.feedback
        found: dict[Key, Stored] = {}
        keys = [key for key in keys if all(map(is_storable, key))]
        with self._database.read() as connection:
            for some in chunks(keys):
                query = latest().where(has_key(some), *in_scope(table, scope)).order_by(table.c.revision)
                for stored in self._stored(connection, query):
                    found[stored.feedback.key] = stored
        return found

    def at(self, sequences: Sequence[int]) -> list[Stored]:
        """Return the records of some commits, each in its own revision, in the order of commits."""
        found: list[Stored] = []
        with self._database.read() as connection:
            for some in chunks(sorted(set(sequences))):
                found += self._stored(connection, latest().where(schema.feedback.c.sequence.in_(list(some))))
        return sorted(found, key=lambda stored: stored.decision.sequence)

    def each(self, since: datetime | None = None) -> Iterator[Stored]:
        """Yield every revision of all feedback in the order of commits, some hundred at a time.

        Parameters
        ----------
        since
            Only what was received since.
        """
        table, after = schema.feedback, 0
        received = [] if since is None else [table.c.received_at >= since]
        while True:
            query = latest().where(table.c.sequence > after, *received).order_by(table.c.sequence).limit(CHUNK)
            with self._database.read() as connection:
                found = self._stored(connection, query)
            if not found:
                return
            yield from found
            after = found[-1].decision.sequence

    def unread(self, limit: int) -> list[Stored]:
        """Return feedback that waits to be read, oldest first."""
        table = schema.feedback
        with self._database.read() as connection:
            return self._stored(connection, latest().where(table.c.unread).order_by(table.c.sequence).limit(limit))

    def count(self, since: datetime | None = None) -> int:
        """Return how many records are stored, each revision counted.

        Parameters
        ----------
        since
            Only what was received since.
        """
        received = [] if since is None else [schema.feedback.c.received_at >= since]
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(schema.feedback).where(*received)) or 0

    def first(self) -> datetime | None:
        """Return when the earliest feedback occurred; None if there is none."""
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(select(func.min(schema.feedback.c.occurred_at)))
            return found

    def _stored(self, connection: Connection, query: Select[Any]) -> list[Stored]:
        rows = connection.execute(query).mappings().all()
        alerts: dict[int, list[Alert]] = {}
        for some in chunks([row["sequence"] for row in rows]):
            by_sequence = (
                select(schema.alert).where(schema.alert.c.sequence.in_(list(some))).order_by(schema.alert.c.id)
            )
            for alert in connection.execute(by_sequence).mappings():
                alerts.setdefault(alert["sequence"], []).append(alert_of(alert))
        return [self._one(connection, row, _own(alerts.get(row["sequence"], []), row)) for row in rows]

    def _one(self, connection: Connection, row: Row, alerts: Sequence[Alert]) -> Stored:
        reading = reading_of(row, self._versions.taxonomy(connection, row["taxonomy"]))
        decision = Decision(
            source=row["source"],
            id=row["id"],
            revision=row["revision"],
            sequence=row["sequence"],
            decided_at=row["decided_at"],
            ruleset=row["ruleset"],
            reading=reading,
            alerts=tuple(alerts),
            held_back=held_of(row["held_back"]),
            found=found_of(row["found"]),
        )
        return Stored(
            feedback=feedback_from_dict(orjson.loads(row["record"])),
            content_hash=row["content_hash"],
            received_at=row["received_at"],
            occurred_at=row["occurred_at"],
            notify=row["notify"],
            decision=decision,
            erased_at=row["erased_at"],
        )


def _own(alerts: Sequence[Alert], row: Row) -> list[Alert]:
    """Leave out the signals that time opened after a commit: its feedback did not."""
    return [alert for alert in alerts if (alert.source, alert.feedback_id) == (row["source"], row["id"])]


def _write_read(connection: Connection, numbered: Sequence[Numbered], moment: datetime, ordinal: int) -> None:
    if not ordinal:
        insert_rows(connection, schema.feedback, [feedback_row(s, draft, moment) for s, draft in numbered])
        write_entries(connection, numbered, moment)
    write_readings(connection, numbered, ordinal)


def _decided(
    sequence: int, draft: Draft, outcome: Outcome, moment: datetime, directory: Directory
) -> tuple[Decision, list[Addressed]]:
    feedback = draft.feedback
    received_at = draft.received_at or moment
    stale_after = draft.rules.program.stale_after
    occurred_at = occurred(feedback.occurred_at, received_at)
    why = silent(occurred_at, received_at, stale_after, notify=draft.notify)
    stale, told = received_at - occurred_at > stale_after, why is None
    opened = [
        _addressed(_numbered(alert, sequence), draft.case, draft.rules, directory, stale=stale, told=told)
        for alert in sorted(outcome.alerts, key=lambda alert: alert.id)
    ]
    unsent = [HeldBack(alert.rule, why) for alert in outcome.alerts if why and alert.kind is not AlertKind.REVIEW]
    decision = Decision(
        source=feedback.source,
        id=feedback.id,
        revision=draft.revision,
        sequence=sequence,
        decided_at=moment,
        ruleset=draft.rules.version,
        reading=draft.reading,
        alerts=tuple(one.alert for one in opened),
        held_back=(*outcome.held_back, *unsent),
        found=outcome.found,
    )
    return decision, opened


def _numbered(alert: Alert, sequence: int) -> Alert:
    return alert if alert.sequence == sequence else changed(alert, sequence=sequence)


def _addressed(
    alert: Alert, case: Case | None, rules: LoadedRules, directory: Directory, *, stale: bool, told: bool
) -> Addressed:
    """Return an alert with its clocks, and where it goes."""
    rule = rules.by_slug.get(alert.rule)
    return address(timed(alert, rule, rules.program, stale=stale, told=told), case, rules.program, directory, rule)
