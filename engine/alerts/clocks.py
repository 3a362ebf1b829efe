"""The clocks of an alert: when it must be followed up and closed, and whether that counts for attainment."""

from __future__ import annotations

from datetime import datetime

from engine.alerts.alert import Alert, changed
from engine.alerts.escalation import OUTSIDE, plan
from engine.program import Program
from engine.rules.rule import Rule
from engine.targets import Clock
from engine.time_limit import TimeLimit


def timed(alert: Alert, rule: Rule | None, program: Program, *, stale: bool = False, told: bool = True) -> Alert:
    """Return an alert with its clocks, which run from when it was opened.

    Parameters
    ----------
    rule
        The rule that opened it; None of what the service raises about itself.
    program
        Whose targets hold where the rule has none, on the calendar of the alert's unit.
    stale
        Whether its feedback came too late to count for attainment.
    told
        Whether somebody is told of it: else nobody is told either that it is late.
    """
    due = changed(
        alert,
        follow_up_due=_due(alert, Clock.FOLLOW_UP, rule, program),
        close_due=_due(alert, Clock.CLOSE, rule, program),
        in_attainment=alert.kind not in OUTSIDE and not stale,
    )
    steps = plan(due, rule, program) if told else ()
    return changed(due, watch_at=steps[0].at) if steps else due


def _due(alert: Alert, clock: Clock, rule: Rule | None, program: Program) -> datetime:
    """Return when an alert is late."""
    return program.targets.due(alert.opened_at, limit_of(alert, clock, rule, program), alert.unit)


def limit_of(alert: Alert, clock: Clock, rule: Rule | None, program: Program) -> TimeLimit:
    """Return how much time there is: as the rule says, else the program's targets."""
    own = None if rule is None else rule.follow_up_within if clock is Clock.FOLLOW_UP else rule.close_within
    return own or program.targets.limit(clock, alert.severity, alert.unit)
