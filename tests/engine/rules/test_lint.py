"""Lint: contradictions, needless tests and bounds, each at its place; and nothing that is not certain."""

from __future__ import annotations

import time

import pytest

from engine.program import AttributeSpec, Program, RuleFile
from engine.rules.load import LoadedRules, load_rules
from tests.support.keyword_reader import TAXONOMY

ATTRIBUTES = {
    "tier": AttributeSpec("tier", "one_of", ("gold", "silver", "basic")),
    "months": AttributeSpec("months", "number"),
    "vip": AttributeSpec("vip", "flag"),
}


def load(when: str, more: str = "") -> LoadedRules:
    text = f"rule: r\n{more}when:\n  {when}\n"
    return load_rules(Program(attributes=ATTRIBUTES, rule_files=(RuleFile("r.yaml", text),)), TAXONOMY)


NEVER = [
    pytest.param("all: [{nps: {at_most: 3}}, {nps: {at_least: 7}}]", "has both 'nps at least 7' and", id="bounds"),
    pytest.param("{nps: {at_most: 3}, all: [{nps: {at_least: 7}}]}", "has both 'nps at least 7'", id="beside 'all'"),
    pytest.param("all: [{all: [{nps: 1}]}, {all: [{nps: 2}]}]", "both 'nps 2' and 'nps 1'", id="in other groups"),
    pytest.param("all: [{nps: {at_most: 3}}, {nps: [5, 6]}]", "both 'nps 5 or 6'", id="values out of bounds"),
    pytest.param("nps: {is: [8, 9], at_most: 6}", "no value of 'nps 8 or 9 at most 6'", id="of one test"),
    pytest.param("all: [{tier: gold}, {tier: silver}]", "both 'tier silver' and 'tier gold'", id="values"),
    pytest.param("all: [{tier: gold}, {tier: {missing: true}}]", "'tier missing'", id="missing with a value"),
    pytest.param("{none: [{nps: {missing: true}}], all: [{nps: {missing: true}}]}", "'nps", id="present and missing"),
    pytest.param("all: [{nps: {at_most: 3}}, {none: [{nps: {at_most: 5}}]}]", "is kept out", id="kept out by bounds"),
    pytest.param("{all: [{tier: gold}], none: [{tier: [gold, basic]}]}", "is kept out", id="kept out by values"),
    pytest.param("{all: [{vip: true}], none: [{vip: true}]}", "'vip true' is kept out", id="a flag kept out"),
    pytest.param("all: [{channel: chat}, {channel: mail}]", "both 'channel mail'", id="channels"),
    pytest.param("all: [{language: en}, {language: de}]", "both 'language de'", id="languages"),
    pytest.param("all: [{status: empty}, {status: unsure}]", "both 'status unsure'", id="statuses"),
    pytest.param("all: [{status: empty}, {emotion: anger}]", "'status empty' has no labels", id="labels unread"),
    pytest.param("all: [{none: [{status: read}]}, {emotion: anger}]", "has no labels", id="labels and not read"),
    pytest.param("all: [{unit: emea/uk}, {unit: apac}]", "both 'unit apac'", id="units"),
    pytest.param("{all: [{intent: churn}], none: [{intent: churn}]}", "is kept out", id="a label kept out"),
    pytest.param("{all: [{topic: digital/reliability}], none: [{topic: digital}]}", "is kept out", id="its group"),
    pytest.param(
        "all: [{emotion: neutral}, {emotion: anger}]", "both 'emotion anger' and 'emotion neutral'", id="neutral"
    ),
    pytest.param(
        "all: [{intent: {is: churn, at_least: 0.8}}, {intent: {is: churn, at_most: 0.5}}]", "both", id="confidences"
    ),
    pytest.param(
        "all: [{nps: {at_most: 3}}, {any: [{nps: 7}, {nps: {at_least: 9}}]}]", "both 'nps 7'", id="every alternative"
    ),
    pytest.param("all: [{sentiment: positive}, {sentiment: [negative, mixed]}]", "has both", id="sentiments"),
    pytest.param("{says: refund, none: [{says: refund}]}", "'says 'refund'' is kept out", id="words kept out"),
    pytest.param("all: [{status: empty}, {sentiment: negative}]", "has no labels", id="sentiment unread"),
    pytest.param("all: [{any: [{nps: 7}]}, {nps: 6}]", "both", id="the only alternative"),
]


