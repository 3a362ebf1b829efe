"""How soon a rule's alerts must be followed up and closed, and who is told when they are late, in plain English."""

from __future__ import annotations

from collections.abc import Sequence

from engine.alerts.recipients import HOLDER, LEAD_OF_UNIT, MANAGER_OF_EMPLOYEE, MANAGER_OF_HOLDER
from engine.rules.plain_words import spelt
from engine.rules.rule import Rule
from engine.targets import Clock, Step, steps_of
from engine.time_limit import Counting, TimeLimit

SOMEBODY = {
    HOLDER: "the holder",
    LEAD_OF_UNIT: "the unit's lead",
    MANAGER_OF_EMPLOYEE: "the employee's manager",
    MANAGER_OF_HOLDER: "the holder's manager",
}
LATE = {Clock.FOLLOW_UP: "Not followed up in time", Clock.CLOSE: "Not closed in time"}
COUNTED = {Counting.OPEN_HOURS: "open hour", Counting.BUSINESS_DAYS: "business day"}


def say_clocks(rule: Rule) -> list[str]:
    """Return what a rule says of its alerts' clocks, a sentence each; nothing where it leaves it to the program."""
    asked = [
        f"{what} within {say_limit(limit)}"
        for what, limit in (("followed up", rule.follow_up_within), ("closed", rule.close_within))
        if limit is not None
    ]
    said = [f"Its alerts must be {' and '.join(asked)}."] if asked else []
    if rule.escalate is None:
        return said
    if not rule.escalate:
        return [*said, "Nobody is told when they are late."]
    by_clock = ((clock, steps_of(rule.escalate, clock)) for clock in Clock)
    return said + [f"{LATE[clock]}, {_steps(steps)}." for clock, steps in by_clock if steps]


def say_limit(limit: TimeLimit) -> str:
    """Return a time limit as people say it: ``8bh`` is ``8 open hours``."""
    if limit.counting is Counting.ELAPSED:
        return spelt(limit.span)
    number = int(str(limit)[:-2])
    return f"{number} {COUNTED[limit.counting]}{'s' * (number != 1)}"


def _steps(steps: Sequence[Step]) -> str:
    return ", then ".join(_step(step) for step in steps)


def _step(step: Step) -> str:
    names = [SOMEBODY.get(name, name) for name in step.to]
    told = f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} told"
    return told if step.after is None else f"{told} {say_limit(step.after)} after the alert opened"
