"""Mutants: each change that no example notices is told at its place, with the example that would notice."""

from __future__ import annotations

import time

import pytest

from engine.program import AttributeSpec, Program, RuleFile
from engine.rules.check import check_examples
from engine.rules.load import LoadedRules, load_rules
from engine.rules.mutate import MOST_OF_A_RULE, Mutation, mutate
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY, KeywordReader

PROGRAM = Program(
    attributes={
        "tier": AttributeSpec("tier", "one_of", ("gold", "silver", "basic")),
        "months": AttributeSpec("months", "number"),
    }
)


def loaded(text: str) -> LoadedRules:
    found = load_rules(Program(attributes=PROGRAM.attributes, rule_files=(RuleFile("r.yaml", text),)), TAXONOMY)
    assert not found.errors, found.errors
    return found


def tried(rules: LoadedRules) -> Mutation:
    return mutate(rules, check_examples(rules.rules, rules.program, KeywordReader(), NOON).trials)


def mutation(when: str, fires: str, quiet: str = "", status: str = "shadow") -> Mutation:
    text = f"rule: r\nstatus: {status}\nwhen:\n  {when}\nexamples:\n  fires: [{fires}]\n  stays_quiet: [{quiet}]\n"
    return tried(loaded(text))


ANGRY = "labels: {emotion: anger}"
ALIVE = [
    pytest.param(
        "nps: {at_most: 6}",
        "{text: x, nps: 1}",
        "{text: x, nps: 9}",
        {
            "4:9 'nps at_most 6' becomes 5; add an example with nps 6 that fires",
            "4:9 'nps at_most 6' becomes 7; add an example with nps 7 that stays quiet",
        },
        id="a bound on both sides",
    ),
    pytest.param("nps: {at_most: 6}", "{text: x, nps: 6}", "{text: x, nps: 7}", set(), id="a bound with both examples"),
    pytest.param(
        "nps: {between: [0, 6]}",
        "{text: x, nps: 6}",
        "{text: x, nps: 7}",
        {"4:19 'nps at_least 0' becomes 1; add an example with nps 0 that fires"},
        id="the lower end, which cannot be lower",
    ),
    pytest.param(
        "emotion: {is: anger, at_least: 0.8}",
        f"{{text: x, {ANGRY}}}",
        "{text: x, labels: {}}",
        {
            "4:24 'emotion at_least 0.8' becomes 0.7; add an example with emotion anger at 0.7 that stays quiet",
            "4:24 'emotion at_least 0.8' becomes 0.9; add an example with emotion anger at 0.8 that fires",
        },
        id="a confidence",
    ),
    pytest.param(
        "emotion: {is: anger, at_least: 0.8}",
        "{text: x, labels: {emotion: {anger: 0.8}}}",
        "{text: x, labels: {emotion: {anger: 0.7}}}",
        set(),
        id="a confidence that is pinned",
    ),
    pytest.param(
        "tier: [gold, silver]",
        "{text: x, tier: gold}",
        "{text: x, tier: basic}",
        {"4:16 'silver' is left out of tier; add an example with tier 'silver' and no other of the list, that fires"},
        id="a value of a list",
    ),
    pytest.param(
        "{emotion: anger, tier: gold}",
        f"{{text: x, tier: gold, {ANGRY}}}",
        f"{{text: x, tier: basic, {ANGRY}}}",
        {"4:4 'emotion: anger' is left out; add an example where all but 'emotion: anger' holds, that stays quiet"},
        id="a condition",
    ),
    pytest.param(
        "{emotion: anger, none: [{tier: gold}]}",
        f"{{text: x, {ANGRY}}}",
        "{text: x, labels: {}}",
        {
            (
                "4:20 'none: [{tier: gold}]' is left out; "
                "add an example where all but 'none: [{tier: gold}]' holds, that stays quiet"
            )
        },
        id="what is kept out",
    ),
    pytest.param(
        "any: [{nps: 1}, {tier: gold}]",
        "{text: x, nps: 1, tier: gold}, {text: x, nps: 1, tier: basic}",
        "{text: x}",
        {"4:20 'tier: gold' is left out; add an example where of these only 'tier: gold' holds, that fires"},
        id="an alternative",
    ),
    pytest.param(
        "all: [{nps: 1}, {tier: gold}]",
        "{text: x, nps: 1, tier: gold}",
        "{text: x}",
        {
            "4:3 'all' becomes 'any'; add an example where some, but not all, of these hold, that stays quiet",
            "4:10 'nps: 1' is left out; add an example where all but 'nps: 1' holds, that stays quiet",
            "4:20 'tier: gold' is left out; add an example where all but 'tier: gold' holds, that stays quiet",
        },
        id="all of two",
    ),
    pytest.param(
        "{nps: {at_most: 6}, none: [{months: {at_least: 24}}]}",
        "{text: x, nps: 6, months: 1}",
        "{text: x, nps: 7}, {text: x, nps: 6, months: 60}, {text: x, months: 1}",
        {
            "4:40 'months at_least 24' becomes 23; add an example with months 23 that fires",
            "4:40 'months at_least 24' becomes 25; add an example with months 24 that stays quiet",
        },
        id="a bound of what is kept out",
    ),
    pytest.param(
        "count: {at_least: 3, within: 24h}",
        "{text: x, repeat: 5}",
        "{text: x}",
        {
            "4:11 'count at_least 3' becomes 2; add an example with 'repeat: 2' that stays quiet",
            "4:11 'count at_least 3' becomes 4; add an example with 'repeat: 3' that fires",
        },
        id="a threshold over time",
    ),
    pytest.param(
        "count: {at_least: 3, within: 24h}",
        "{text: x, repeat: 3}",
        "{text: x, repeat: 2}",
        set(),
        id="both sides of it",
    ),
    pytest.param(
        "says: {all: [cancel*, [contract, plan]], near: {words: 3}}",
        "{text: cancelling my contract}",
        "{text: contract}, {text: cancel}",
        {
            "4:51 'says words 3' becomes 2; add an example between 'words' as it is and 2, that fires",
            "4:51 'says words 3' becomes 4; add an example between 'words' as it is and 4, that stays quiet",
            "4:36 'plan' is left out of says; add an example with says 'plan' and no other of the list, that fires",
        },
        id="words",
    ),
    pytest.param(
        "together: {sentences: 2, all: [{emotion: anger}, {topic: digital}]}",
        "{sentences: [{text: A., emotion: anger}, {text: B., topic: ease-of-use}]}",
        "{sentences: [{text: A., emotion: anger}, {text: B.}, {text: C., topic: ease-of-use}]}, {text: x, labels: {}}",
        set(),
        id="sentences that stand together",
    ),
    pytest.param(
        "{share: {of: {tier: gold}, at_least: 20%, within: 24h}}",
        "{text: x, tier: gold, repeat: 30}",
        "{text: x, tier: basic, repeat: 30}",
        {
            (
                "4:30 'share at_least 20%' becomes 15%; add an example between 'at_least' as it is and 15%, that stays "
                "quiet"
            ),
            "4:30 'share at_least 20%' becomes 25%; add an example between 'at_least' as it is and 25%, that fires",
        },
        id="a share",
    ),
]


