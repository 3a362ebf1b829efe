"""Loading rules: every error at its place, and the good rules still load."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.program import DEFAULT_RECEIVERS, AttributeSpec, Program, ReceiverSpec, RuleFile
from engine.rules.check import check_examples
from engine.rules.load import LoadedRules, load_rules
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY, KeywordReader
from tests.support.service import RULES


def load(*texts: str) -> LoadedRules:
    files = tuple(RuleFile(f"f{number}.yaml", text) for number, text in enumerate(texts))
    attributes = {
        "tier": AttributeSpec("tier", "one_of", ("gold", "basic")),
        "months": AttributeSpec("months", "number"),
    }
    return load_rules(Program(attributes=attributes, any_attribute=False, rule_files=files), TAXONOMY)


def when(text: str) -> str:
    return f"rule: r\nstatus: draft\nwhen: {text}\n"


BAD = [
    pytest.param("status: draft\nwhen: {nps: 1}", "1:1: error: the rule has no name", id="no name"),
    pytest.param("rule: A Rule\nwhen: {nps: 1}", "1:7: error: a rule's name has lower-case", id="a bad name"),
    pytest.param("rule: r", "1:1: error: the rule has no conditions", id="no conditions"),
    pytest.param("rule: r\nwhen: {}", "2:7: error: a condition is empty", id="no test"),
    pytest.param("rule: r\nwen: {nps: 1}\nwhen: {nps: 1}", "unknown word 'wen'; did you mean 'when'?", id="a word"),
    pytest.param("rule: r\nwhen: {nps: 1}\nthen: {cooldown: {per: customer}}", "needs its length", id="cooldown"),
    pytest.param("rule: r\nwhen: {nps: 1}\nthen: {severity: huge}", "unknown severity 'huge'", id="severity"),
    pytest.param("rule: r\nwhen: {nps: 1}\nthen: {send_to: me}", "unknown receiver 'me'", id="receiver"),
    pytest.param("rule: r\nwhen: {nps: 1}\nmust_not_lose: 1", "3:16: error: must_not_lose must be true", id="a flag"),
    pytest.param("rule: r\nstatus: live\nwhen: {nps: 1}", "needs 3 examples that fire", id="no examples"),
    pytest.param("- a", "1:1: error: a rule must be a mapping", id="a list"),
    pytest.param(when("{nsp: 1}"), "3:8: error: unknown condition 'nsp'; did you mean 'nps'?", id="a condition"),
    pytest.param(when("{routed: help}"), "unknown condition 'routed'", id="a word of no version"),
    pytest.param(when("{emotion: angry}"), "3:17: error: unknown emotion 'angry'; did you mean 'anger'?", id="a label"),
    pytest.param(when("{topic: ease-of-use}"), "did you mean 'digital/ease-of-use'?", id="a leaf without its group"),
    pytest.param(when("{emotion: 5}"), "must name a label", id="a number as a label"),
    pytest.param(when("{emotion: []}"), "names no label", id="no label"),
    pytest.param(when("{emotion: {is: anger, at_least: 8}}"), "goes from 0 to 1, not 8", id="a confidence of 8"),
    pytest.param(when("{emotion: {is: anger, more: 1}}"), "unknown test of emotion 'more'", id="a test of a label"),
    pytest.param(when("{emotion: {is: anger, at_least: 0.9, at_most: 0.1}}"), "swap them", id="nothing fits"),
    pytest.param(when("{nps: {at_most: 11}}"), "nps goes from 0 to 10; 11 is outside", id="outside the range"),
    pytest.param(when("{nps: low}"), "nps must be a number", id="a word for a score"),
    pytest.param(when("{nps: {between: [6]}}"), "'between' has two numbers", id="between one number"),
    pytest.param(when("{nps: {is: 1, in: [2]}}"), "mean the same", id="is and in"),
    pytest.param(when("{nps: {missing: true, is: 1}}"), "'missing' stands alone", id="missing and more"),
    pytest.param(when("{nps: {}}"), "has no test", id="no test of a score"),
    pytest.param(when("{nps: {is: []}}"), "lists no value", id="no value"),
    pytest.param(when("{tier: glod}"), "did you mean 'gold'?", id="a value"),
    pytest.param(when("{tier: {at_least: 3}}"), "tier is not a number", id="a bound on text"),
    pytest.param(when("{status: reed}"), "did you mean 'read'?", id="a status"),
    pytest.param(when("{all: {nps: 1}}"), "'all' must be a list", id="all of a mapping"),
    pytest.param(when("{any: []}"), "'any' must be a list", id="any of nothing"),
    pytest.param(when("{all: [nps]}"), "a condition must be a mapping", id="a word in a list"),
]


@pytest.mark.parametrize(("text", "said"), BAD)
def test_an_error_says_where_and_what(text: str, said: str) -> None:
    loaded = load(text, "rule: good\nwhen: {nps: 1}\n")
    assert any(said in str(finding) for finding in loaded.errors), [str(finding) for finding in loaded.findings]
    assert all(str(finding).startswith("f0.yaml:") for finding in loaded.findings)
    assert [rule.slug for rule in loaded.rules] == ["good"]


def test_one_file_reports_all_of_its_errors_and_its_good_rules_load() -> None:
    loaded = load(
        "rule: a\nwhen: {npz: 1, emotion: angr}\n---\nrule: b\nwhen: {nps: 1}\n---\nrule: b\nwhen: {nps: 2}\n"
    )
    assert [(finding.line, finding.level) for finding in loaded.findings] == [(2, "error"), (2, "error"), (7, "error")]
    assert "already in f0.yaml:4" in loaded.findings[2].message
    assert [rule.slug for rule in loaded.rules] == ["b"]


def test_an_undeclared_attribute_warns_and_loads() -> None:
    loaded = load(when("{attribute.shop: Leeds}"))
    assert [finding.level for finding in loaded.findings] == ["warning"]
    assert len(loaded.rules) == 1


def test_a_rule_may_say_that_no_alert_of_it_may_be_lost() -> None:
    loaded = load("rule: a\nwhen: {nps: 1}\nmust_not_lose: true\n---\nrule: b\nwhen: {nps: 1}\n")
    assert [rule.must_not_lose for rule in loaded.rules] == [True, False]


def test_a_rule_s_version_changes_with_its_own_words_only() -> None:
    first, second = "rule: a\nwhen: {nps: 1}\n", "rule: b\nwhen: {nps: 2}\n"
    before, after = load(first + "---\n" + second), load(first + "---\n" + second.replace("2", "3"))
    assert before.rules[0].version == after.rules[0].version
    assert before.rules[1].version != after.rules[1].version
    assert before.version != after.version


@given(st.text(alphabet=st.sampled_from("rulewhnps:{}[]-, \n01'\"&!"), max_size=120) | st.text(max_size=80))
def test_no_text_raises(text: str) -> None:
    load(text, "rule: r\nwhen:\n  " + text)


def test_examples_are_judged_with_the_reader() -> None:
    program = Program(rule_files=(RuleFile("rules.yaml", RULES),))
    loaded = load_rules(program, TAXONOMY)
    assert check_examples(loaded.rules, program, KeywordReader(), NOON).findings == []


def test_an_example_that_does_not_do_what_it_should_is_told_with_the_reason() -> None:
    text = "rule: r\nwhen: {emotion: anger, nps: {at_most: 6}}\nexamples:\n  fires:\n    - {text: hello, nps: 2}\n"
    text += "    - {text: x, nps: 50}\n  stays_quiet:\n    - {text: furious, nps: 1}\n"
    program = Program(rule_files=(RuleFile("r.yaml", text),))
    found = check_examples(load_rules(program, TAXONOMY).rules, program, KeywordReader(), NOON).findings
    assert [(one.line, one.level) for one in found] == [(6, "error"), (5, "warning"), (8, "warning")]
    assert "emotion anger is no" in found[1].message
    assert "should stay quiet" in found[2].message


def test_what_did_not_change_is_not_loaded_again() -> None:
    files = tuple(RuleFile(f"{name}.yaml", f"rule: {name}\nwhen: {{nps: 1}}\n") for name in "abc")
    before = load_rules(Program(rule_files=files), TAXONOMY)
    changed = (RuleFile("c.yaml", "rule: a\nwhen: {nps: 2}\n"), *files[:2])
    after = load_rules(Program(rule_files=changed), TAXONOMY, before)
    fresh = load_rules(Program(rule_files=changed), TAXONOMY)
    assert (after.rules, after.findings, after.version) == (fresh.rules, fresh.findings, fresh.version)
    assert after.rules[1] is before.rules[1]
    other = load_rules(Program(rule_files=files, attributes={"tier": AttributeSpec("tier", "text")}), TAXONOMY, before)
    assert other.rules[0] is not before.rules[0]
    assert other.version != before.version


def test_words_between_rules_belong_to_none_of_them() -> None:
    rules = [f"rule: {name}\nwhen: {{nps: 1}}\n" for name in "abc"]
    loaded = load(f"# one\n{rules[0]}\n--- # two\n{rules[1]}...\n# three\n---\n{rules[2]}")
    assert [rule.text for rule in loaded.rules] == rules


@pytest.mark.parametrize(
    ("receiver", "said"),
    [
        pytest.param(
            ReceiverSpec("r", "webhook", "https://x.example/", to_customer=True), "writes to customers", id="c"
        ),
        pytest.param(ReceiverSpec("r", "webhook", "https://x.example/{address}"), "needs an address", id="address"),
        pytest.param(ReceiverSpec("r", "webhook", "https://x.example/"), None, id="a channel"),
        pytest.param(ReceiverSpec("r", "webhook"), None, id="as the store knows it"),
    ],
)
def test_a_rule_sends_only_where_an_alert_can_go(receiver: ReceiverSpec, said: str | None) -> None:
    file = RuleFile("f.yaml", "rule: r\nwhen: {nps: 1}\nthen: {send_to: r}\n")
    program = Program(receivers={**DEFAULT_RECEIVERS, "r": receiver}, rule_files=(file,))
    errors = load_rules(program, TAXONOMY).errors
    assert [(one.line, one.column) for one in errors] == ([(3, 17)] if said else [])
    assert all(said and said in one.message for one in errors)
