"""The bundled sample: 300 records that are admitted, and a program that one could start with."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

from engine.durations import parse_duration
from engine.intake import admit
from engine.program_folder import load_program
from engine.rules.load import load_rules
from engine.rules.rule import RuleStatus
from models.taxonomy import default_taxonomy
from tests.acceptance.conftest import ROOT
from tests.support.clock import NOON

SAMPLES = ROOT / "samples"
PROGRAM, FINDINGS = load_program(SAMPLES / "program")


def test_every_record_is_admitted_and_the_times_end_now() -> None:
    lines = (SAMPLES / "feedback.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    ages = [parse_duration(record.pop("ago")) for record in records]
    admitted = [admit(record, PROGRAM, NOON) for record in records]
    assert len({feedback.id for feedback in admitted}) == 300
    assert max(ages) <= timedelta(days=30)
    assert min(ages) < timedelta(hours=1)
    assert sum(age < PROGRAM.stale_after for age in ages) >= 100
    assert len(Counter(feedback.channel for feedback in admitted)) >= 6
    assert len(Counter(feedback.attributes["industry"] for feedback in admitted)) >= 20


def test_the_rules_load_without_a_word() -> None:
    loaded = load_rules(PROGRAM, default_taxonomy())
    assert FINDINGS == []
    assert loaded.findings == ()
    statuses = Counter(rule.status for rule in loaded.rules)
    assert statuses[RuleStatus.LIVE] >= 8
    assert {RuleStatus.SHADOW, RuleStatus.DRAFT} < set(statuses)
    assert all(rule.author for rule in loaded.rules)
