"""`heedful rules say` and `heedful rules schema`, as a rule author meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.acceptance.conftest import ROOT, Command

PROGRAM = ROOT / "samples" / "program"


@pytest.mark.parametrize("command", ["say", "schema"])
def test_help_teaches(heedful: Command, command: str) -> None:
    done = heedful("rules", command, "--help")
    assert done.returncode == 0
    assert "Example:" in done.stdout
    assert done.stderr == ""


def test_one_rule_or_all_are_said(heedful: Command) -> None:
    one = heedful("rules", "say", str(PROGRAM), "refund-wanted")
    assert one.returncode == 0, one.stderr
    assert one.stdout.startswith("refund-wanted: Wants money back, or a replacement\n\nAlerts billing-care with medium")
    every = heedful("rules", "say", str(PROGRAM))
    assert one.stdout.strip() in every.stdout
    assert every.stdout.count("When the model is unsure") >= 10


def test_a_rule_that_is_not_there_is_told_with_the_nearest(heedful: Command) -> None:
    done = heedful("rules", "say", str(PROGRAM), "refund-wantd")
    assert done.returncode != 0
    assert "unknown rule 'refund-wantd'; did you mean 'refund-wanted'?" in done.stderr
    assert done.stdout == ""


def test_good_rules_are_said_and_the_others_told(heedful: Command, tmp_path: Path) -> None:
    (tmp_path / "_define.yaml").write_text("upset: {emotion: anger}\n")
    (tmp_path / "a.yaml").write_text("rule: good\nwhen: {meets: upset}\n---\nrule: bad\nwhen: {meets: upsett}\n")
    done = heedful("rules", "say", str(tmp_path))
    assert done.returncode == 2
    assert "it meets 'upset', which means: the customer is angry in some way" in done.stdout
    assert "a.yaml:5:15: error: unknown definition 'upsett'; did you mean 'upset'?" in done.stderr.replace("\n", " ")


def test_the_schema_is_written_for_editors(heedful: Command, tmp_path: Path) -> None:
    done = heedful("rules", "schema", "--program", str(PROGRAM), "-o", str(tmp_path / "rules.schema.json"))
    assert done.returncode == 0, done.stderr
    schema = json.loads((tmp_path / "rules.schema.json").read_text("utf-8"))
    rule = yaml.safe_load("{rule: r, when: {emotion: anger, customer_tier: gold}, then: {send_to: legal}}")
    assert Draft202012Validator(schema).is_valid(rule)
    assert not Draft202012Validator(schema).is_valid(rule | {"when": {"emotion": "angry"}})
    built_in = heedful("rules", "schema")
    assert json.loads(built_in.stdout)["title"] == "A rule of Heedful"
