"""Crowds: an example that comes many times, replayed through a rule that watches a span of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from engine.feedback import Feedback, Part
from engine.program import Program
from engine.reading import ReadingStatus, blank_reading
from engine.rules.case import Case
from engine.rules.example import Crowd
from engine.rules.load import LoadedRules
from engine.rules.replay import Replay
from engine.rules.rule import Rule, RuleStatus
from engine.rules.window import Spike

BEGINNING = datetime(2026, 1, 5, 12, tzinfo=UTC)
Arrival = tuple[datetime, Case]


def opens_signal(rule: Rule, case: Case, crowd: Crowd, program: Program) -> bool:
    """Return whether a rule over time opens a signal when an example comes as often as it says.

    Parameters
    ----------
    rule
        Judged as if it were live, whole and without a cooldown.
    """
    judged = replace(rule, status=RuleStatus.LIVE, cooldown=None)
    replay = Replay(LoadedRules((judged,), (), program, case.reading.taxonomy))
    arrivals = sorted(_arrivals(judged, case, crowd), key=lambda one: one[0])
    outcomes = replay.take([case for _, case in arrivals], [at for at, _ in arrivals])
    if any(outcome.alerts for outcome in outcomes):
        return True
    last, _ = arrivals[-1]
    return bool(replay.pass_time(max(BEGINNING + crowd.within, last + crowd.quiet)))


def _arrivals(rule: Rule, case: Case, crowd: Crowd) -> Iterator[Arrival]:
    if isinstance(rule.window, Spike):
        # A spike stands out from the spans before it: in an example these are empty, but they were there.
        yield BEGINNING - rule.window.within * (rule.window.spans + 1), _other(rule, case, 0)
    for number in range(crowd.repeat):
        yield BEGINNING + _share(crowd.within, number, crowd.repeat), _copy(case, number)
    for number in range(1, crowd.others + 1):
        yield BEGINNING + _share(crowd.within, number - 1, crowd.others), _other(rule, case, number)


def _share(within: timedelta, number: int, of: int) -> timedelta:
    return within * number / of


def _copy(case: Case, number: int) -> Case:
    feedback = case.feedback
    customer = feedback.customer or f"customer-{number}"
    return replace(case, feedback=replace(feedback, id=f"{feedback.id}-{number}", customer=customer))


def _other(rule: Rule, case: Case, number: int) -> Case:
    """Return feedback of the same group that says nothing: no words, no scores, and no attribute but its group's."""
    grouped = {one.name for one in rule.window.per} if rule.window else set()
    attributes = {name: value for name, value in case.feedback.attributes.items() if name in grouped}
    given = {name: getattr(case.feedback, name) for name in ("channel", "customer", "employee", "unit")}
    facts = {name: value for name, value in given.items() if name in grouped and value is not None}
    feedback = Feedback(
        id=f"other-{number}",
        parts=(Part(""),),
        source=case.feedback.source,
        attributes=attributes,
        **{"customer": f"other-{number}"} | facts,
    )
    reading = blank_reading(
        ReadingStatus.EMPTY, case.reading.taxonomy, model=case.reading.model, language=case.reading.language
    )
    return Case(feedback, reading, case.phrases)
