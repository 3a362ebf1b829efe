"""What a rule says of its alerts' clocks: loaded, said in plain English, and known to editors."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from engine.program import Program, RuleFile
from engine.program_folder import load_program
from engine.rules.json_schema import rule_schema
from engine.rules.load import load_rules
from engine.rules.plain import say_rule
from tests.support.keyword_reader import TAXONOMY

LATER = "operators and the unit's lead are told 2 days after the alert opened"
VALID = Draft202012Validator(rule_schema(Program(), TAXONOMY, ()))


def rule(then: str) -> RuleFile:
    return RuleFile("r.yaml", f"rule: r\nwhen: {{nps: 1}}\nthen: {then}\n")


@pytest.mark.parametrize(
    ("then", "said"),
    [
        pytest.param("{severity: low}", [], id="nothing"),
        pytest.param("{follow_up_within: 24h}", ["Its alerts must be followed up within 1 day."], id="one clock"),
        pytest.param(
            "{follow_up_within: 8bh, close_within: 1bd}",
            ["Its alerts must be followed up within 8 open hours and closed within 1 business day."],
            id="open hours and business days",
        ),
        pytest.param("{escalate: []}", ["Nobody is told when they are late."], id="no steps"),
        pytest.param(
            "{escalate: [{to: {manager_of: holder}}, {to: [operators, {lead_of: unit}], after: 2d}]}",
            [f"Not followed up in time, the holder's manager is told, then {LATER}."],
            id="steps",
        ),
        pytest.param(
            "{escalate: [{to: operators, clock: close}]}", ["Not closed in time, operators is told."], id="closing"
        ),
    ],
)
def test_a_rule_says_its_clocks(then: str, said: list[str]) -> None:
    loaded = load_rules(Program(rule_files=(rule(then),)), TAXONOMY)
    assert not loaded.findings
    lines = say_rule(loaded.rules[0]).splitlines()
    assert [line for line in lines if "Its alerts" in line or ("told" in line and "Alerts" not in line)] == said


@pytest.mark.parametrize(
    "then",
    [
        pytest.param({"follow_up_within": "soon"}, id="a limit"),
        pytest.param({"close_within": 4}, id="a number"),
        pytest.param({"escalate": [{"after": "24h"}]}, id="nobody"),
        pytest.param({"escalate": [{"to": {"manager_of": "unit"}}]}, id="no such words"),
        pytest.param({"escalate": [{"to": "operators", "clock": "closing"}]}, id="a clock"),
        pytest.param({"escalate": "operators"}, id="no list"),
    ],
)
def test_the_schema_refuses_what_the_loader_does(then: dict[str, object]) -> None:
    document = {"rule": "r", "when": {"nps": 1}, "then": then}
    assert not VALID.is_valid(document)
    assert load_rules(Program(rule_files=(rule(str(then)),)), TAXONOMY).errors


def test_a_rule_that_names_somebody_who_has_left_still_loads(tmp_path: Path) -> None:
    (tmp_path / "program.yaml").write_text("name: x\n")
    (tmp_path / "people.csv").write_text("id\nann\n")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "r.yaml").write_text(rule("{escalate: [{to: bob}]}").text)
    loaded = load_rules(load_program(tmp_path)[0], TAXONOMY)
    assert [one.level for one in loaded.findings] == ["warning"]
    assert loaded.rules[0].escalate is not None
