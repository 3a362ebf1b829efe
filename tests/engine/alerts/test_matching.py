"""What chooses among alerts: loading, choosing, saying."""

from __future__ import annotations

from typing import Any

import pytest

from engine.alerts.alert import AlertKind
from engine.alerts.matching import EVERY_ALERT, Matching, Subject, matching_from_dict, subject_from_dict
from engine.alerts.matching_loader import load_matching, matching_of_json
from engine.alerts.severity import Severity
from engine.errors import MatchingError
from engine.located import Findings, parse
from engine.program import AttributeSpec, Program
from tests.support.keyword_reader import TAXONOMY

PROGRAM = Program(
    attributes={
        "tier": AttributeSpec("tier", "one_of", ("gold", "silver")),
        "store": AttributeSpec("store", "text"),
        "months": AttributeSpec("months", "number"),
        "vip": AttributeSpec("vip", "flag"),
    },
    any_attribute=False,
)
SUBJECT = Subject(
    rule="furious",
    severity=Severity.HIGH,
    source="survey",
    channel="chat",
    unit="emea/uk/leeds",
    employee="e7",
    customer="C-1",
    labels={"emotion": ("anger/anger",), "topic": ("digital/ease-of-use", "billing/accuracy")},
    scores={"nps": 3.0},
    attributes={"tier": "Gold", "store": "Leeds", "months": 12.0, "vip": True, "x": "7"},
)


def of(value: Any) -> Matching:
    return matching_of_json(value, PROGRAM, TAXONOMY)


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({"rule": "furious"}, True),
        ({"rule": ["other", "furious"]}, True),
        ({"rule": "other"}, False),
        ({"severity": "high"}, True),
        ({"severity": ["low", "critical"]}, False),
        ({"severity": {"at_least": "medium"}}, True),
        ({"severity": {"at_least": "critical"}}, False),
        ({"kind": "alert"}, True),
        ({"kind": "signal"}, False),
        ({"source": "Survey", "channel": "CHAT"}, True),
        ({"unit": "emea/uk"}, True),
        ({"unit": "EMEA"}, False),
        ({"unit": "emea/u"}, False),
        ({"unit": "emea/uk/leeds/north"}, False),
        ({"employee": "e7", "customer": ["c-1"]}, True),
        ({"topic": "digital"}, True),
        ({"topic": "billing/accuracy"}, True),
        ({"topic": "digital/reliability"}, False),
        ({"intent": "churn"}, False),
        ({"emotion": "anger", "severity": "low"}, False),
        ({"nps": {"at_most": 6}}, True),
        ({"nps": 4}, False),
        ({"csat": {"missing": True}}, True),
        ({"tier": "gold"}, True),
        ({"tier": ["silver"]}, False),
        ({"months": {"between": [10, 12]}}, True),
        ({"vip": True}, True),
        ({"attribute.store": "leeds"}, True),
        ({"attribute.x": 7}, True),
        ({"attribute.y": 7}, False),
    ],
    ids=str,
)
def test_it_chooses(conditions: dict[str, Any], fits: bool) -> None:
    matching = of(conditions)
    assert matching.fits(SUBJECT) is fits
    assert (matching.why_not(SUBJECT) is None) is fits
    assert matching_from_dict(matching.as_dict()) == matching
    assert of(matching.as_dict()) == matching


