"""An explanation: for every rule, what was found and wanted, and what happened after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.alerts.alert import Alert, HeldBack
from engine.alerts.state import Found
from engine.decision import Stored
from engine.feedback import Part
from engine.rules.case import Case, Phrases
from engine.rules.conditions import ALL
from engine.rules.load import LoadedRules
from engine.rules.rule import EVALUATED, Rule, RuleStatus
from engine.rules.trace import Trace
from engine.rules.truth import Truth, all_of, truth_of


@dataclass(frozen=True)
class RuleExplanation:
    """One rule, judged: its trace and the outcome in words.

    Parameters
    ----------
    alerts
        What the feedback opened.
    signals
        Its signals that other feedback, or time, opened, and behind which this one stands.
    held_back
        Why more was not opened.
    """

    rule: str
    title: str
    status: RuleStatus
    trace: Trace
    outcome: str
    alerts: tuple[str, ...]
    signals: tuple[str, ...]
    held_back: tuple[str, ...]
    notifications: tuple[dict[str, Any], ...]

    def as_dict(self, parts: Sequence[Part] = ()) -> dict[str, Any]:
        """Return it as plain JSON values; with the parts, spoken evidence with its time."""
        return {
            "rule": self.rule,
            "title": self.title,
            "status": str(self.status),
            "truth": self.trace.truth.said,
            "outcome": self.outcome,
            "trace": self.trace.as_dict(parts),
            "alerts": list(self.alerts),
            "signals": list(self.signals),
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
        decision, parts = self.stored.decision, self.stored.feedback.parts
        return {
            "source": decision.source,
            "id": decision.id,
            "revision": decision.revision,
            "sequence": decision.sequence,
            "decided_at": decision.decided_at.isoformat(),
            "ruleset": self.ruleset,
            # Conditions on words and attributes find nothing any more: what was decided stands in alerts and held_back.
            "erased_at": self.stored.erased_at.isoformat() if self.stored.erased_at else None,
            "reading": decision.reading.as_dict(decision.id, parts=parts),
            "rules": [rule.as_dict(parts) for rule in self.rules],
        }


def explain(
    stored: Stored,
    rules: LoadedRules,
    phrases: Phrases,
    alerts: Sequence[Alert],
    linked: Sequence[Alert],
    notifications: Sequence[dict[str, Any]],
) -> Explanation:
    """Judge a stored feedback by every rule of a ruleset, draft and paused ones too, and say what came of it.

    Parameters
    ----------
    phrases
        The vectors of the phrases that these rules ask about, as the model of the stored reading made them.
    alerts, linked
        The alerts that the feedback opened, and those that it is linked to.
    """
    case = Case(stored.feedback, stored.decision.reading, phrases)
    after = _After(stored, alerts, linked, notifications)
    return Explanation(stored, rules.version, tuple(after.explained(rule, case) for rule in rules.rules))


def explain_trial(case: Case, rules: LoadedRules) -> tuple[RuleExplanation, ...]:
    """Judge what is not stored by every rule, draft and paused ones too; nothing comes of it.

    What depends on other feedback, windows and cooldowns, is not looked at.
    """
    traces = [(rule, trace_of(rule, case, None)) for rule in rules.rules]
    return tuple(
        RuleExplanation(rule.slug, rule.title, rule.status, trace, _outcome(rule, trace, (), (), ()), (), (), (), ())
        for rule, trace in traces
    )


@dataclass(frozen=True)
class _After:
    """What happened after a feedback was judged."""

    stored: Stored
    alerts: Sequence[Alert]
    linked: Sequence[Alert]
    notifications: Sequence[dict[str, Any]]

    def explained(self, rule: Rule, case: Case) -> RuleExplanation:
        trace = trace_of(rule, case, self.stored.decision.found.get(rule.slug))
        opened = tuple(alert.id for alert in self.alerts if alert.rule == rule.slug)
        reasons = [one for one in self.stored.decision.held_back if one.rule == rule.slug]
        known = {*opened, *(one.alert for one in reasons)}
        signals = tuple(one.id for one in self.linked if one.rule == rule.slug and one.id not in known)
        held = tuple(map(_held, reasons))
        return RuleExplanation(
            rule=rule.slug,
            title=rule.title,
            status=rule.status,
            trace=trace,
            outcome=_outcome(rule, trace, opened, signals, held),
            alerts=opened,
            signals=signals,
            held_back=held,
            notifications=tuple(one for one in self.notifications if one["alert"] in opened),
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
    if not trace.children and trace.condition == ALL:
        return told
    return Trace(ALL, all_of((trace.truth, told.truth)), children=(trace, told))


def _held(one: HeldBack) -> str:
    return f"{one.reason} ({one.alert})" if one.alert else str(one.reason)


def _outcome(rule: Rule, trace: Trace, opened: Sequence[str], signals: Sequence[str], held: Sequence[str]) -> str:
    if not opened and not signals and rule.status not in EVALUATED:
        return f"not evaluated: the rule is {rule.status}"
    told = (("opened ", opened), ("stands behind ", signals), ("held back: ", held))
    said = [f"{what}{', '.join(some)}" for what, some in told if some]
    otherwise = {"yes": "would alert", "unknown": "not sure, and nothing was to be done", "no": "did not hold"}
    return "; ".join(said) or otherwise[trace.truth.said]
