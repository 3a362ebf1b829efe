"""Opening alerts: a match, or a pattern over time, becomes an alert."""

from __future__ import annotations

from datetime import datetime

from engine.alerts.alert import Alert, AlertKind, AlertState, alert_id, fingerprint, signal_fingerprint
from engine.alerts.evidence import confidence_of, evidence_of
from engine.alerts.triage import Triage, priority
from engine.program import OPERATORS
from engine.rules.case import Case
from engine.rules.grouping import key_of, say_key, values_of
from engine.rules.measuring import Measured
from engine.rules.reasons import reasons, unknowns
from engine.rules.rule import Rule
from engine.rules.tallies import moment_of
from engine.rules.window import Window


def alert_of_match(rule: Rule, case: Case, kind: AlertKind, now: datetime, triage: Triage, sequence: int = 0) -> Alert:
    """Return the alert that a match opens.

    Parameters
    ----------
    triage
        What its place in a queue depends on.
    sequence
        The feedback's commit; 0 where it is not committed.
    """
    feedback = case.feedback
    unique = fingerprint(rule.slug, feedback.source, feedback.id, kind)
    trace = rule.explain(case)
    confidence = confidence_of(trace)
    return Alert(
        id=alert_id(unique),
        fingerprint=unique,
        rule=rule.slug,
        rule_version=rule.version,
        title=rule.title,
        severity=rule.severity,
        kind=kind,
        state=AlertState.OPEN,
        source=feedback.source,
        feedback_id=feedback.id,
        sequence=sequence,
        opened_at=now,
        unit=feedback.unit,
        customer=feedback.customer,
        reasons=reasons(trace) + unknowns(trace),
        receiver=rule.send_to or OPERATORS,
        key=key_of(rule.cooldown.per, case) if rule.cooldown else None,
        employee=feedback.employee,
        evidence=evidence_of(trace, feedback.parts),
        confidence=confidence,
        priority=priority(rule.severity, confidence, triage.tier(feedback.attributes)),
    )


def signal_of(
    rule: Rule, window: Window, key: str, start: int, measured: Measured, now: datetime, case: Case | None
) -> Alert:
    """Return the signal that a window opens; `case` is the feedback that made it cross, None where time did."""
    unique = signal_fingerprint(rule.slug, key, start)
    # Not an attribute that is called like them: only a customer and a unit are said of an alert.
    grouped = {one.name: value for one, value in zip(window.per, values_of(key), strict=False) if not one.attribute}
    feedback = case.feedback if case else None
    about = f" ({say_key(key)})" if key else ""
    return Alert(
        id=alert_id(unique),
        fingerprint=unique,
        rule=rule.slug,
        rule_version=rule.version,
        title=rule.title,
        severity=rule.severity,
        kind=AlertKind.SIGNAL,
        state=AlertState.OPEN,
        source=feedback.source if feedback else "",
        feedback_id=feedback.id if feedback else "",
        sequence=0,
        opened_at=now,
        # A pattern over all feedback belongs to no unit, whichever feedback made it cross.
        unit=grouped.get("unit"),
        customer=(feedback.customer if feedback else grouped["customer"]) if "customer" in grouped else None,
        reasons=(f"{window.said} (found {measured.found}){about}",),
        receiver=rule.send_to or OPERATORS,
        key=key,
        started_at=moment_of(start),
        priority=priority(rule.severity, 1.0),
    )
