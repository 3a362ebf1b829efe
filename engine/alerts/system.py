"""System alerts: what the service has to tell of itself, to those who run it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from engine.alerts.alert import Alert, AlertKind, AlertState, alert_id, signal_fingerprint
from engine.alerts.severity import Severity
from engine.program import OPERATORS
from engine.rules.tallies import stamp


class SystemRule(StrEnum):
    """What system alerts are about, in place of a rule: these names belong to the service."""

    DEAD_LETTER = "heedful-dead-letter"
    RECEIVER_FAILING = "heedful-receiver-failing"
    QUIET_SOURCE = "heedful-quiet-source"
    QUIET_RULE = "heedful-quiet-rule"


TITLES = {
    SystemRule.DEAD_LETTER: "Messages to {} could not be delivered",
    SystemRule.RECEIVER_FAILING: "The receiver {} takes no messages",
    SystemRule.QUIET_SOURCE: "No feedback comes from {}",
    SystemRule.QUIET_RULE: "The rule {} raises no alerts",
}
# Nobody is told anything for as long as these last.
GRAVE = frozenset({SystemRule.DEAD_LETTER, SystemRule.RECEIVER_FAILING})


def system_alert(rule: SystemRule, subject: str, reason: str, now: datetime) -> Alert:
    """Return the alert that tells of a trouble of the service.

    It has no feedback and no clocks, counts for no attainment, and goes to the operators.

    Parameters
    ----------
    subject
        The receiver, source or rule that it is about.
    reason
        What was found, in a sentence.
    """
    unique = signal_fingerprint(rule, subject, stamp(now))
    return Alert(
        id=alert_id(unique),
        fingerprint=unique,
        rule=rule,
        rule_version="",
        title=TITLES[rule].format(subject),
        severity=Severity.HIGH if rule in GRAVE else Severity.MEDIUM,
        kind=AlertKind.SYSTEM,
        state=AlertState.OPEN,
        source="",
        feedback_id="",
        sequence=0,
        opened_at=now,
        unit=None,
        customer=None,
        reasons=(reason,),
        receiver=OPERATORS,
        started_at=now,
        in_attainment=False,
    )
