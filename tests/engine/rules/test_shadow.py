"""Shadowed rules: told when it is certain, once, and never otherwise."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.alerts.severity import Severity
from engine.program import AttributeSpec, Program, ReceiverSpec, RuleFile
from engine.rules.conditions import Condition
from engine.rules.load import load_rules
from engine.rules.rule import IfUnsure, Rule, RuleStatus
from engine.rules.shadow import shadowed
from engine.rules.truth import Truth
from tests.engine.rules.test_formula import cases, trees
from tests.support.keyword_reader import TAXONOMY

EXAMPLES = "examples: {fires: [{text: a}, {text: b}, {text: c}], stays_quiet: [{text: d}, {text: e}, {text: f}]}"
PROGRAM = Program(
    attributes={"tier": AttributeSpec("tier", "one_of", ("gold", "silver", "basic"))},
    receivers={name: ReceiverSpec(name, "log") for name in ("operators", "care")},
)


def rule(name: str, when: str, then: str = "{severity: medium}", more: str = "status: live") -> str:
    return f"rule: {name}\n{more}\nwhen: {when}\nthen: {then}\n{EXAMPLES}\n"


def warnings(*texts: str) -> list[str]:
    file = RuleFile("r.yaml", "---\n".join(texts))
    loaded = load_rules(
        Program(PROGRAM.name, attributes=PROGRAM.attributes, receivers=PROGRAM.receivers, rule_files=(file,)), TAXONOMY
    )
    assert not loaded.errors
    assert not loaded.findings
    return [str(one) for one in shadowed(loaded.rules)]


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        pytest.param("{intent: churn, tier: gold}", "{intent: churn}", id="one test more"),
        pytest.param("{nps: {at_most: 3}}", "{nps: {at_most: 6}}", id="a bound"),
        pytest.param("{nps: 3}", "{nps: {at_most: 6}}", id="a value within bounds"),
        pytest.param("{tier: gold}", "{tier: [silver, gold]}", id="a value of a list"),
        pytest.param("{unit: emea/uk}", "{unit: emea}", id="a unit"),
        pytest.param("{topic: digital/reliability}", "{topic: digital}", id="a label of a group"),
        pytest.param("{none: [{topic: digital}]}", "{none: [{topic: digital/reliability}]}", id="kept out"),
        pytest.param("{tier: gold, nps: 1}", "{nps: 1, none: [{tier: silver}]}", id="a value that is not kept out"),
        pytest.param("{all: [{nps: 1}, {any: [{tier: gold}, {csat: 1}]}]}", "{nps: 1}", id="alternatives beside it"),
        pytest.param("{intent: {is: churn, at_least: 0.9}}", "{intent: {is: churn, at_least: 0.8}}", id="a confidence"),
    ],
)
def test_a_rule_that_holds_only_where_another_does(narrow: str, wide: str) -> None:
    (found,) = warnings(rule("narrow", narrow), rule("wide", wide))
    assert found.startswith(
        "r.yaml:1:1: warning: rule 'narrow' is shadowed: it holds only where rule 'wide' (r.yaml:7)"
    )
    (found,) = warnings(rule("wide", wide), rule("narrow", narrow))
    assert found.startswith("r.yaml:7:1: warning: rule 'narrow' is shadowed")
    assert warnings(rule("narrow", narrow, "{severity: low}"), rule("wide", wide, "{severity: critical}"))


def test_of_two_alike_the_later_is_told() -> None:
    (found,) = warnings(rule("a", "{nps: 1, tier: gold}"), rule("b", "{nps: 1, tier: gold}"))
    assert "rule 'b' is shadowed: it has the same conditions as rule 'a' (r.yaml:1), which tells" in found


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        pytest.param(rule("n", "{nps: 1}"), rule("w", "{nps: 2}"), id="another value"),
        pytest.param(rule("n", "{nps: 1}"), rule("w", "{csat: 1}"), id="another score"),
        pytest.param(rule("n", "{nps: 1}", "{severity: high}"), rule("w", "{nps: {at_most: 6}}"), id="more severe"),
        pytest.param(rule("n", "{nps: 1}", "{send_to: care}"), rule("w", "{nps: {at_most: 6}}"), id="another receiver"),
        pytest.param(rule("n", "{nps: 1}"), rule("w", "{nps: {at_most: 6}}", more="status: shadow"), id="not live"),
        pytest.param(rule("n", "{nps: 1}", more="status: shadow"), rule("w", "{nps: {at_most: 6}}"), id="being tried"),
        pytest.param(
            rule("n", "{intent: churn, nps: 1}", more="status: live\nif_unsure: review"),
            rule("w", "{intent: churn}"),
            id="reviewed when unsure",
        ),
        pytest.param(rule("n", "{nps: 1}"), rule("w", "{nps: {at_most: 6}}", "{take: 50%}"), id="a sample"),
        pytest.param(rule("n", "{nps: 1}"), rule("w", "{nps: {at_most: 6}}", "{cooldown: 7d}"), id="a cooldown"),
        pytest.param(
            rule("n", "{nps: 1}"), rule("w", "{nps: 1, count: {at_least: 3, within: 1d}}"), id="a signal, not an alert"
        ),
        pytest.param(rule("n", "{nps: 1}"), rule("w", "{any: [{nps: 1}, {csat: 1}]}"), id="alternatives"),
    ],
)
def test_what_may_be_meant_is_not_told(narrow: str, wide: str) -> None:
    assert warnings(narrow, wide) == []


@given(st.lists(trees, min_size=2, max_size=6), st.lists(cases(), min_size=1, max_size=5))
def test_a_shadowed_rule_is_never_alone(conditions: list[Condition], some: list) -> None:
    rules = [
        Rule(str(place), "", None, RuleStatus.LIVE, when, IfUnsure.SKIP, Severity.LOW, line=place)
        for place, when in enumerate(conditions)
    ]
    for found in shadowed(rules):
        other = rules[int(found.message.split(" rule '")[1].split("'")[0])]
        for case in some:
            if rules[found.line].evaluate(case) is Truth.YES:
                assert other.evaluate(case) is Truth.YES


@pytest.mark.parametrize(
    "when",
    [
        pytest.param(lambda n: f"{{nps: {n % 11}, attribute.x: {{at_least: {n}}}}}", id="all alike"),
        pytest.param(lambda n: "{any: [{nps: 1}, {csat: 1}]}", id="alternatives only"),
        pytest.param(lambda n: f"{{attribute.a{n}: 1}}", id="all apart"),
    ],
)
def test_many_rules_are_compared_in_bounded_time(when) -> None:
    file = RuleFile("r.yaml", "---\n".join(rule(f"r{n}", when(n)) for n in range(2_000)))
    rules = load_rules(Program(rule_files=(file,)), TAXONOMY).rules
    assert len(rules) == 2_000
    began = time.perf_counter()
    shadowed(rules)
    assert time.perf_counter() - began < 20
