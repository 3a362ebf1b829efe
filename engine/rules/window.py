"""Windows: conditions over time. What they are; how they are measured is in measuring.py."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta

from engine.durations import say_duration
from engine.rules.conditions import Condition
from engine.rules.grouping import Grouping, say_groupings

# Spans of the past that a spike or a flatline is judged against, where a rule does not say.
AGAINST = 7
# A spike or a flatline needs at least so many whole spans of the past.
LEAST_SPANS = 2
STEPS_A_SPAN = 100
SHORTEST_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(ABC):
    """A condition over a span of time that slides.

    Parameters
    ----------
    within
        The span's length.
    per
        What is counted apart; nothing counts all feedback together.
    of
        What is counted; None counts what the rule's other conditions hold for.
    """

    within: timedelta
    per: tuple[Grouping, ...] = ()
    of: Condition | None = None

    @property
    def spans(self) -> int:
        """How many spans back it looks, the present one included."""
        return 1

    @property
    def step(self) -> timedelta:
        """How often the ticker looks at it: a hundredth of the span in whole minutes, a minute at least."""
        minutes = self.within // STEPS_A_SPAN // SHORTEST_STEP
        return max(SHORTEST_STEP, minutes * SHORTEST_STEP)

    @property
    def over(self) -> str:
        """The span and the groups, as people say them."""
        return f"within {say_duration(self.within)}{say_groupings(self.per)}"

    @property
    @abstractmethod
    def wanted(self) -> str:
        """What is wanted, for people."""

    @property
    def said(self) -> str:
        """The condition as people say it."""
        return f"{type(self).__name__.lower()} {self.wanted}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Window):
    """At least so many within the span."""

    at_least: int

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        return f"at least {self.at_least} {self.over}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinct(Window):
    """At least so many different customers, stores ... within the span."""

    what: Grouping
    at_least: int

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        return f"at least {self.at_least} different by {self.what.name} {self.over}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Window):
    """At least that share of all feedback within the span, which has at least `volume` records."""

    at_least: float
    volume: int

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        return f"at least {self.at_least:.4g} of {self.volume} or more {self.over}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike(Window):
    """More within the span than chance explains, by what came in the spans before it.

    Parameters
    ----------
    against
        How many spans before.
    at_least
        The least count that may be a spike.
    p
        The largest probability of such a count by chance.
    """

    against: int = AGAINST
    at_least: int = 5
    p: float = 0.001

    @property
    def spans(self) -> int:
        """How many spans back it looks, the present one included."""
        return self.against + 1

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        return f"at least {self.at_least} with p at most {self.p:g} against {self.against} spans before, {self.over}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flatline(Window):
    """Nothing within the span, where usually something comes.

    Parameters
    ----------
    against
        How many spans before say what is usual.
    usual
        The least mean count of these spans.
    """

    against: int = AGAINST
    usual: float = 1.0

    @property
    def spans(self) -> int:
        """How many spans back it looks, the present one included."""
        return self.against + 1

    @property
    def wanted(self) -> str:
        """What is wanted, for people."""
        return f"none, where {self.usual:g} or more a span are usual, {self.over}"
