"""Problems: opened, changed one after the other, each change on record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select, update

from engine.alerts.alert import HeldReason
from engine.alerts.changes import HEEDFUL, Action, By, Change
from engine.alerts.matching import Matching, Named
from engine.alerts.problem import (
    DONE,
    MOST_ALERTS,
    Inhibition,
    Problem,
    ProblemChange,
    ProblemChangeKind,
    ProblemState,
    changed,
)
from engine.alerts.rates import RateChange
from engine.alerts.suggesting import Suggestion
from engine.errors import ForbiddenError, NotFoundError, StaleError
from engine.names import is_storable, show
from engine.scope import EVERYTHING, Scope
from engine.store import schema, schema_delivery, schema_followup
from engine.store.behind import BehindRow, behind
from engine.store.changes import apply_in
from engine.store.codec import alert_of
from engine.store.database import Database
from engine.store.messages import HELD
from engine.store.problem_pages import ANY_PROBLEM, ProblemFilter, ProblemPage, ProblemSort, page_of
from engine.store.problem_rows import problem_of, row_of
from engine.store.problem_weeks import ProblemWeeks, root_causes, weeks_of
from engine.store.recently import Recently
from engine.store.schema_base import Row
from engine.store.scoping import chunks, in_scope
from engine.store.suggestions import suggestions
from engine.store.topic_rates import DAYS, rate_change

MOST_LISTED = 100
AUTOMATIC = "its message was held back by the problem"
LINKS = {ProblemChangeKind.LINK: Action.LINK_PROBLEM, ProblemChangeKind.UNLINK: Action.UNLINK_PROBLEM}
# A notification waits no longer than this before it is sent or given up.
LONGEST_WAIT = timedelta(hours=75)


@dataclass(frozen=True, slots=True)
class Inhibiting:
    """A problem that keeps messages quiet now."""

    problem: str
    matching: Matching
    link: bool


class Problems:
    """The problems of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._inhibiting: Recently[Inhibiting] = Recently(database, _read_inhibiting)

    def open(self, problem: Problem, alerts: Sequence[str] = (), scope: Scope = EVERYTHING) -> Problem:
        """Open a problem, and link alerts and signals to it.

        Raises
        ------
        ForbiddenError
            If it, or what it keeps quiet, is out of scope.
        NotFoundError, AlertStateError, RefusedError
            If one of the alerts is out of scope, or linked to a problem already; then nothing is opened.
        """
        if not scope.sees(problem.unit):
            raise ForbiddenError(f"this key is for {scope.unit} only: give the problem that unit, or one below it")
        check_confined(problem.inhibits, scope)
        who, now = problem.created_by, problem.created_at
        with self._database.write() as connection:
            connection.execute(schema_followup.problem.insert(), row_of(problem))
            _keep(connection, problem, "opened", who, now, {})
            if alerts:
                _relink(connection, Action.LINK_PROBLEM, problem.id, alerts, who, now, scope)
                _keep(connection, problem, "linked", who, now, {"alerts": list(alerts)})
        self._inhibiting.forget()
        return problem

    def change(
        self, problem_id: str, change: ProblemChange, who: str, now: datetime, scope: Scope = EVERYTHING
    ) -> Problem:
        """Change a problem, if it is still the version that was seen.

        Raises
        ------
        NotFoundError
            If the problem is not there, or out of scope; so too of an alert.
        AlertStateError, RefusedError
            If an alert is refused: it is out of scope, or belongs to another problem; then nothing is changed.
        StaleError
            If somebody else changed it meanwhile.
        ConflictError
            If it is solved already, or not solved yet.
        ForbiddenError
            If what it would keep quiet is out of scope.
        """
        with self._database.write() as connection:
            before = _find(connection, problem_id, scope, lock=True)
            if before.version != change.version:
                raise StaleError(_stale(before, change))
            after = changed(before, change, now)
            if "inhibits" in change.edited:
                check_confined(after.inhibits, scope)
            table = schema_followup.problem
            seen = update(table).where(table.c.id == before.id, table.c.version == before.version)
            if connection.execute(seen.values(row_of(after))).rowcount == 0:
                raise StaleError(_stale(before, change))
            if change.kind in LINKS:
                _relink(connection, LINKS[change.kind], before.id, change.alerts, who, now, scope, change.why)
            _keep(connection, after, DONE[change.kind], who, now, change.event_data(before), change.why)
        self._inhibiting.forget()
        return after

    def get(self, problem_id: str, scope: Scope = EVERYTHING) -> Problem:
        """Return a problem.

        Raises
        ------
        NotFoundError
            If there is none, or it is out of scope.
        """
        with self._database.read() as connection:
            return _find(connection, problem_id, scope)

    def one(self, problem_id: str, scope: Scope = EVERYTHING) -> tuple[Problem, dict[str, Any]]:
        """Return a problem with its history, its linked alerts by state and root cause, and the newest of them.

        Raises
        ------
        NotFoundError
            If there is none, or it is out of scope.
        """
        events, alert = schema_followup.problem_event, schema.alert
        linked = [alert.c.problem == problem_id, *in_scope(alert, scope)]
        newest = select(alert).where(*linked).order_by(alert.c.opened_at.desc(), alert.c.id).limit(MOST_LISTED)
        counted = select(alert.c.state, func.count()).where(*linked).group_by(alert.c.state).order_by(alert.c.state)
        with self._database.read() as connection:
            problem = _find(connection, problem_id, scope)
            history = connection.execute(select(events).where(events.c.problem_id == problem_id).order_by(events.c.id))
            told = _confined(connection, [_event(row) for row in history.mappings()], scope)
            alerts = [alert_of(row).as_dict() for row in connection.execute(newest).mappings()]
            counts = {row.state: row[1] for row in connection.execute(counted)}
            causes = root_causes(connection, problem_id, scope)
        return problem, {"events": told, "linked": counts, "root_causes": causes, "alerts": alerts}

    def page(
        self,
        wanted: ProblemFilter = ANY_PROBLEM,
        *,
        sort: ProblemSort = ProblemSort.NEWEST,
        limit: int = 100,
        cursor: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> ProblemPage:
        """Return one page of problems, with how many alerts belong to each.

        Raises
        ------
        FeedbackError
            If the cursor is not one that a page in this order gave.
        """
        with self._database.read() as connection:
            return page_of(connection, wanted, sort, limit, cursor, scope)

    def inhibiting(self, now: datetime, connection: Connection | None = None) -> tuple[Inhibiting, ...]:
        """Return the open problems that keep messages quiet, the oldest first; at most a second old.

        Parameters
        ----------
        connection
            Of a transaction that is open already; without one a reader's.
        """
        return self._inhibiting.look(now, connection)

    def rate(self, problem: Problem, now: datetime, days: int = DAYS) -> RateChange | None:
        """Return how often the problem's topic came up before it was opened and since; None without a topic."""
        with self._database.read() as connection:
            return rate_change(connection, problem, now, days)

    def weeks(self, problem: Problem, now: datetime, zone: ZoneInfo, scope: Scope = EVERYTHING) -> ProblemWeeks:
        """Return its alerts by week, and those about its topic, as far as they are in scope."""
        with self._database.read() as connection:
            return weeks_of(connection, problem, now, zone, scope)

    def customers(self, problem_id: str, scope: Scope = EVERYTHING) -> Iterator[BehindRow]:
        """Yield the customers behind a problem, then the feedback of nobody in particular.

        Raises
        ------
        NotFoundError
            If there is no such problem, or it is out of scope.
        """
        with self._database.read() as connection:
            _find(connection, problem_id, scope)
            yield from behind(connection, problem_id, scope)

    def suggestions(self, now: datetime, scope: Scope = EVERYTHING) -> list[Suggestion]:
        """Return which open alerts of the last days may belong together, patterns first."""
        with self._database.read() as connection:
            return suggestions(connection, now, scope)

    def link_held(self, now: datetime) -> int:
        """Link the alerts whose messages problems held, where these say so; return how many were linked."""
        linked = 0
        for one in self.inhibiting(now):
            if one.link:
                linked += self._link_held(one.problem, now)
        return linked

    def _link_held(self, problem_id: str, now: datetime) -> int:
        with self._database.read() as connection:
            if not _held_by(connection, _find(connection, problem_id, EVERYTHING)):
                return 0
        with self._database.write() as connection:
            problem = _find(connection, problem_id, EVERYTHING, lock=True)
            waiting = _held_by(connection, problem)
            if not waiting or problem.state is not ProblemState.OPEN:
                return 0
            # The problem's version stays: nobody's change of it is the worse for this.
            _relink(connection, Action.LINK_PROBLEM, problem_id, waiting, HEEDFUL, now, EVERYTHING, AUTOMATIC)
            _keep(connection, problem, "linked", HEEDFUL, now, {"alerts": waiting}, AUTOMATIC)
        return len(waiting)


def check_confined(inhibition: Inhibition | None, scope: Scope) -> None:
    """Refuse to keep alerts of other units quiet.

    Raises
    ------
    ForbiddenError
        If what is kept quiet is not surely within the scope.
    """
    if inhibition is not None and not is_confined(inhibition.matching, scope):
        raise ForbiddenError(
            f"this key is for {scope.unit} only: let inhibits.matching name that unit, or units below it"
        )


def is_confined(matching: Matching, scope: Scope) -> bool:
    """Return whether alerts that a matching chooses are surely within a scope."""
    return scope.unit is None or Matching((Named("unit", (scope.unit,)),)).includes(matching)


def _find(connection: Connection, problem_id: str, scope: Scope, *, lock: bool = False) -> Problem:
    table = schema_followup.problem
    query = select(table).where(table.c.id == problem_id, *in_scope(table, scope))
    query = query.with_for_update() if lock else query
    row = connection.execute(query).mappings().first() if is_storable(problem_id) else None
    if row is None:
        raise NotFoundError(f"there is no problem {show(problem_id)}, or this key may not see it")
    return problem_of(row)


def _keep(
    connection: Connection,
    problem: Problem,
    kind: str,
    who: str,
    now: datetime,
    data: dict[str, Any],
    why: str = "",
) -> None:
    """Write an event of a problem's history."""
    row = {"problem_id": problem.id, "at": now, "kind": kind, "who": who, "why": why}
    connection.execute(schema_followup.problem_event.insert(), row | {"data": json.dumps(data)})


def _relink(
    connection: Connection,
    action: Action,
    problem_id: str,
    alerts: Sequence[str],
    who: str,
    now: datetime,
    scope: Scope,
    why: str = "",
) -> None:
    """Link alerts to a problem, or take them off it, whatever others do with them meanwhile."""
    seen = dict.fromkeys(alerts, None)
    apply_in(connection, Change(action, note=why, problem=problem_id), seen, By(who), now, scope)


def _event(row: Row) -> dict[str, Any]:
    told = {name: row[name] for name in ("kind", "who", "why")}
    return {"at": row["at"].isoformat(), **told, "data": json.loads(row["data"])}


def _confined(connection: Connection, events: list[dict[str, Any]], scope: Scope) -> list[dict[str, Any]]:
    """Return events without the alerts that are out of scope, and how many these are."""
    if scope.unit is None:
        return events
    alert, seen = schema.alert, set[str]()
    # Of what was erased only the count is left.
    naming = [event for event in events if isinstance(event["data"].get("alerts"), list)]
    for some in chunks(sorted({one for event in naming for one in event["data"]["alerts"]})):
        seen.update(connection.scalars(select(alert.c.id).where(alert.c.id.in_(list(some)), *in_scope(alert, scope))))
    for event in naming:
        named = event["data"]["alerts"]
        shown = [one for one in named if one in seen]
        event["data"] |= {"alerts": shown} | ({"out_of_scope": len(named) - len(shown)} if shown != named else {})
    return events


def _stale(before: Problem, change: ProblemChange) -> str:
    return (
        f"problem {before.id} is at version {before.version}, and you saw version {change.version}: "
        "look at it again, and send your change of what it is now"
    )


def _read_inhibiting(connection: Connection, _now: datetime) -> tuple[Inhibiting, ...]:
    table = schema_followup.problem
    query = select(table).where(table.c.state == str(ProblemState.OPEN), table.c.inhibits.is_not(None))
    found = [problem_of(row) for row in connection.execute(query.order_by(table.c.created_at, table.c.id)).mappings()]
    return tuple(Inhibiting(one.id, one.inhibits.matching, one.inhibits.link) for one in found if one.inhibits)


def _held_by(connection: Connection, problem: Problem) -> list[str]:
    """Return the alerts without a problem whose messages one holds, some at a time; none that were taken off one."""
    notification, alert, event = schema_delivery.notification, schema.alert, schema.alert_event
    taken_off = select(event.c.id).where(event.c.alert_id == alert.c.id, event.c.kind == str(Action.UNLINK_PROBLEM))
    query = (
        select(alert.c.id)
        .distinct()
        .join_from(notification, alert, notification.c.alert_id == alert.c.id)
        .where(notification.c.state == HELD, notification.c.due_at >= problem.created_at - LONGEST_WAIT)
        .where(notification.c.held_reason == str(HeldReason.PROBLEM), notification.c.held_by == problem.id)
        .where(alert.c.problem.is_(None), ~taken_off.exists())
        .order_by(alert.c.id)
        .limit(MOST_ALERTS)
    )
    return list(connection.scalars(query))
