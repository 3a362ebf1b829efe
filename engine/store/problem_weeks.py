"""How many alerts a week a problem has had, and how many there were about its topic: whether they went away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, func, select

from engine.alerts.alert import AlertKind
from engine.alerts.problem import Problem
from engine.insights.bins import Bin, Every, bins_of
from engine.scope import Scope
from engine.store import schema
from engine.store.scoping import in_scope
from engine.store.topic_rates import TOPIC, leaves_of

WEEK = timedelta(days=7)
# What is shown before a problem was opened, and after it was solved; and altogether.
BEFORE = 4 * WEEK
AFTER = 12 * WEEK
MOST = 52 * WEEK


@dataclass(frozen=True, slots=True)
class ProblemWeeks:
    """The alerts of a problem, by the week they were opened in.

    Parameters
    ----------
    linked
        Alerts and signals that are linked to it.
    about
        All alerts about its topic, in its unit; None where it has no topic.
    """

    weeks: tuple[Bin, ...]
    linked: tuple[int, ...]
    about: tuple[int, ...] | None

    def as_rows(self) -> list[dict[str, Any]]:
        """Return them as plain JSON values, one a week."""
        about: Sequence[int | None] = self.about if self.about is not None else [None] * len(self.weeks)
        return [
            {"start": week.start.isoformat(), "end": week.end.isoformat(), "linked": linked, "about_the_topic": all_of}
            for week, linked, all_of in zip(self.weeks, self.linked, about, strict=True)
        ]


def weeks_of(connection: Connection, problem: Problem, now: datetime, zone: ZoneInfo, scope: Scope) -> ProblemWeeks:
    """Return the alerts of a problem by week, from some weeks before it was opened to some after it was solved."""
    alert, label = schema.alert, schema.reading_label
    linked = [alert.c.problem == problem.id, *in_scope(alert, scope)]
    first = connection.scalar(select(func.min(alert.c.opened_at)).where(*linked))
    weeks = bins_of(*_span(problem, first, now), Every.WEEK, zone)
    week, within = _week(weeks), (alert.c.opened_at >= weeks[0].start, alert.c.opened_at < weeks[-1].end)
    query = select(week.label("week"), func.count()).where(*linked, *within).group_by("week")
    counts = _by_week(connection, query, len(weeks))
    if problem.topic is None:
        return ProblemWeeks(weeks, counts, None)
    all_of = select(week.label("week"), func.count(alert.c.id.distinct()))
    all_of = all_of.join_from(alert, label, (label.c.sequence == alert.c.sequence) & (label.c.task == TOPIC))
    all_of = all_of.where(label.c.label.in_(leaves_of(connection, problem.topic)), *within)
    all_of = all_of.where(alert.c.kind == str(AlertKind.ALERT), *in_scope(alert, Scope(problem.unit)))
    about = _by_week(connection, all_of.where(*in_scope(alert, scope)).group_by("week"), len(weeks))
    return ProblemWeeks(weeks, counts, about)


def root_causes(connection: Connection, problem_id: str, scope: Scope) -> dict[str, int]:
    """Return what was said to be behind the alerts of a problem, the most frequent first."""
    alert = schema.alert
    query = select(alert.c.root_cause, func.count()).where(alert.c.problem == problem_id, *in_scope(alert, scope))
    query = query.where(alert.c.root_cause.is_not(None)).group_by(alert.c.root_cause)
    return {row[0]: row[1] for row in connection.execute(query.order_by(func.count().desc(), alert.c.root_cause))}


def _span(problem: Problem, first: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    end = now if problem.solved_at is None else min(now, problem.solved_at + AFTER)
    begin = min(problem.created_at - BEFORE, first or problem.created_at)
    # What was opened at this very moment belongs to it.
    end += timedelta(microseconds=1)
    return max(begin, end - MOST), end


def _week(weeks: Sequence[Bin]) -> Any:
    """Return which week an alert was opened in, by its place."""
    opened = schema.alert.c.opened_at
    return case(*((opened < week.end, place) for place, week in enumerate(weeks)), else_=len(weeks))


def _by_week(connection: Connection, query: Any, many: int) -> tuple[int, ...]:
    counts = {row[0]: row[1] for row in connection.execute(query)}
    return tuple(counts.get(place, 0) for place in range(many))