@pytest.mark.parametrize(
    ("conditions", "field", "told"),
    [
        ([], "matching", "must be a mapping"),
        ({}, "matching", "empty"),
        ({"severty": "high"}, "matching.severty", "did you mean 'severity'"),
        ({"severity": "hihg"}, "matching.severity", "did you mean 'high'"),
        ({"severity": {"at_least": "x"}}, "matching.severity.at_least", "use one of: critical, high"),
        ({"severity": {}}, "matching.severity", "at_least"),
        ({"rule": ["a", None]}, "matching.rule.1", "not nothing"),
        ({"rule": []}, "matching.rule", "1 to 200"),
        ({"topic": "digtal"}, "matching.topic", "did you mean 'digital'"),
        ({"nps": 11}, "matching.nps", "goes from 0 to 10"),
        ({"tier": "golden"}, "matching.tier", "did you mean 'gold'"),
        ({"colour": "red"}, "matching.colour", "attribute.NAME"),
        ({"unit": {"at_least": "emea"}}, "matching.unit", "must be text"),
        ({"customer": "x" * 801}, "matching.customer", "longer than 800"),
        ({"customer": "a\x00"}, "matching.customer", "cannot be stored"),
        ({"nps": {"is": [[[1]]]}}, "matching.nps.is.0.0.0", "nested deeper"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_request_is_told_what_is_wrong_and_where(conditions: Any, field: str, told: str) -> None:
    with pytest.raises(MatchingError, match=told) as caught:
        of(conditions)
    assert caught.value.field == field


def test_a_file_is_told_every_error_with_its_place() -> None:
    findings = Findings("routes.yaml")
    document = parse("severity: hihg\ntopic: digtal\nnps:\n  at_mst: 6\n", findings)[0]
    assert load_matching(document, PROGRAM, findings, TAXONOMY) is None
    assert [(one.line, one.column) for one in findings.found] == [(1, 11), (2, 8), (4, 3)]


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ({"severity": ["high", "critical"]}, "severity is high or critical"),
        ({"topic": "digital"}, "it is about digital (topic digital)"),
        ({"unit": "emea/uk"}, "the unit is emea/uk, or a unit below"),
        ({"rule": "furious", "nps": {"at_most": 6}}, "the rule is furious and nps is 6 or less"),
    ],
    ids=str,
)
def test_it_is_said_in_plain_english(conditions: dict[str, Any], said: str) -> None:
    assert of(conditions).said == said
    assert EVERY_ALERT.said == "every alert"


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        ({"severity": "low"}, "severity is high, not low"),
        ({"topic": "digital/reliability"}, "the topic is digital/ease-of-use and billing/accuracy, not "),
        ({"intent": "churn"}, "no intent was found, not churn"),
        ({"nps": {"at_most": 2}}, "nps is 3, not at most 2"),
        ({"csat": 1}, "csat is missing, not 1"),
    ],
    ids=str,
)
def test_it_says_why_not(conditions: dict[str, Any], why: str) -> None:
    assert str(of(conditions).why_not(SUBJECT)).startswith(why)


@pytest.mark.parametrize(
    ("wide", "narrow", "includes"),
    [
        ({"topic": "digital"}, {"topic": ["digital/ease-of-use", "digital"]}, True),
        ({"topic": "digital/ease-of-use"}, {"topic": "digital"}, False),
        ({"topic": "digital"}, {"topic": "digital", "severity": "low"}, True),
        ({"topic": "digital", "severity": "low"}, {"topic": "digital"}, False),
        ({"nps": {"at_most": 6}}, {"nps": {"at_most": 3}}, True),
        ({"nps": {"at_most": 3}}, {"nps": {"at_most": 6}}, False),
        ({"severity": {"at_least": "low"}}, {"severity": "high"}, True),
    ],
    ids=str,
)
def test_it_knows_what_it_includes(wide: Any, narrow: Any, includes: bool) -> None:
    assert of(wide).includes(of(narrow)) is includes
    assert EVERY_ALERT.includes(of(narrow))
    assert not of(narrow).includes(EVERY_ALERT)


def test_a_subject_comes_back_from_json() -> None:
    assert subject_from_dict(SUBJECT.as_dict()) == SUBJECT
    bare = Subject("quiet", Severity.LOW, AlertKind.SYSTEM)
    assert subject_from_dict(bare.as_dict()) == bare
    assert bare.as_dict() == {"rule": "quiet", "severity": "low", "kind": "system"}
