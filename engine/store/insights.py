"""Insights: what the feedback of a store says taken together, over a span, for those who may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from engine.alerts.attainment import GroupedBy, Question, span_of
from engine.insights.asked import Asked
from engine.insights.bins import Every, bins_of
from engine.insights.columns import Columns
from engine.insights.drivers import TARGET, Drivers, drivers
from engine.insights.happenings import Happenings
from engine.insights.kinds import Kind, compared_attributes, kinds_of
from engine.insights.rule_trust import RuleLine
from engine.insights.seeing import check_seeing
from engine.insights.segments import Segments, segments
from engine.insights.together import together
from engine.insights.trends import Depth, Trends, trends
from engine.insights.volume import ALERTED, PATTERN, VolumeReport, alerted, patterned, patterns, volume
from engine.program import Program, ScoreSpec
from engine.scope import EVERYTHING, Scope
from engine.store.attainment import Attainments
from engine.store.database import Database
from engine.store.happenings import happenings
from engine.store.insight_rows import Wanted, read_columns
from engine.store.people import People
from engine.store.rule_counts import rule_lines
from engine.store.schema_search import search_entry
from engine.store.search_filter import Filter


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks.

    Parameters
    ----------
    scope
        Which feedback and alerts they may see.
    person
        The id of the person that they are, if they are one: an employee's feedback is for few.
    """

    scope: Scope = EVERYTHING
    person: str | None = None


ANYBODY = Who()
TIMED = Wanted(timed=True)
COMPARED = frozenset(("labels", "unit", "channel", "source", "language", "attributes"))


def spanned(asked: Asked, now: datetime, program: Program) -> Asked:
    """Return conditions that have a span: by default the 30 days until now.

    Raises
    ------
    QuestionError
        If it ends before it begins.
    """
    return asked.within(*span_of(asked.since, asked.until, now, program.zone))


class Insights:
    """The feedback of a store, counted. Conditions have a span, as `spanned` gives them."""

    def __init__(self, database: Database, people: People, attainments: Attainments) -> None:
        self._database = database
        self._people = people
        self._attainments = attainments

    def volume(self, asked: Asked, every: Every, program: Program, who: Who = ANYBODY) -> VolumeReport:
        """Return how much feedback came, and of how much an alert was opened, over time.

        Raises
        ------
        QuestionError
            If there is too much to count, a label is not known, or there are too many bins.
        ForbiddenError
            If it asks for an employee whom the person neither is nor manages. So do all of these.
        """
        bins = bins_of(*span_in(asked), every, program.zone)
        return volume(self._columns(asked, TIMED, {ALERTED: alerted(asked)}, who), bins, asked)

    def patterns(self, asked: Asked, every: Every, program: Program, who: Who = ANYBODY) -> VolumeReport:
        """Return of how much feedback the alert is part of a pattern, and of how much it stands alone, over time."""
        bins = bins_of(*span_in(asked), every, program.zone)
        few = alerted(asked)
        return patterns(self._columns(few, TIMED, {ALERTED: few, PATTERN: patterned(few)}, who), bins, asked)

    def trends(
        self,
        asked: Asked,
        kind: Kind,
        every: Every,
        program: Program,
        *,
        depth: Depth | None = None,
        who: Who = ANYBODY,
    ) -> Trends:
        """Return the shares of labels, sentiments or segments over time."""
        bins = bins_of(*span_in(asked), every, program.zone)
        columns = self._columns(asked, _of((kind,), "status", timed=True), {}, who)
        return trends(columns, bins, kind, asked, depth or Depth())

    def drivers(self, asked: Asked, target: Asked, program: Program, who: Who = ANYBODY) -> Drivers:
        """Return what stands out among the feedback that also fits the target, against the rest of what is asked for.

        Raises
        ------
        QuestionError
            If nothing can fit both.
        """
        both = together(asked, target, TARGET)
        columns = self._columns(asked, Wanted(COMPARED, compared_attributes(program)), {TARGET: both}, who)
        return drivers(columns, kinds_of(columns, program), asked, both)

    def segments(self, asked: Asked, score: ScoreSpec, kind: Kind | None, who: Who = ANYBODY) -> Segments:
        """Return the answers of a score, by segment."""
        wanted = _of((kind,) if kind else (), "scores")
        return segments(self._columns(asked, wanted, {}, who), score, kind, asked)

    def rules(self, since: datetime, until: datetime, now: datetime, who: Who = ANYBODY) -> list[RuleLine]:
        """Return the rules that opened alerts in a span: how many, how right, how soon followed up."""
        kept = self._attainments.report(Question(since, until, GroupedBy.RULE), now, who.scope)
        with self._database.read() as connection:
            return rule_lines(connection, since, until, {line.name: line for line in kept.groups}, who.scope)

    def happenings(self, since: datetime, until: datetime, who: Who = ANYBODY) -> Happenings:
        """Return the signals and problems of a span, the newest first."""
        with self._database.read() as connection:
            return happenings(connection, since, until, who.scope)

    def _columns(self, asked: Asked, wanted: Wanted, marks: Mapping[str, Asked], who: Who) -> Columns:
        with self._database.read() as connection:
            if asked.employee is not None:
                check_seeing(who.person, asked.employee, self._people.directory_on(connection))
            queries = {name: commits_of(connection, mark, who.scope) for name, mark in marks.items()}
            return read_columns(connection, asked, who.scope, wanted, queries)


def commits_of(connection: Connection, asked: Asked, scope: Scope) -> Select[Any]:
    """Return the query of the commits of what fits."""
    return select(search_entry.c.sequence).where(*Filter(connection, scope).conditions(asked))


def _of(kinds: Sequence[Kind], *columns: str, timed: bool = False) -> Wanted:
    attributes = tuple(kind.name for kind in kinds if kind.is_attribute)
    return Wanted(frozenset((*columns, *(kind.column for kind in kinds))), attributes, timed)


def span_in(asked: Asked) -> tuple[datetime, datetime]:
    """Return the span of conditions that have one."""
    if asked.since is None or asked.until is None:
        raise ValueError("insights need a span")
    return asked.since, asked.until
