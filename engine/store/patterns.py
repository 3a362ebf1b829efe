"""Patterns over time: what is counted, signals and cooldowns, kept in the store and mirrored in memory.

One `State` in memory serves every commit of a process. It changes only inside the ordered transaction, where one
writer is at a time; what another process changed meanwhile is read there first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.alerts.alert import AlertKind
from engine.alerts.raising import Raiser
from engine.alerts.state import Episode, Outcome, State
from engine.durations import longest
from engine.feedback import Feedback
from engine.rules.load import LoadedRules
from engine.rules.tallies import Counted, moment_of, stamp
from engine.store import schema
from engine.store.counters import CaseOf, Counters
from engine.store.database import Database
from engine.store.versions import Versions

# A clock that was once wrong by more than this does not hold back the moments of later commits.
MOST_AHEAD = timedelta(minutes=5)
# So far back is read again what other processes changed, should their clocks differ; and what no span reaches.
SPARE = timedelta(hours=1)


class Patterns:
    """The patterns of a store."""

    def __init__(self, database: Database, versions: Versions) -> None:
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert
        self._counters = Counters(database, versions)
        self.forget()

    def forget(self) -> None:
        """Drop what is in memory: after a transaction that failed it is not what the store has."""
        self._state = State()
        self._counters.forget()
        # How often the state had changed at the last look, and up to where its changes are in memory.
        self._changes = self._known = -1
        # How often something in memory was erased in the store, at the last look.
        self._erased = -1
        self._stale = True
        self._last_row = 0
        self._seen: datetime | None = None
        # The longest that each counter and all of them were looked back for, and each rule's cooldown, so far.
        self._reach: dict[str, timedelta] = {}
        self._cooling: dict[str, timedelta] = {}
        self._far: timedelta | None = None

    def begin(self, connection: Connection, now: datetime) -> datetime:
        """Return the moment of a commit: never before an earlier commit's, so that order and time agree."""
        row = connection.execute(select(schema.progress)).mappings().first()
        if row is None:
            connection.execute(insert(schema.progress).values(id=1, moment=now, ticked=None, changes=0))
            self._changes, self._stale, self._erased = 0, True, 0
            return now
        if row["erased"] != self._erased:
            # Keys were renamed: nothing in memory tells which.
            self.forget()
            self._erased = row["erased"]
        if row["changes"] != self._changes and not self._stale:
            self._stale, self._known = True, self._changes
        self._changes = row["changes"]
        before: datetime = row["moment"]
        moment = before if now < before <= now + MOST_AHEAD else now
        # A clock that was wrong does not stop the ticker until the time that it told.
        self._state.ticked = None if row["ticked"] is None else min(row["ticked"], stamp(moment))
        return moment

    def prepare(
        self,
        connection: Connection,
        rulesets: Sequence[LoadedRules],
        case_of: CaseOf,
        moment: datetime,
        last: int | None = None,
    ) -> None:
        """Get ready what some rules raise on: all that is committed, also what no rule counted when it came.

        Parameters
        ----------
        last
            The last commit, where one more comes; None where only time passes.
        """
        if self._stale:
            self._catch_up(connection)
        reach = longest(rules.reach for rules in rulesets)
        if last is not None:
            self._counters.leave(connection, reach, last)
        for rules in rulesets:
            needed = {name: stamp(moment - reach[name]) for name in rules.reach}
            self._state.tallies.add(self._counters.fill(connection, needed, rules, case_of))
        for name, far in reach.items():
            self._reach[name] = max(far, self._reach.get(name, far))
            if stamp(moment - far) < self._state.since.get(name, 2**63):
                self._load(connection, name, stamp(moment - self._reach[name]))
        self._remember(connection, max(reach.values(), default=timedelta(0)), moment)
        self._cool(connection, longest(rules.cooling for rules in rulesets), moment)

    def raiser(self, rules: LoadedRules) -> Raiser:
        """Return what raises by rules that are prepared in this transaction."""
        return Raiser(rules, self._state)

    def judge_again(self, connection: Connection, sequence: int) -> None:
        """Note that feedback since a commit is judged again."""
        self._counters.judge_again(connection, sequence)

    def _catch_up(self, connection: Connection) -> None:
        """Read what other processes changed."""
        self._counters.look(connection)
        if self._seen is None:
            self._last_row = self._counters.last_row(connection)
        else:
            for number, row in self._counters.rows_after(connection, self._last_row):
                self._last_row = number
                if row.counter in self._reach:
                    self._state.tallies.add([row])
            self._load_episodes(connection, schema.episode.c.changed > self._known)
            self._load_cooldowns(connection, self._cooling, self._seen - SPARE)
        earliest = connection.scalar(select(func.min(schema.feedback.c.occurred_at)))
        self._state.beginning = stamp(earliest) if earliest else None
        self._stale = False

    def _load(self, connection: Connection, name: str, since: int) -> None:
        self._state.tallies.forget(name, 2**62)
        self._state.tallies.add(self._counters.rows_since(connection, name, since))
        self._state.since[name] = since

    def _remember(self, connection: Connection, far: timedelta, moment: datetime) -> None:
        """Read the signals that go on, and those that feedback may still come to, as far as rules look back."""
        if self._far is None or far > self._far:
            ended = schema.episode.c.ended
            self._load_episodes(connection, or_(ended.is_(None), ended >= stamp(moment - far - SPARE)))
            self._far = far

    def _cool(self, connection: Connection, cooling: Mapping[str, timedelta], moment: datetime) -> None:
        """Read the alerts whose cooldown may run, of rules that are new or cool longer than before."""
        longer = {rule: span for rule, span in cooling.items() if span > self._cooling.get(rule, timedelta(0))}
        if longer:
            self._load_cooldowns(connection, longer, moment - max(longer.values()) - SPARE)
            self._cooling |= longer

    def _load_episodes(self, connection: Connection, which: ColumnElement[bool]) -> None:
        table = schema.episode
        rows = select(table).where(which).order_by(table.c.started, table.c.alert_id)
        for row in connection.execute(rows).mappings():
            one = Episode(row["alert_id"], row["rule"], row["key"], row["started"], row["below_since"], row["ended"])
            self._state.episodes[one.rule, one.key] = one

    def _load_cooldowns(self, connection: Connection, rules: Collection[str], since: datetime) -> None:
        """Read the alerts of some rules since a moment."""
        table = schema.alert
        chosen = select(table.c.id, table.c.rule, table.c.kind, table.c.key, table.c.opened_at)
        chosen = chosen.where(table.c.opened_at >= since, table.c.key.is_not(None))
        for row in connection.execute(chosen.order_by(table.c.opened_at, table.c.sequence)).mappings():
            if row["rule"] in rules:
                key = row["rule"], AlertKind(row["kind"]), row["key"]
                self._state.cooldowns[key] = (row["id"], row["opened_at"])

    def replaced(self, connection: Connection, feedback: Feedback) -> tuple[Counted, ...]:
        """Return what earlier revisions of a feedback count at present."""
        return self._counters.replaced(connection, feedback)

    def opened(self, connection: Connection, feedback: Feedback) -> frozenset[str]:
        """Return the alerts that a feedback opened before."""
        table = schema.alert
        theirs = select(table.c.id).where(table.c.source == feedback.source, table.c.feedback_id == feedback.id)
        return frozenset(connection.scalars(theirs))

    def write(self, connection: Connection, outcomes: Sequence[Outcome], moment: datetime) -> None:
        """Write what outcomes change, after their alerts, and how far the commits and the ticker are."""
        counted = [row for outcome in outcomes for row in outcome.counted]
        self._counters.write(connection, counted)
        for outcome in outcomes:
            for one in outcome.episodes:
                self._write_episode(connection, one)
        links = list(dict.fromkeys(link for outcome in outcomes for link in outcome.links))
        if links:
            rows = [{"alert_id": alert, "sequence": sequence} for alert, sequence in links]
            connection.execute(self._insert(schema.alert_feedback).on_conflict_do_nothing(), rows)
        if counted:
            self._counters.prune(connection, self._reach, moment, len(counted))
        keyed = any(alert.key is not None for outcome in outcomes for alert in outcome.alerts)
        if counted or keyed or self._counters.changed or any(outcome.episodes for outcome in outcomes):
            self._changes += 1
            self._last_row = self._counters.last_row(connection)
            self._counters.changed = False
        row = {"moment": moment, "ticked": self._state.ticked, "changes": self._changes}
        connection.execute(update(schema.progress).values(row))
        self._seen = moment
        self._state.forget(self._reach, self._cooling, stamp(moment))

    def _write_episode(self, connection: Connection, one: Episode) -> None:
        row = {
            "alert_id": one.alert,
            "rule": one.rule,
            "key": one.key,
            "started": one.started,
            "below_since": one.below_since,
            "ended": one.ended,
            "changed": self._changes + 1,
        }
        changed = {name: row[name] for name in ("below_since", "ended", "changed")}
        statement = self._insert(schema.episode).values(row)
        connection.execute(statement.on_conflict_do_update(index_elements=["alert_id"], set_=changed))
        if one.ended is not None:
            ended = update(schema.alert).where(schema.alert.c.id == one.alert)
            connection.execute(ended.values(ended_at=moment_of(one.ended)))