@pytest.mark.parametrize(("when", "fires", "quiet", "alive"), ALIVE)
def test_what_no_example_notices(when: str, fires: str, quiet: str, alive: set[str]) -> None:
    found = mutation(when, fires, quiet)
    said = {
        f"{one.line}:{one.column} " + one.message.removeprefix("no example of rule 'r' notices when ")
        for one in found.alive
    }
    assert said == alive
    assert all(one.level == "warning" and one.file == "r.yaml" for one in found.alive)
    assert found.tried > 0
    assert found.untried == 0


@pytest.mark.parametrize(
    ("when", "fires"),
    [
        pytest.param("nps: {at_most: 6}", "", id="no examples"),
        pytest.param("nps: {at_most: 6}", "{text: x, nps: 9}", id="only one that fails"),
    ],
)
def test_without_a_good_example_nothing_is_tried(when: str, fires: str) -> None:
    assert mutation(when, fires) == Mutation(0, (), 0)


def test_rules_that_are_not_evaluated_are_passed_over() -> None:
    assert mutation("nps: {at_most: 6}", "{text: x, nps: 1}", status="draft").tried == 0


def test_the_model_reads_what_is_not_pinned() -> None:
    found = mutation(
        "{emotion: anger, intent: churn}", "{text: furious and leaving}", "{text: furious}, {text: leaving}"
    )
    assert found.alive == ()


def test_a_rule_that_counts_another_rule_s_matches() -> None:
    counted = "rule: a\nwhen: {intent: churn}\n"
    counting = "rule: b\nstatus: shadow\nwhen: {count: {of: {rule: a}, at_least: 2, within: 24h}}\n"
    counting += "examples:\n  fires: [{text: leaving, repeat: 2}]\n  stays_quiet: [{text: leaving}]\n"
    found = tried(loaded(counted + "---\n" + counting))
    assert (found.alive, found.caught > 0) == ((), True)


def test_the_order_and_the_outcome_are_always_the_same() -> None:
    text = "all: [{emotion: [anger, joy]}, {any: [{nps: {at_most: 3}}, {tier: [gold, basic]}]}]"
    once, again = (mutation(text, "{text: furious, nps: 1}", "{text: hello}") for _ in range(2))
    assert once == again


def test_the_number_of_mutants_is_bounded() -> None:
    values = ", ".join(f"v{number}" for number in range(20_000))
    began = time.perf_counter()
    found = mutation(f"attribute.x: [{values}]", "{text: x, attribute.x: v1}", "{text: x}")
    assert found.tried <= MOST_OF_A_RULE
    assert found.tried + found.untried >= 20_000
    assert time.perf_counter() - began < 60


def test_where_unsure_is_enough_an_unsure_example_notices_changes() -> None:
    text = "rule: r\nstatus: shadow\nif_unsure: alert\nwhen: {emotion: anger, nps: {at_most: 6}}\n"
    found = tried(loaded(text + "examples: {fires: [{text: maybe furious, nps: 6}]}\n"))
    assert found.caught > 0
