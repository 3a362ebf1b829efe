"""Judging: rules x one reading become alerts and what is held back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from engine.alerts.alert import Alert, AlertKind, AlertState, HeldBack, HeldReason, alert_id, fingerprint
from engine.program import OPERATORS
from engine.rules.case import Case
from engine.rules.reasons import reasons, unknowns
from engine.rules.rule import IfUnsure, Rule, RuleStatus
from engine.rules.truth import Truth

EVALUATED = frozenset({RuleStatus.LIVE, RuleStatus.SHADOW})


def judge(rules: Sequence[Rule], case: Case, now: datetime) -> tuple[list[Alert], list[HeldBack]]:
    """Return the alerts that a case opens, and the matches that are held back.

    Draft and paused rules are not evaluated. A shadow rule is, and opens nothing.
    """
    alerts: list[Alert] = []
    held: list[HeldBack] = []
    for rule in rules:
        if rule.status not in EVALUATED:
            continue
        truth = rule.evaluate(case)
        if truth is Truth.NO:
            continue
        kind = _kind(rule, truth)
        if kind is None:
            held.append(HeldBack(rule.slug, HeldReason.UNSURE))
        elif rule.status is RuleStatus.SHADOW:
            held.append(HeldBack(rule.slug, HeldReason.SHADOW))
        else:
            alerts.append(_alert(rule, case, kind, now))
    return alerts, held


def _kind(rule: Rule, truth: Truth) -> AlertKind | None:
    if truth is Truth.YES or rule.if_unsure is IfUnsure.ALERT:
        return AlertKind.ALERT
    return AlertKind.REVIEW if rule.if_unsure is IfUnsure.REVIEW else None


def _alert(rule: Rule, case: Case, kind: AlertKind, now: datetime) -> Alert:
    feedback = case.feedback
    unique = fingerprint(rule.slug, feedback.source, feedback.id, kind)
    trace = rule.explain(case)
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
        sequence=0,
        opened_at=now,
        unit=feedback.unit,
        customer=feedback.customer,
        reasons=reasons(trace) + unknowns(trace),
        receiver=rule.send_to or OPERATORS,
    )


def silent(occurred_at: datetime, received_at: datetime, stale_after: timedelta, *, notify: bool) -> HeldReason | None:
    """Return why the alerts of a feedback send no message, or None if they do."""
    if not notify:
        return HeldReason.NOTIFY_OFF
    return HeldReason.STALE if received_at - occurred_at > stale_after else None
