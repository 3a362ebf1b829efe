"""What an alert stands on, how sure that is, and its place in the queue."""

from __future__ import annotations

import pytest

from engine.alerts.alert import Alert, AlertKind
from engine.alerts.opening import alert_of_match
from engine.alerts.severity import Severity
from engine.alerts.triage import Triage, priority
from engine.feedback import Feedback, Part
from engine.program import Program, RuleFile
from engine.rules.case import Case
from engine.rules.load import load_rules
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY, KeywordReader

TRIAGE = Triage("tier", {"platinum": 1.0, "gold": 0.6})


def opened(when: str, text: str, **fields: object) -> Alert:
    program = Program(rule_files=(RuleFile("r.yaml", f"rule: r\nif_unsure: alert\nwhen: {when}\n"),))
    loaded = load_rules(program, TAXONOMY)
    assert not loaded.errors, loaded.errors
    feedback = Feedback("f1", (Part(text),), scores={"nps": 1.0}, **fields)  # type: ignore[arg-type]
    (reading,) = KeywordReader().read([feedback.parts])
    return alert_of_match(loaded.rules[0], Case(feedback, reading), AlertKind.ALERT, NOON, TRIAGE)


@pytest.mark.parametrize(
    ("when", "text", "confidence", "evidence"),
    [
        pytest.param("{nps: 1}", "furious", 1.0, [], id="no labels"),
        pytest.param("{emotion: anger}", "hi. so furious", 0.9, [(" so furious", "anger/anger")], id="a label"),
        pytest.param(
            "{emotion: anger, intent: churn}",
            "furious. maybe leaving",
            0.4,
            [("furious", "anger/anger"), (" maybe leaving", "churn")],
            id="the least sure of all",
        ),
        pytest.param(
            "{any: [{emotion: anger}, {intent: complaint}]}",
            "furious. maybe bad",
            0.9,
            [("furious", "anger/anger")],
            id="of any, what made it hold",
        ),
        pytest.param(
            "{any: [{emotion: anger}, {nps: 1}]}", "furious", 1.0, [("furious", "anger/anger")], id="of any, the best"
        ),
        pytest.param(
            "{emotion: anger, none: [{intent: praise}]}", "furious", 0.9, [("furious", "anger/anger")], id="none"
        ),
        pytest.param("{emotion: {is: anger, at_most: 0.5}}", "hello", 1.0, [], id="at most"),
        pytest.param(
            "{together: {sentences: 2, all: [{emotion: anger}, {topic: billing}]}}",
            "furious. the invoice. bye",
            0.9,
            [("furious", "anger/anger"), (" the invoice", "billing/accuracy")],
            id="together",
        ),
        pytest.param("{says: invoice}", "my invoice", 1.0, [("invoice", "says 'invoice'")], id="words"),
        pytest.param("{emotion: anger}", "", 0.0, [], id="nothing was read"),
        pytest.param(
            "{all: [{emotion: anger}, {emotion: {is: anger}}]}", "furious", 0.9, [("furious", "anger/anger")], id="once"
        ),
    ],
)  # fmt: skip
def test_evidence_and_confidence(when: str, text: str, confidence: float, evidence: list[tuple[str, str]]) -> None:
    alert = opened(when, text)
    assert alert.confidence == pytest.approx(confidence)
    assert [(text[one.start : one.end], one.shows) for one in alert.evidence] == evidence


@pytest.mark.parametrize(
    ("severity", "confidence", "tier", "expected"),
    [
        pytest.param(Severity.LOW, 0.0, 0.0, 0, id="the least"),
        pytest.param(Severity.CRITICAL, 1.0, 1.0, 399, id="the most"),
        pytest.param(Severity.MEDIUM, 0.9, 0.6, 174, id="between"),
        pytest.param(Severity.HIGH, 1.0, 0.0, 249, id="no tier"),
    ],
)
def test_priority(severity: Severity, confidence: float, tier: float, expected: int) -> None:
    assert priority(severity, confidence, tier) == expected


@pytest.mark.parametrize(
    ("attributes", "tier"),
    [
        pytest.param({"tier": "Platinum"}, 1.0, id="in any case"),
        pytest.param({"tier": "bronze"}, 0.0, id="a tier without weight"),
        pytest.param({}, 0.0, id="no tier"),
    ],
)
def test_the_tier_counts(attributes: dict[str, str], tier: float) -> None:
    assert TRIAGE.tier(attributes) == tier
    alert = opened("{nps: 1}", "hello", attributes=attributes, employee="ann")
    assert (alert.priority, alert.employee) == (149 + round(50 * tier), "ann")


def test_numbers_and_flags_are_tiers_too() -> None:
    triage = Triage("tier", {"1": 0.5, "true": 1.0})
    assert [triage.tier({"tier": value}) for value in (1.0, True, False, "TRUE")] == [0.5, 1.0, 0.0, 1.0]
    assert Triage().tier({"tier": "gold"}) == 0.0
