"""Who looks at which insights: what the figures of a view are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from api.auth import Caller
from api.conditions import who_of
from api.console.insights.figure import Shown
from api.console.insights.place import Place
from api.console.insights.saying import FEW, bin_name, span_said
from api.runtime import Service
from engine.insights.asked import Asked
from engine.insights.bins import STEP, Bin, Every
from engine.insights.kinds import narrower
from engine.program import Program
from engine.scope import Scope
from engine.store.insights import Insights, Who, span_in


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a view: its title, and what makes its figure, in a thread."""

    title: str
    find: Callable[[], Shown]


@dataclass(frozen=True, slots=True)
class Looking:
    """A look at the insights.

    Parameters
    ----------
    asked
        The conditions, with a span.
    every
        How long bins are.
    base
        What stands before the paths of links in its files.
    """

    service: Service
    caller: Caller
    asked: Asked
    every: Every
    place: Place
    now: datetime
    base: str = ""

    @property
    def who(self) -> Who:
        """Who asks, as the store takes it."""
        return who_of(self.caller)

    @property
    def program(self) -> Program:
        """The program."""
        return self.service.engine.program

    @property
    def insights(self) -> Insights:
        """The insights of the store."""
        return self.service.store.insights

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The span that is looked at."""
        return span_in(self.asked)

    @property
    def span_said(self) -> str:
        """How long the span is, in words."""
        return span_said(*self.span)

    @property
    def in_unit(self) -> Who:
        """Who asks, for what knows no conditions: of the unit that is asked for only.

        Raises
        ------
        QuestionError
            If that is outside of what they see.
        """
        who = self.who
        return replace(who, scope=Scope(narrower(who.scope.unit, self.asked.unit))) if self.asked.unit else who

    def coarser(self, totals: Sequence[int]) -> Looking | None:
        """Return a look at longer bins, where nobody chose them and most have too few records; else None."""
        longer = {Every.HOUR: Every.DAY, Every.DAY: Every.WEEK}.get(self.every)
        few = sum(0 < total < FEW for total in totals)
        if longer is None or self.place.one("every") is not None or 2 * few < len(totals) or sum(totals) < FEW:
            return None
        since, until = self.span
        return replace(self, every=longer) if until - since >= 2 * STEP[longer] else None

    def before(self) -> Asked:
        """Return the same conditions for as long a span right before."""
        since, until = self.span
        return self.asked.within(since - (until - since), since)

    def bin_names(self, bins: Sequence[Bin]) -> list[str]:
        """Return what the bins are called."""
        return [bin_name(one.start, self.every) for one in bins]
