"""How every rule judged a feedback, in the order that people look: what fired, what nearly did, and the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from api.console.alert import telling
from engine.explanation import RuleExplanation
from engine.rules.conditions import ALL, ANY, NONE
from engine.rules.rule import EVALUATED, IfUnsure, Rule, RuleStatus
from engine.rules.trace import Trace
from engine.rules.truth import Truth


class Rank(IntEnum):
    """What became of a rule; what somebody looks for first comes first."""

    FIRED = 0
    HELD_BACK = 1
    UNSURE = 2
    QUIET = 3
    NOT_JUDGED = 4


@dataclass(frozen=True)
class Judged:
    """A rule with what it made of a feedback.

    Parameters
    ----------
    rule
        As it was when it judged; None where that is not kept.
    held, wanted
        How many of its conditions held, of how many.
    said
        What came of it, in plain words.
    """

    rule: Rule | None
    explained: RuleExplanation
    rank: Rank
    held: int
    wanted: int
    said: str

    @property
    def opened(self) -> Sequence[str]:
        """The alerts and signals to go to."""
        return (*self.explained.alerts, *self.explained.signals)


def judged_of(explained: Sequence[RuleExplanation], rules: Mapping[str, Rule], *, is_trial: bool) -> list[Judged]:
    """Return all rules, those that fired first, then by how nearly they did.

    Parameters
    ----------
    rules
        By name, as they judged.
    is_trial
        Whether nothing is stored: then it is told what would come of it.
    """
    found = [_judged(one, rules.get(one.rule), is_trial=is_trial) for one in explained]
    return sorted(found, key=lambda one: (one.rank, one.wanted - one.held, -one.held, one.explained.title.casefold()))


def _judged(one: RuleExplanation, rule: Rule | None, *, is_trial: bool) -> Judged:
    held, wanted = held_of(one.trace)
    rank, said = _outcome(one, rule, is_trial=is_trial)
    return Judged(rule, one, rank, held, wanted, said)


def _outcome(one: RuleExplanation, rule: Rule | None, *, is_trial: bool) -> tuple[Rank, str]:
    """Return what came of a rule: of what is stored, what happened; of a trial, what would."""
    if one.alerts or one.signals:
        opened = "Opened an alert" if one.alerts else "Stands behind a signal"
        return Rank.FIRED, f"{opened}; {_reasons(one)}" if one.held_back else opened
    if one.held_back:
        return Rank.HELD_BACK, f"Held back: {_reasons(one)}"
    truth = one.trace.truth
    if one.status not in EVALUATED:
        would = "; its conditions hold" if truth is Truth.YES else ""
        return Rank.NOT_JUDGED, f"Not judged: the rule is {_STATUSES[one.status]}{would}"
    if is_trial and rule is not None and rule.window is not None and _counts(one.trace):
        return Rank.UNSURE, "Would be counted: whether it fires depends on other feedback"
    if truth is Truth.NO:
        return Rank.QUIET, "Stays quiet" if is_trial else "Did not fire"
    unsure = truth is Truth.UNKNOWN
    if unsure and (rule is None or rule.if_unsure is IfUnsure.SKIP):
        return Rank.UNSURE, "Not sure, and stays quiet then"
    if one.status is RuleStatus.SHADOW:
        return Rank.HELD_BACK, "Would match; a shadow rule tells nobody"
    if unsure and rule is not None and rule.if_unsure is IfUnsure.REVIEW:
        return Rank.UNSURE, "Not sure: somebody would be asked to look"
    return Rank.FIRED, "Would alert"


_STATUSES = {RuleStatus.DRAFT: "a draft", RuleStatus.PAUSED: "paused"}


def _reasons(one: RuleExplanation) -> str:
    return "; ".join(telling.held_because(reason.partition(" (")[0]) for reason in one.held_back)


def _counts(trace: Trace) -> bool:
    """Return whether all but the window of a rule over time held: that stands last, or alone."""
    return all(child.truth is Truth.YES for child in trace.children[:-1])


def held_of(trace: Trace) -> tuple[int, int]:
    """Return how many of the conditions of a trace held, and how many there are to hold.

    Of a group that wants any of its conditions, the one that comes nearest counts; what must not hold counts when it
    does not.
    """
    if not trace.children:
        return int(trace.truth is Truth.YES), 1
    if trace.condition == NONE:
        return sum(child.truth is Truth.NO for child in trace.children), len(trace.children)
    counts = [held_of(child) for child in trace.children]
    if trace.condition == ANY:
        return max(counts, key=lambda count: (count[0] - count[1], count[0]))
    if trace.condition == ALL:
        return sum(held for held, _ in counts), sum(wanted for _, wanted in counts)
    return int(trace.truth is Truth.YES), 1
