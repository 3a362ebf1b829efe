"""`heedful rules check` as a rule author meets it: all findings in the order of the files, and what each means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import Command

RULES = """
rule: leaving
status: shadow
when: {intent: churn, customer_tier: gold}
examples:
  fires:
    - {text: "Goodbye then.", labels: {intent: churn}, customer_tier: gold}
    - {text: "Goodbye then.", labels: {intent: [praise]}, customer_tier: gold}
  stays_quiet:
    - {text: "Goodbye then.", labels: {intent: churn}, customer_tier: basic}
---
rule: never
status: shadow
when:
  all:
    - nps: {at_most: 3}
    - nps: {at_least: 7}
"""
PROGRAM = "name: test\nattributes: {customer_tier: {one_of: [gold, basic]}}\n"


@pytest.fixture
def program(tmp_path: Path) -> str:
    (tmp_path / "p" / "rules").mkdir(parents=True)
    (tmp_path / "p" / "program.yaml").write_text(PROGRAM)
    (tmp_path / "p" / "rules" / "r.yaml").write_text(RULES)
    return "p"


def test_every_finding_is_told_in_the_order_of_the_file(heedful: Command, program: str) -> None:
    done = heedful("rules", "check", program, "--mutate")
    assert done.returncode == 2
    lines = [line for line in done.stderr.splitlines() if line.startswith("r.yaml:")]
    places = [tuple(int(part) for part in line.split(":")[1:3]) for line in lines]
    assert places == sorted(places)
    assert any("r.yaml:8:7: error: rule 'leaving' should fire on this example" in line for line in lines)
    assert any("r.yaml:17:7: error: the rule can never hold" in line for line in lines)
    assert any("'intent: churn' is left out; add an example" in line for line in lines)
    assert "1 rules are good, with 3 examples; 2 errors" in done.stdout
    assert "changes of rules were tried" in done.stdout


def test_what_is_found_as_json(heedful: Command, program: str) -> None:
    done = heedful("rules", "check", program, "--mutate", "--no-examples", "--json")
    assert done.returncode == 2
    found = json.loads(done.stdout)
    assert (found["rules"], found["examples"]) == (1, 3)
    assert [one["line"] for one in found["findings"] if one["level"] == "error"] == [8, 17]
    assert found["mutants"]["tried"] == found["mutants"]["caught"] + found["mutants"]["alive"]


def test_warnings_fail_a_strict_check_only(heedful: Command, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "r.yaml").write_text("rule: r\nwhen: {nps: {between: [0, 10]}}\n")
    assert heedful("rules", "check", "rules").returncode == 0
    assert heedful("rules", "check", "rules", "--strict").returncode == 2


def test_names_are_compared_with_what_a_store_has_seen(heedful: Command, tmp_path: Path) -> None:
    record = {"id": "1", "text": "Hello.", "attributes": {"store": "Leeds"}}
    (tmp_path / "in.jsonl").write_text(json.dumps(record) + "\n")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "r.yaml").write_text("rule: r\nwhen: {attribute.stores: Leeds}\n")
    assert heedful("run", "in.jsonl", "--db", "sqlite:///s.db").returncode == 0
    done = heedful("rules", "check", "rules", "--db", "sqlite:///s.db")
    assert done.returncode == 0
    assert "no feedback of the last 90d has attribute 'stores'; did you mean 'store'?" in done.stderr