@pytest.mark.parametrize(("when", "said"), NEVER)
def test_what_can_never_hold_is_an_error(when: str, said: str) -> None:
    loaded = load(when)
    (found,) = loaded.errors
    assert found.message.startswith("the rule can never hold: ")
    assert said in found.message
    assert found.line == 3
    assert loaded.rules == ()


@pytest.mark.parametrize("unsure", ["review", "alert"])
def test_where_a_rule_acts_when_unsure_it_may_still_act(unsure: str) -> None:
    loaded = load("{all: [{intent: churn}], none: [{intent: churn}]}", f"if_unsure: {unsure}\n")
    assert [finding.level for finding in loaded.findings] == ["warning"]
    assert load("all: [{nps: 1}, {nps: 2}]", f"if_unsure: {unsure}\n").errors


WARNED = [
    pytest.param("nps: {between: [0, 10]}", "3:3", "'nps between 0 and 10' lets every value in", id="the whole range"),
    pytest.param("none: [{nps: {at_least: 0}}]", "3:11", "lets every value in", id="the whole range, kept out"),
    pytest.param("intent: {is: churn, at_least: 0}", "3:3", "lets every value in", id="every confidence"),
    pytest.param("all: [{nps: 1}, {nps: 1}]", "3:20", "'nps 1' is here twice", id="twice"),
    pytest.param("any: [{intent: churn}, {intent: churn}]", "3:27", "is here twice", id="twice under any"),
    pytest.param("none: [{tier: gold}, {tier: GOLD}]", "3:25", "is covered by 'tier gold'", id="but for its case"),
    pytest.param(
        "all: [{nps: {at_most: 6}}, {nps: {at_most: 3}}]",
        "3:10",
        "'nps at most 6' always holds beside 'nps at most 3' on line 3; leave it out",
        id="implied",
    ),
    pytest.param("any: [{nps: {at_most: 3}}, {nps: {at_most: 6}}]", "3:10", "is covered by", id="covered"),
    pytest.param("all: [{topic: digital}, {topic: digital/reliability}]", "3:10", "always holds", id="a group"),
    pytest.param("none: [{topic: digital/reliability}, {topic: digital}]", "3:11", "is covered by", id="kept out"),
    pytest.param(
        "{nps: {at_most: 6}, none: [{nps: {at_least: 7}}]}", "3:31", "so it keeps nothing out", id="already kept out"
    ),
    pytest.param(
        "all: [{nps: 3}, {any: [{nps: {at_most: 6}}, {tier: gold}]}]", "3:27", "always holds", id="an alternative"
    ),
    pytest.param(
        "all: [{nps: 3}, {any: [{nps: 7}, {tier: gold}]}]", "3:27", "'nps 7' can never hold here", id="a dead one"
    ),
    pytest.param(
        "all: [{nps: 3}, {none: [{all: [{nps: {at_most: 6}}, {tier: gold}]}]}]",
        "3:35",
        "'nps at most 6' always holds here",
        id="in what is kept out",
    ),
    pytest.param("none: [{nps: {is: 8, at_most: 6}}]", "3:11", "so it keeps nothing out", id="keeps nothing out"),
    pytest.param("all: [{says: refund}, {says: refund}]", "3:26", "is here twice", id="the same words"),
    pytest.param("all: [{sentiment: [mixed, negative]}, {sentiment: mixed}]", "3:10", "always holds", id="sentiments"),
    pytest.param("all: [{months: {missing: false}}, {months: {at_least: 3}}]", "3:10", "always holds", id="present"),
]


