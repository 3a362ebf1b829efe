"""Counters: what windows count, how complete it is in the store, and how it is made complete and kept short.

A counter is complete for feedback that occurred since its `since`. While every commit counts it, its `through` is
empty; once rules that do not count it commit (it was paused, say), `through` is the last commit that did.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.alerts.raising import Arrival, Raiser
from engine.alerts.state import State
from engine.feedback import Feedback, feedback_from_dict
from engine.judge import judged
from engine.reading import Reading
from engine.rules.case import Case
from engine.rules.load import LoadedRules
from engine.rules.tallies import Counted, length, moment_of, stamp
from engine.store import schema
from engine.store.bulk import insert_rows
from engine.store.codec import reading_of
from engine.store.database import Database
from engine.store.schema_base import Row
from engine.store.versions import Versions

CHUNK = 500
MOST_AT_ONCE = 10_000
COLUMNS = ("counter", "key", "at", "sequence", "value", "weight")
COUNTED = tuple(schema.counted.c[name] for name in COLUMNS)
# Counts are kept for so long after no span reaches them, and those of counters that no rule looks at.
SPARE = timedelta(days=1)
UNUSED = timedelta(days=30)
# A commit drops at most so many counts, and twice as many as it writes: it ends soon, and they do not pile up.
LEAST_PRUNED = 100
# Makes the cases of stored feedback, under the rules that judge it.
CaseOf = Callable[[LoadedRules, Feedback, Reading], Case]


@dataclass(frozen=True, slots=True)
class Counter:
    """How complete a counter is; `since` in microseconds since 1970."""

    since: int
    through: int | None


@dataclass(frozen=True, slots=True)
class _Gap:
    """What a counter lacks to be complete since a moment."""

    since: int
    had: Counter | None
    known: frozenset[int]

    @property
    def after(self) -> int:
        """The commit after which it may lack something."""
        is_older = self.had is None or self.had.since > self.since
        return 0 if is_older or self.had is None or self.had.through is None else self.had.through

    def lacks(self, arrival: Arrival) -> bool:
        """Return whether a feedback is to be counted now."""
        at = stamp(arrival.occurred_at)
        if at < self.since or arrival.sequence in self.known:
            return False
        if self.had is None or at < self.had.since:
            return True
        return self.had.through is not None and arrival.sequence > self.had.through


class Counters:
    """The counters of a store."""

    def __init__(self, database: Database, versions: Versions) -> None:
        self._versions = versions
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert
        self._turn = 0
        self.forget()

    def forget(self) -> None:
        """Drop what is in memory."""
        self._rows: dict[str, Counter] = {}
        self.changed = False

    def look(self, connection: Connection) -> None:
        """Read how complete the counters are."""
        rows = connection.execute(select(schema.counter))
        self._rows = {row.id: Counter(row.since, row.through) for row in rows}

    def leave(self, connection: Connection, wanted: Collection[str], last: int) -> None:
        """Note that a commit comes that counts only what is wanted.

        Parameters
        ----------
        last
            The last commit before.
        """
        for name in [name for name, row in self._rows.items() if row.through is None and name not in wanted]:
            self._keep(connection, name, Counter(self._rows[name].since, last))

    def judge_again(self, connection: Connection, sequence: int) -> None:
        """Note that feedback since a commit is judged again: what is not counted now may lack it."""
        for name, row in list(self._rows.items()):
            if row.through is not None and row.through >= sequence:
                self._keep(connection, name, Counter(row.since, sequence - 1))

    def fill(
        self, connection: Connection, needed: Mapping[str, int], rules: LoadedRules, case_of: CaseOf
    ) -> list[Counted]:
        """Count what is stored and lacking, and return what was counted.

        Parameters
        ----------
        needed
            By counter of the rules, from when on it must be complete.
        """
        gaps = {name: gap for name, since in needed.items() if (gap := self._gap(connection, name, since))}
        if not gaps:
            return []
        for name, gap in gaps.items():
            self._keep(connection, name, Counter(gap.since, None))
        raiser, filled = Raiser(rules, State()), []
        for arrivals in self._arrivals(connection, rules, case_of, list(gaps.values())):
            counted = [(arrival, row) for arrival in arrivals for row in raiser.counted(arrival)]
            rows = [row for arrival, row in counted if row.counter in gaps and gaps[row.counter].lacks(arrival)]
            self.write(connection, rows)
            filled += rows
        return filled

    def _gap(self, connection: Connection, name: str, since: int) -> _Gap | None:
        had, table = self._rows.get(name), schema.counted
        if had is None:
            return _Gap(since, None, frozenset())
        if had.through is None and had.since <= since:
            return None
        lacking = [table.c.at < had.since, *([] if had.through is None else [table.c.sequence > had.through])]
        known = select(table.c.sequence).where(table.c.counter == name, table.c.at >= since, or_(*lacking))
        known = known.group_by(table.c.sequence).having(func.sum(table.c.weight) > 0)
        return _Gap(since, had, frozenset(connection.scalars(known)))

    def _keep(self, connection: Connection, name: str, row: Counter) -> None:
        values = {"since": row.since, "through": row.through}
        statement = self._insert(schema.counter).values(id=name, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
        self._rows[name] = row
        self.changed = True

    def _arrivals(
        self, connection: Connection, rules: LoadedRules, case_of: CaseOf, gaps: Sequence[_Gap]
    ) -> Iterator[list[Arrival]]:
        """Yield the stored feedback that may be lacking, each in its latest revision, judged by the rules."""
        feedback, reading = schema.feedback, schema.reading
        later = feedback.alias("later")
        revised = exists().where(
            later.c.source == feedback.c.source, later.c.id == feedback.c.id, later.c.revision > feedback.c.revision
        )
        at = and_(reading.c.sequence == feedback.c.sequence, reading.c.ordinal == feedback.c.ordinal)
        arrays = [column for column in reading.c if column.name not in ("sequence", "ordinal")]
        since = moment_of(min(gap.since for gap in gaps))
        chosen = select(feedback, *arrays).join_from(feedback, reading, at)
        chosen = chosen.where(feedback.c.occurred_at >= since, ~revised).order_by(feedback.c.sequence).limit(CHUNK)
        after = min(gap.after for gap in gaps)
        while rows := connection.execute(chosen.where(feedback.c.sequence > after)).mappings().all():
            cases = [self._case(connection, row, rules, case_of) for row in rows]
            yield [
                Arrival(case, made, row["sequence"], row["received_at"], row["occurred_at"])
                for row, case, made in zip(rows, cases, judged(rules, cases), strict=True)
            ]
            after = rows[-1]["sequence"]

    def _case(self, connection: Connection, row: Row, rules: LoadedRules, case_of: CaseOf) -> Case:
        taxonomy = self._versions.taxonomy(connection, row["taxonomy"])
        return case_of(rules, feedback_from_dict(orjson.loads(row["record"])), reading_of(row, taxonomy))

    def rows_after(self, connection: Connection, last: int) -> Iterator[tuple[int, Counted]]:
        """Yield what was written after a row, with each row's own number."""
        number = schema.counted.c.id
        wanted = select(number, *COUNTED).order_by(number).limit(MOST_AT_ONCE)
        while rows := connection.execute(wanted.where(number > last)).all():
            for row in rows:
                yield row.id, Counted(*row[1:])
            last = rows[-1].id

    def rows_since(self, connection: Connection, name: str, since: int) -> Iterator[Counted]:
        """Yield what a counter counted of feedback that occurred since a moment, in the order of time."""
        table = schema.counted
        wanted = select(table.c.id, *COUNTED).where(table.c.counter == name)
        wanted = wanted.order_by(table.c.at, table.c.id).limit(MOST_AT_ONCE)
        after = table.c.at >= since
        while rows := connection.execute(wanted.where(after)).all():
            for row in rows:
                yield Counted(*row[1:])
            at, number = rows[-1].at, rows[-1].id
            after = or_(table.c.at > at, and_(table.c.at == at, table.c.id > number))

    def last_row(self, connection: Connection) -> int:
        """Return the number of the row that was written last."""
        return connection.scalar(select(func.max(schema.counted.c.id))) or 0

    def replaced(self, connection: Connection, feedback: Feedback) -> tuple[Counted, ...]:
        """Return what earlier revisions of a feedback count at present."""
        table, records = schema.counted, schema.feedback
        earlier = select(records.c.sequence).where(records.c.source == feedback.source, records.c.id == feedback.id)
        net: dict[Counted, int] = {}
        for row in connection.execute(select(*COUNTED).where(table.c.sequence.in_(earlier)).order_by(table.c.id)):
            one = Counted(*row[:-1])
            net[one] = net.get(one, 0) + row[-1]
        return tuple(one for one, weight in net.items() if weight > 0)

    def write(self, connection: Connection, rows: Sequence[Counted]) -> None:
        """Write what was counted."""
        if rows:
            values = [{name: getattr(row, name) for name in COLUMNS} for row in rows]
            insert_rows(connection, schema.counted, values)

    def prune(self, connection: Connection, reach: Mapping[str, timedelta], moment: datetime, written: int) -> None:
        """Drop some counts that no span reaches any more: of one counter a commit, in turn.

        Parameters
        ----------
        reach
            How far back each counter is looked at.
        written
            How many counts the commit wrote.
        """
        names = sorted(name for name, row in self._rows.items() if name in reach or row.through is not None)
        if not names:
            return
        self._turn = (self._turn + 1) % len(names)
        name, table = names[self._turn], schema.counted
        oldest = stamp(moment) - length(reach.get(name, UNUSED) + SPARE)
        # The last row stays: numbers go on from it, and other processes read from there on.
        old = select(table.c.id).where(table.c.counter == name, table.c.at < oldest)
        old = old.where(table.c.id < self.last_row(connection)).order_by(table.c.at)
        dropped = connection.execute(delete(table).where(table.c.id.in_(old.limit(LEAST_PRUNED + 2 * written))))
        if dropped.rowcount and self._rows[name].since < oldest:
            connection.execute(update(schema.counter).where(schema.counter.c.id == name).values(since=oldest))
            self._rows[name] = Counter(oldest, self._rows[name].through)
            self.changed = True
