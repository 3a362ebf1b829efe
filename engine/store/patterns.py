"""Patterns over time: what is counted, signals and cooldowns, kept in the store and mirrored in memory.

One `State` in memory serves every commit of a process. It changes only inside the ordered transaction, where one
writer is at a time; what another process changed meanwhile is read there first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection, and_, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.alerts.alert import AlertKind
from engine.alerts.raising import Arrival, Raiser
from engine.alerts.state import Episode, Outcome, State
from engine.feedback import Feedback, feedback_from_dict
from engine.judge import judged
from engine.reading import Reading
from engine.rules.case import Case
from engine.rules.load import LoadedRules
from engine.rules.tallies import Counted, moment_of, stamp
from engine.store import schema
from engine.store.codec import reading_of
from engine.store.database import Database
from engine.store.versions import Versions

CHUNK = 500
# A clock that was once wrong by more than this does not hold back the moments of later commits.
MOST_AHEAD = timedelta(minutes=5)
COLUMNS = ("counter", "key", "at", "sequence", "value", "weight")
COUNTED = tuple(schema.counted.c[name] for name in COLUMNS)
CaseOf = Callable[[Feedback, Reading], Case]


class Patterns:
    """The patterns of a store."""

    def __init__(self, database: Database, versions: Versions) -> None:
        self._versions = versions
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert
        self.forget()

    def forget(self) -> None:
        """Drop what is in memory: after a transaction that failed it is not what the store has."""
        self._state = State()
        self._changes = -1
        self._stale = True
        self._last_row = 0
        # How far back each counter is in memory, and the rules whose cooldowns are.
        self._reach: dict[str, timedelta] = {}
        self._cooling: frozenset[str] = frozenset()

    def raising(self, rules: LoadedRules) -> Raiser:
        """Return what raises by rules that `raiser` got ready in this transaction."""
        return Raiser(rules, self._state)

    def begin(self, connection: Connection, now: datetime) -> datetime:
        """Return the moment of a commit: never before an earlier commit's, so that order and time agree."""
        row = connection.execute(select(schema.progress)).mappings().first()
        if row is None:
            connection.execute(insert(schema.progress).values(id=1, moment=now, ticked=None, changes=0))
            self._changes, self._stale = 0, True
            return now
        self._stale = self._stale or row["changes"] != self._changes
        self._changes = row["changes"]
        self._state.ticked = row["ticked"]
        moment: datetime = row["moment"]
        return moment if now < moment <= now + MOST_AHEAD else now

    def raiser(self, connection: Connection, rules: LoadedRules, case_of: CaseOf, moment: datetime) -> Raiser:
        """Return what raises by some rules, on a state that knows everything that is committed.

        What windows of new rules count is found in the feedback that is stored.
        """
        if self._stale:
            self._catch_up(connection)
        for counter, reach in rules.reach.items():
            if reach > self._reach.get(counter, timedelta(0)):
                self._load(connection, counter, rules, case_of, moment - reach)
            self._reach[counter] = reach
        cooling = frozenset(rule.slug for rule in rules.evaluated if rule.cooldown)
        if not cooling <= self._cooling:
            self._load_cooldowns(connection, cooling)
        return Raiser(rules, self._state)

    def _catch_up(self, connection: Connection) -> None:
        """Read what other processes changed."""
        rows = select(schema.counted.c.id, *COUNTED).where(schema.counted.c.id > self._last_row)
        for row in connection.execute(rows.order_by(schema.counted.c.id)):
            self._last_row = row.id
            if row.counter in self._reach:
                self._state.tallies.add([Counted(*row[1:])])
        self._load_episodes(connection)
        self._load_cooldowns(connection, self._cooling)
        earliest = connection.scalar(select(func.min(schema.feedback.c.occurred_at)))
        self._state.beginning = stamp(earliest) if earliest else None
        self._stale = False

    def _load(self, connection: Connection, counter: str, rules: LoadedRules, case_of: CaseOf, since: datetime) -> None:
        self._fill(connection, counter, rules, case_of, stamp(since))
        table = schema.counted
        wanted = select(*COUNTED).where(table.c.counter == counter, table.c.at >= stamp(since)).order_by(table.c.id)
        self._state.tallies.forget(counter, 2**62)
        self._state.tallies.add(Counted(*row) for row in connection.execute(wanted))

    def _fill(self, connection: Connection, counter: str, rules: LoadedRules, case_of: CaseOf, since: int) -> None:
        """Count what is stored, as far back as the counter is looked at and is not complete yet."""
        table, counted = schema.counter, schema.counted
        complete = connection.scalar(select(table.c.since).where(table.c.id == counter))
        if complete is not None and complete <= since:
            return
        statement = self._insert(table).values(id=counter, since=since)
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"since": since}))
        known = set(connection.scalars(select(counted.c.sequence).where(counted.c.counter == counter)))
        raiser = Raiser(rules, self._state)
        for arrival in self._arrivals(connection, rules, case_of, moment_of(since)):
            if arrival.sequence not in known:
                rows = [row for row in raiser.counted(arrival) if row.counter == counter]
                self._write_counted(connection, rows)

    def _arrivals(
        self, connection: Connection, rules: LoadedRules, case_of: CaseOf, since: datetime
    ) -> Iterator[Arrival]:
        """Yield the stored feedback that occurred since a moment, each in its latest revision, judged by the rules."""
        feedback, reading = schema.feedback, schema.reading
        later = feedback.alias("later")
        revised = exists().where(
            later.c.source == feedback.c.source, later.c.id == feedback.c.id, later.c.revision > feedback.c.revision
        )
        at = and_(reading.c.sequence == feedback.c.sequence, reading.c.ordinal == feedback.c.ordinal)
        arrays = [column for column in reading.c if column.name not in ("sequence", "ordinal")]
        chosen = select(feedback, *arrays).join_from(feedback, reading, at)
        chosen = chosen.where(feedback.c.occurred_at >= since, ~revised).order_by(feedback.c.sequence).limit(CHUNK)
        after = 0
        while rows := connection.execute(chosen.where(feedback.c.sequence > after)).mappings().all():
            cases = [
                case_of(
                    feedback_from_dict(orjson.loads(row["record"])),
                    reading_of(row, self._versions.taxonomy(connection, row["taxonomy"])),
                )
                for row in rows
            ]
            for row, case, made in zip(rows, cases, judged(rules, cases), strict=True):
                yield Arrival(case, made, row["sequence"], row["received_at"], row["occurred_at"])
            after = rows[-1]["sequence"]

    def _load_episodes(self, connection: Connection) -> None:
        table = schema.episode
        self._state.episodes.clear()
        for row in connection.execute(select(table).order_by(table.c.started, table.c.alert_id)).mappings():
            one = Episode(row["alert_id"], row["rule"], row["key"], row["started"], row["below_since"], row["ended"])
            self._state.episodes[one.rule, one.key] = one

    def _load_cooldowns(self, connection: Connection, rules: frozenset[str]) -> None:
        table = schema.alert
        chosen = select(table.c.id, table.c.rule, table.c.kind, table.c.key, table.c.opened_at)
        chosen = chosen.where(table.c.rule.in_(rules), table.c.key.is_not(None))
        for row in connection.execute(chosen.order_by(table.c.opened_at, table.c.sequence)).mappings():
            key = (row["rule"], AlertKind(row["kind"]), row["key"])
            self._state.cooldowns[key] = (row["id"], row["opened_at"])
        self._cooling = rules

    def replaced(self, connection: Connection, feedback: Feedback) -> tuple[Counted, ...]:
        """Return what earlier revisions of a feedback count at present."""
        table, records = schema.counted, schema.feedback
        earlier = select(records.c.sequence).where(records.c.source == feedback.source, records.c.id == feedback.id)
        net: dict[Counted, int] = {}
        for row in connection.execute(select(*COUNTED).where(table.c.sequence.in_(earlier)).order_by(table.c.id)):
            one = Counted(*row[:-1])
            net[one] = net.get(one, 0) + row[-1]
        return tuple(one for one, weight in net.items() if weight > 0)

    def opened(self, connection: Connection, feedback: Feedback) -> frozenset[str]:
        """Return the alerts that a feedback opened before."""
        table = schema.alert
        theirs = select(table.c.id).where(table.c.source == feedback.source, table.c.feedback_id == feedback.id)
        return frozenset(connection.scalars(theirs))

    def write(self, connection: Connection, outcomes: Sequence[Outcome], moment: datetime) -> None:
        """Write what outcomes change, after their alerts, and how far the commits and the ticker are."""
        self._write_counted(connection, [row for outcome in outcomes for row in outcome.counted])
        for outcome in outcomes:
            for one in outcome.episodes:
                self._write_episode(connection, one)
        links = list(dict.fromkeys(link for outcome in outcomes for link in outcome.links))
        if links:
            rows = [{"alert_id": alert, "sequence": sequence} for alert, sequence in links]
            connection.execute(self._insert(schema.alert_feedback).on_conflict_do_nothing(), rows)
        if any(one.counted or one.episodes or any(a.key is not None for a in one.alerts) for one in outcomes):
            self._changes += 1
            self._last_row = connection.scalar(select(func.max(schema.counted.c.id))) or 0
        row = {"moment": moment, "ticked": self._state.ticked, "changes": self._changes}
        connection.execute(update(schema.progress).values(row))

    def _write_counted(self, connection: Connection, rows: Sequence[Counted]) -> None:
        if rows:
            values = [{name: getattr(row, name) for name in COLUMNS} for row in rows]
            connection.execute(schema.counted.insert(), values)

    def _write_episode(self, connection: Connection, one: Episode) -> None:
        row = {
            "alert_id": one.alert,
            "rule": one.rule,
            "key": one.key,
            "started": one.started,
            "below_since": one.below_since,
            "ended": one.ended,
        }
        changed = {name: row[name] for name in ("below_since", "ended")}
        statement = self._insert(schema.episode).values(row)
        connection.execute(statement.on_conflict_do_update(index_elements=["alert_id"], set_=changed))
        if one.ended is not None:
            ended = update(schema.alert).where(schema.alert.c.id == one.alert)
            connection.execute(ended.values(ended_at=moment_of(one.ended)))
