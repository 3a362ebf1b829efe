"""To whom a rule sends: a receiver, and where people are known a person, a team, or somebody found by the alert."""

from __future__ import annotations

import pytest

from engine.people import Person
from engine.program import Program, RuleFile
from engine.rules.load import LoadedRules, load_rules
from tests.support.keyword_reader import TAXONOMY

PEOPLE = (Person("ann", "Ann", teams=("care",)),)


def loaded(send_to: str, people: tuple[Person, ...] | None = PEOPLE) -> LoadedRules:
    rule = f"rule: r\nstatus: shadow\nwhen: {{nps: 1}}\nthen: {{send_to: {send_to}}}\n"
    return load_rules(Program(rule_files=(RuleFile("r.yaml", rule),), people=people), TAXONOMY)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("operators", "operators", id="a receiver"),
        pytest.param("ann", "ann", id="a person"),
        pytest.param("care", "care", id="a team"),
        pytest.param("{lead_of: unit}", "lead_of: unit", id="the lead of the alert's unit"),
    ],
)
def test_a_rule_sends_to_one_recipient(written: str, meant: str) -> None:
    rules = loaded(written)
    assert not rules.findings
    assert [rule.send_to for rule in rules.rules] == [meant]


def test_somebody_unknown_is_told_of_and_the_operators_get_it_until_then() -> None:
    rules = loaded("anne")
    assert [rule.send_to for rule in rules.rules] == ["anne"]
    assert [finding.message for finding in rules.findings] == [
        "unknown recipient 'anne'; did you mean 'ann'?; until somebody is, it goes to the operators"
    ]


@pytest.mark.parametrize("written", [pytest.param("ann", id="nobody is known"), pytest.param("[a, b]", id="a list")])
def test_what_is_no_recipient_is_an_error(written: str) -> None:
    assert loaded(written, None).errors
