"""The starter library: rules for every team, whose examples hold and notice every change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from engine.alerts.severity import Severity
from engine.program_folder import load_program
from engine.rules.check import Checked, check_examples
from engine.rules.condition_loader import FACTS, FIELD_KEYS, GROUPS
from engine.rules.load import load_rules
from engine.rules.mutate import mutate
from engine.rules.rule import IfUnsure, RuleStatus
from engine.rules.scope_loader import SCOPE_KEYS, UNITS
from engine.rules.shadow import shadowed
from engine.rules.text_loader import TEXT_LOADERS
from engine.rules.window_loader import WINDOWS
from engine.taxonomy import TASKS
from models.reader import load_reader
from models.taxonomy import default_taxonomy
from tests.acceptance.conftest import ROOT
from tests.support.clock import NOON

SAMPLES = ROOT / "samples"
PROGRAM, FINDINGS = load_program(SAMPLES / "program", SAMPLES / "rules")
LOADED = load_rules(PROGRAM, default_taxonomy())
RULES = {rule.slug: rule for rule in LOADED.rules}
KINDS = {*GROUPS, *TASKS, *TEXT_LOADERS, *FACTS, *WINDOWS, *PROGRAM.scores, "customer_tier", "meets"}
# And what a condition can be told; `in` is another word for `is`.
TOLD = {*FIELD_KEYS, *SCOPE_KEYS, *UNITS, "about", "near", "per", "of"} - {"in"}
MOST_MISREAD = 0.2


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check_examples(LOADED.rules, PROGRAM, load_reader(), NOON)


def keys_in(value: Any) -> Iterator[str]:
    """Yield the keys of a mapping and of all below it."""
    if isinstance(value, list):
        for child in value:
            yield from keys_in(child)
    for key, child in value.items() if isinstance(value, dict) else ():
        yield key
        yield from keys_in(child)


def used() -> set[str]:
    found: set[str] = set()
    for file in PROGRAM.rule_files:
        for document in yaml.safe_load_all(file.text):
            found.update(keys_in(document.get("when", document)))
    return found


def test_the_library_loads_without_a_word() -> None:
    assert FINDINGS == []
    assert LOADED.findings == ()
    assert shadowed(LOADED.rules) == []
    assert len(LOADED.rules) >= 24


@pytest.mark.parametrize("slug", RULES)
def test_every_rule_has_an_owner_and_examples(slug: str) -> None:
    rule = RULES[slug]
    fires = [example.fires for example in rule.examples]
    assert rule.author
    assert rule.send_to
    assert rule.title != slug
    assert fires.count(True) >= 3
    assert fires.count(False) >= 3


def test_every_example_does_what_its_labels_say(checked: Checked) -> None:
    assert [str(one) for one in checked.findings if one.level == "error"] == []


def test_what_has_no_labels_is_read_as_it_should(checked: Checked) -> None:
    unpinned = [trial for trial in checked.trials if not trial.example.pinned]
    assert unpinned
    assert [(trial.rule.slug, trial.example.record) for trial in unpinned if not trial.does_right(trial.rule)] == []


def test_the_shipped_model_reads_most_examples_as_they_are_labelled(checked: Checked) -> None:
    assert len(checked.findings) <= MOST_MISREAD * len(checked.trials)


def test_some_example_notices_each_change_of_a_rule(checked: Checked) -> None:
    mutation = mutate(LOADED, checked.trials)
    assert [str(one) for one in mutation.alive] == []
    assert mutation.untried == 0
    assert mutation.tried > 400


def test_every_kind_of_condition_is_used() -> None:
    assert (KINDS | TOLD) - used() == set()


def test_every_way_to_act_is_used() -> None:
    rules = LOADED.rules
    assert {rule.severity for rule in rules} == set(Severity)
    assert {rule.if_unsure for rule in rules} == set(IfUnsure)
    assert {RuleStatus.LIVE, RuleStatus.SHADOW} <= {rule.status for rule in rules}
    assert any(rule.take < 1 for rule in rules)
    assert any(rule.cooldown for rule in rules)
    assert any(rule.must_not_lose for rule in rules)
