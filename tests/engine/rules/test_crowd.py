"""Examples that come many times: a rule over time opens a signal, or does not."""

from __future__ import annotations

import pytest

from engine.program import Program, RuleFile
from engine.rules.check import check_examples
from engine.rules.load import load_rules
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY, KeywordReader

COUNT = "{count: {at_least: 5, within: 24h}}"
SHARE = "{intent: churn, share: {at_least: 20%, within: 24h, volume: 10}}"
BY_STORE = "{intent: churn, share: {at_least: 20%, within: 24h, volume: 10, per: attribute.store}}"
DISTINCT = "{distinct: {what: customer, at_least: 3, within: 24h}}"
PER_CUSTOMER = "{count: {at_least: 3, within: 24h, per: customer}}"
FLATLINE = "{flatline: {within: 24h}}"
SPIKE = "{intent: churn, spike: {within: 24h, at_least: 5}}"


def told(when: str, example: str, more: str = "") -> list[str]:
    text = f"rule: r\nstatus: draft\nwhen: {when}\n{more}examples:\n  fires:\n    - {example}\n"
    program = Program(rule_files=(RuleFile("r.yaml", text),))
    loaded = load_rules(program, TAXONOMY)
    assert not loaded.findings
    return [str(one) for one in check_examples(loaded.rules, program, KeywordReader(), NOON).findings]


@pytest.mark.parametrize(
    ("when", "example", "fires"),
    [
        pytest.param(COUNT, "{text: x, repeat: 5}", True, id="enough"),
        pytest.param(COUNT, "{text: x, repeat: 4}", False, id="one too few"),
        pytest.param(COUNT, "{text: x}", False, id="a single one"),
        pytest.param(COUNT, "{text: x, repeat: 5, within: 20h}", True, id="spread inside the span"),
        pytest.param(COUNT, "{text: x, repeat: 5, within: 48h}", False, id="spread too far"),
        pytest.param(SHARE, "{text: leaving, repeat: 5, others: 15}", True, id="a fourth of all"),
        pytest.param(SHARE, "{text: leaving, repeat: 5, others: 100}", False, id="few of many"),
        pytest.param(SHARE, "{text: leaving, repeat: 5}", False, id="too little volume"),
        pytest.param(BY_STORE, "{text: leaving, attribute.store: a, repeat: 5, others: 15}", True, id="in one store"),
        pytest.param(
            BY_STORE, "{text: leaving, attribute.store: a, repeat: 5, others: 99}", False, id="few of a store"
        ),
        pytest.param(DISTINCT, "{text: x, repeat: 3}", True, id="three customers"),
        pytest.param(DISTINCT, "{text: x, repeat: 3, customer: a}", False, id="one customer three times"),
        pytest.param(PER_CUSTOMER, "{text: x, repeat: 3, customer: a}", True, id="one customer"),
        pytest.param(PER_CUSTOMER, "{text: x, repeat: 3}", False, id="a customer each"),
        pytest.param(FLATLINE, "{text: x, repeat: 100, within: 8d, quiet: 25h}", True, id="silence after plenty"),
        pytest.param(FLATLINE, "{text: x, repeat: 100, within: 8d, quiet: 22h}", False, id="not yet long enough"),
        pytest.param(SPIKE, "{text: leaving, repeat: 8}", True, id="many out of nothing"),
        pytest.param(SPIKE, "{text: leaving, repeat: 4}", False, id="a few out of nothing"),
    ],
)
def test_an_example_of_a_rule_over_time_fires_if_a_signal_opens(when: str, example: str, fires: bool) -> None:
    found = told(when, example)
    assert found == [] if fires else "it opens no signal" in found[0]


def test_what_is_left_to_the_alert_does_not_matter() -> None:
    assert told(COUNT, "{text: x, repeat: 5}", "then: {cooldown: 7d}\n") == []


def test_the_failing_condition_is_told() -> None:
    (found,) = told("{intent: churn, count: {at_least: 2, within: 24h}}", "{text: hello, repeat: 2}")
    assert "as the model reads it, it is no: intent churn is no" in found


def test_labels_can_be_pinned_in_a_crowd() -> None:
    error, warning = told(SPIKE, "{text: x, labels: {intent: complaint}, repeat: 8}")
    assert ": error: " in error
    assert ": warning: " in warning