@pytest.mark.parametrize(("when", "place", "said"), WARNED)
def test_what_says_nothing_is_a_warning(when: str, place: str, said: str) -> None:
    loaded = load(when)
    assert len(loaded.findings) == 1, [str(finding) for finding in loaded.findings]
    assert str(loaded.findings[0]).startswith(f"r.yaml:{place}: warning: ")
    assert said in loaded.findings[0].message
    assert len(loaded.rules) == 1


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("all: [{nps: {at_least: 3}}, {nps: {at_most: 7}}]", id="a range in two"),
        pytest.param("any: [{nps: {at_most: 3}}, {nps: {at_least: 7}}]", id="either end"),
        pytest.param("{nps: {at_most: 8}, none: [{nps: {between: [2, 3]}}]}", id="a hole"),
        pytest.param("all: [{tier: [gold, silver]}, {tier: [silver, basic]}]", id="values that overlap"),
        pytest.param("{tier: [gold, silver], none: [{tier: silver}]}", id="one of two kept out"),
        pytest.param("all: [{unit: emea}, {none: [{unit: emea/uk}]}]", id="a unit without one below"),
        pytest.param("all: [{emotion: anger}, {emotion: joy}]", id="two emotions"),
        pytest.param("all: [{emotion: neutral}, {topic: digital}]", id="neutral about something"),
        pytest.param("all: [{topic: digital}, {none: [{topic: digital/reliability}]}]", id="a group without one"),
        pytest.param("all: [{intent: churn}, {intent: {is: churn, at_least: 0.8}}]", id="held and sure"),
        pytest.param("any: [{all: [{nps: 1}, {csat: 1}]}, {all: [{nps: 2}, {csat: 1}]}]", id="in two alternatives"),
        pytest.param("any: [{nps: {missing: true}}, {nps: {at_most: 6}}]", id="low or none"),
        pytest.param("all: [{attribute.x: '14'}, {attribute.x: '14.0'}]", id="texts that one number may be"),
        pytest.param("all: [{emotion: {is: anger, speaker: agent}}, {none: [{emotion: anger}]}]", id="an angry agent"),
        pytest.param(
            "all: [{emotion: {is: neutral, within_first: {sentences: 1}}}, {emotion: anger}]", id="neutral at first"
        ),
        pytest.param("all: [{same_sentence: [{emotion: anger}, {topic: digital}]}, {emotion: anger}]", id="together"),
        pytest.param("all: [{status: read}, {emotion: anger}]", id="read, said aloud"),
    ],
)
def test_what_may_be_meant_is_not_told(when: str) -> None:
    assert load(when).findings == ()


def test_one_rule_that_can_never_hold_leaves_the_others() -> None:
    bad, good = "rule: a\nwhen: {all: [{nps: 1}, {nps: 2}]}\n", "rule: b\nwhen: {nps: 1}\n"
    loaded = load_rules(Program(rule_files=(RuleFile("r.yaml", bad + "---\n" + good),)), TAXONOMY)
    assert [rule.slug for rule in loaded.rules] == ["b"]
    assert len(loaded.errors) == 1


HUGE = [
    pytest.param("all: [" + ", ".join(f"{{nps: {{at_most: {n % 9}.{n}}}}}" for n in range(9_000)) + "]", id="all"),
    pytest.param(
        "any: [" + ", ".join(f"{{all: [{{nps: {n % 9}}}, {{csat: 1}}]}}" for n in range(9_000)) + "]", id="any"
    ),
    pytest.param(
        "all: [{nps: 1}, {any: [" + ", ".join(f"{{attribute.a{n}: {n}}}" for n in range(9_000)) + "]}]", id="names"
    ),
    pytest.param("attribute.x: [" + ", ".join(f"v{n}" for n in range(60_000)) + "]", id="values"),
    pytest.param("{all: [" * 9 + "{nps: 1}, {csat: 1}" + "]}" * 9, id="deep"),
]


@pytest.mark.parametrize("when", HUGE)
def test_hostile_rules_are_checked_in_bounded_time(when: str) -> None:
    began = time.perf_counter()
    assert len(load(when).rules) == 1
    assert time.perf_counter() - began < 20
