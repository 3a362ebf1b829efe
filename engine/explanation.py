"""An explanation: for every rule, what was found and wanted, and what happened after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.alerts.alert import Alert, HeldBack
from engine.alerts.state import Found
from engine.decision import Stored
from engine.judge import EVALUATED
from engine.rules.case import Case, Phrases
from engine.rules.conditions import ALL
from engine.rules.load import LoadedRules
from engine.rules.rule import Rule, RuleStatus
from engine.rules.trace import Trace
from engine.rules.truth import Truth, all_of, truth_of


@dataclass(frozen=True)
class RuleExplanation:
    """One rule, judged: its trace and the outcome in words."""

    rule: str
    title: str
    status: RuleStatus
    trace: Trace
    outcome: str
    alerts: tuple[str, ...]
    held_back: tuple[str, ...]
    notifications: tuple[dict[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "rule": self.rule,
            "title": self.title,
            "status": str(self.status),
            "truth": self.trace.truth.said,
            "outcome": self.outcome,
            "trace": self.trace.as_dict(),
            "alerts": list(self.alerts),
            "held_back": list(self.held_back),
            "notifications": list(self.notifications),
        }


@dataclass(frozen=True)
class Explanation:
    """Why a feedback did or did not alert."""

    stored: Stored
    ruleset: str
    rules: tuple[RuleExplanation, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        decision = self.stored.decision
        return {
            "source": decision.source,
            "id": decision.id,
            "revision": decision.revision,
            "sequence": decision.sequence,
            "decided_at": decision.decided_at.isoformat(),
            "ruleset": self.ruleset,
            "reading": decision.reading.as_dict(decision.id),
            "rules": [rule.as_dict() for rule in self.rules],
        }


def explain(
    stored: Stored,
    rules: LoadedRules,
    phrases: Phrases,
    alerts: Sequence[Alert],
    notifications: Sequence[dict[str, Any]],
) -> Explanation:
    """Judge a stored feedback by every rule of a ruleset, draft and paused ones too, and say what came of it.

    Parameters
    ----------
    phrases
        The vectors of the phrases that these rules ask about, as the model of the stored reading made them.
    """
    case = Case(stored.feedback, stored.decision.reading, phrases)
    told = tuple(_rule(rule, case, stored, alerts, notifications) for rule in rules.rules)
    return Explanation(stored, rules.version, told)


def _rule(
    rule: Rule, case: Case, stored: Stored, alerts: Sequence[Alert], notifications: Sequence[dict[str, Any]]
) -> RuleExplanation:
    trace = trace_of(rule, case, stored.decision.found.get(rule.slug))
    opened = tuple(alert.id for alert in alerts if alert.rule == rule.slug)
    held = tuple(_held(one) for one in stored.decision.held_back if one.rule == rule.slug)
    sent = tuple(one for one in notifications if one["alert"] in opened)
    return RuleExplanation(
        rule.slug, rule.title, rule.status, trace, _outcome(rule, trace, opened, held), opened, held, sent
    )


def trace_of(rule: Rule, case: Case, found: Found | None) -> Trace:
    """Return a rule's trace, with what its window held when the feedback came.

    A window is measured only for feedback that the rule's other conditions hold for.
    """
    trace = rule.explain(case)
    if rule.window is None:
        return trace
    if found is None:
        told = Trace(rule.window.said, Truth.UNKNOWN, "not counted for this feedback", rule.window.wanted)
    else:
        told = Trace(rule.window.said, truth_of(found.holds), found.found, rule.window.wanted)
    return Trace(ALL, all_of((trace.truth, told.truth)), children=(trace, told))


def _held(one: HeldBack) -> str:
    return f"{one.reason} ({one.alert})" if one.alert else str(one.reason)


def _outcome(rule: Rule, trace: Trace, opened: Sequence[str], held: Sequence[str]) -> str:
    if opened:
        return f"opened {', '.join(opened)}" + (f"; held back: {', '.join(held)}" if held else "")
    if rule.status not in EVALUATED:
        return f"not evaluated: the rule is {rule.status}"
    if held:
        return f"held back: {', '.join(held)}"
    return {"yes": "would alert", "unknown": "not sure, and nothing was to be done", "no": "did not hold"}[
        trace.truth.said
    ]
