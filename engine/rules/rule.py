"""A rule: conditions, plus what to do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

from engine.alerts.severity import Severity
from engine.rules.about_condition import AboutCondition
from engine.rules.canonical import identity
from engine.rules.case import Case
from engine.rules.conditions import All, Condition
from engine.rules.example import Example
from engine.rules.grouping import Grouping
from engine.rules.measuring import Counters
from engine.rules.trace import Trace
from engine.rules.truth import Truth
from engine.rules.walk import walk
from engine.rules.window import Distinct, Share, Window
from engine.targets import Step
from engine.time_limit import TimeLimit


class RuleStatus(StrEnum):
    """How far a rule is trusted."""

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    PAUSED = "paused"


# The others are not evaluated at all.
EVALUATED = frozenset({RuleStatus.LIVE, RuleStatus.SHADOW})


class IfUnsure(StrEnum):
    """What to do when a rule is neither yes nor no."""

    SKIP = "skip"
    REVIEW = "review"
    ALERT = "alert"


class Auto(StrEnum):
    """What a rule does by itself with its alerts."""

    THANK = "thank"


@dataclass(frozen=True, slots=True)
class Cooldown:
    """For how long after an alert further matches open none, per what."""

    span: timedelta
    per: tuple[Grouping, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One rule as its author wrote it.

    Parameters
    ----------
    slug
        Its immutable name.
    when
        The conditions on one feedback.
    window
        The condition over time, if it has one: it raises signals then.
    send_to
        The receiver of its messages; None is the program's operators.
    take
        The share of feedback that may open its alerts, above 0 and at most 1.
    cooldown
        How long it stays quiet after an alert; None never does.
    follow_up_within, close_within
        How much time there is to try to reach the customer, and to resolve its alerts; None leaves it to the program.
    escalate
        Who is told when one of its alerts is late; None leaves it to the program, and no steps tell nobody.
    auto
        What is done by itself with its alerts; None leaves them to people.
    must_not_lose
        Whether another model may open no fewer of its alerts: `heedful compare` fails when one is lost.
    defined
        The digests of the definitions that it uses.
    text, file, line
        Where it was written, and the text itself.
    """

    slug: str
    title: str
    author: str | None
    status: RuleStatus
    when: Condition
    if_unsure: IfUnsure = IfUnsure.SKIP
    severity: Severity = Severity.MEDIUM
    send_to: str | None = None
    window: Window | None = None
    take: float = 1.0
    cooldown: Cooldown | None = None
    follow_up_within: TimeLimit | None = None
    close_within: TimeLimit | None = None
    escalate: tuple[Step, ...] | None = None
    examples: tuple[Example, ...] = ()
    must_not_lose: bool = False
    auto: Auto | None = None
    defined: tuple[str, ...] = field(default=(), repr=False)
    text: str = field(default="", repr=False)
    file: str = ""
    line: int = 1

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """The phrases that it asks about, each once."""
        return tuple(dict.fromkeys(one.about for one in walk(self) if isinstance(one, AboutCondition)))

    @cached_property
    def version(self) -> str:
        """A short hash of the rule's text and of the definitions that it uses."""
        written = "".join((self.text, *self.defined))
        return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @cached_property
    def counters(self) -> Counters | None:
        """Where the counts of its window stand; None without a window."""
        if self.window is None:
            return None
        what = self.window.what if isinstance(self.window, Distinct) else None
        own = identity(self.window.of or self.counted_alike, self.window.per, what)
        return Counters(own, identity(All(()), self.window.per))

    @property
    def counted_alike(self) -> tuple[Condition, bool]:
        """What a window without `of` counts: the rule's conditions, and whether being unsure is enough."""
        return (self.when, self.if_unsure is IfUnsure.ALERT)

    def reach(self, allow_late: timedelta) -> dict[str, timedelta]:
        """Return how far back its window looks at each of its counters.

        Parameters
        ----------
        allow_late
            So late feedback may come and still raise.
        """
        if self.window is None or self.counters is None:
            return {}
        # Late feedback is measured up to a span before what may still raise.
        far = self.window.within * (self.window.spans + 1) + allow_late
        everything = [self.counters.everything] if isinstance(self.window, Share) else []
        return dict.fromkeys([self.counters.own, *everything], far)

    def evaluate(self, case: Case) -> Truth:
        """Return whether the rule holds for a case."""
        return self.when.judge(case)

    def alerts_on(self, truth: Truth) -> bool:
        """Return whether a truth is enough for its alerts, and to count in its window."""
        return truth is Truth.YES or (truth is Truth.UNKNOWN and self.if_unsure is IfUnsure.ALERT)

    def explain(self, case: Case) -> Trace:
        """Return the rule's trace for a case."""
        return self.when.explain(case)
