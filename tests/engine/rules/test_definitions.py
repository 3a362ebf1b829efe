"""Conditions that rules share by name."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.program import Program, RuleFile
from engine.rules.grounds import Ground, grounds
from engine.rules.load import LoadedRules, load_rules
from engine.rules.reasons import failures, reasons, unknowns
from engine.rules.truth import Truth
from tests.engine.rules.test_conditions import case
from tests.support.keyword_reader import TAXONOMY

UPSET = "upset: {emotion: anger}\n"


def load(define: str, *whens: str, **files: str) -> LoadedRules:
    rules = "---\n".join(f"rule: r{number}\nwhen: {when}\n" for number, when in enumerate(whens))
    found = {"_define.yaml": define, "rules.yaml": rules, **files}
    program = Program(rule_files=tuple(RuleFile(name, text) for name, text in found.items()))
    return load_rules(program, TAXONOMY)


def told(loaded: LoadedRules) -> list[str]:
    return [str(finding) for finding in loaded.findings]


@pytest.mark.parametrize(
    ("define", "when", "text", "truth"),
    [
        pytest.param(UPSET, "{meets: upset}", "furious", Truth.YES, id="a name"),
        pytest.param(UPSET, "{meets: upset}", "maybe furious", Truth.UNKNOWN, id="unknown stays unknown"),
        pytest.param(UPSET, "{none: [{meets: upset}]}", "furious", Truth.NO, id="under none"),
        pytest.param(UPSET + "gone: {intent: churn}", "{meets: [upset, gone]}", "leaving", Truth.YES, id="any of"),
        pytest.param(
            "a: {meets: b}\nb: {emotion: anger}", "{meets: a}", "furious", Truth.YES, id="one above the other"
        ),
        pytest.param("a: {all: [{nps: 1}, {channel: x}]}", "{meets: a}", "furious", Truth.NO, id="a group"),
    ],
)
def test_a_rule_holds_as_what_it_names(define: str, when: str, text: str, truth: Truth) -> None:
    loaded = load(define, when)
    assert told(loaded) == []
    assert loaded.rules[0].evaluate(case(text)) is truth
    assert loaded.rules[0].explain(case(text)).truth is truth


def test_an_explanation_says_the_name_and_shows_what_is_inside() -> None:
    loaded = load("upset: {emotion: anger, nps: {at_most: 6}}", "{meets: upset}")
    rule = loaded.rules[0]
    trace = rule.explain(case("furious", scores={"nps": 2}))
    assert trace.condition == "meets upset"
    assert [child.condition for child in trace.children[0].children] == ["emotion anger", "nps at most 6"]
    assert reasons(trace) == ("emotion anger (found anger/anger 0.9 (holds))", "nps at most 6 (found 2)")
    assert failures(rule.explain(case("furious"))) == ["nps at most 6 is no (found None)"]
    unsure = rule.explain(case("maybe furious", scores={"nps": 2}))
    assert unknowns(unsure) == ("unsure: emotion anger (found anger/anger 0.4 (unsure))",)
    assert grounds(rule.when, case("furious", scores={"nps": 2})) == (Ground("emotion", "anger/anger", 0),)


BAD = [
    pytest.param("a: {emotion: angr}", ["_define.yaml:1:14: error: unknown emotion"], id="an error inside"),
    pytest.param("a: {nps: 1, x: 2}", ["_define.yaml:1:13: error: unknown condition 'x'"], id="a word"),
    pytest.param("a: {}", ["_define.yaml:1:4: error: a condition is empty"], id="empty"),
    pytest.param("a: b", ["_define.yaml:1:4: error: a condition must be a mapping"], id="a name for a name"),
    pytest.param(
        "a: {meets: a}", ["_define.yaml:1:12: error: definition 'a' comes back to itself (a -> a)"], id="itself"
    ),
    pytest.param(
        "a: {meets: b}\nb: {all: [{meets: c}]}\nc: {meets: a}",
        ["_define.yaml:1:12: error: definition 'a' comes back to itself (a -> b -> c -> a); take one"],
        id="a cycle",
    ),
    pytest.param(
        "a: {meets: b}\nb: {meets: b, nps: 11}",
        [
            "_define.yaml:2:12: error: definition 'b' comes back to itself (b -> b)",
            "_define.yaml:2:20: error: nps goes from 0 to 10; 11 is outside",
            "_define.yaml:1:12: error: definition 'b' has errors (_define.yaml:2)",
        ],
        id="a cycle with another error, used by another",
    ),
    pytest.param(
        "a: {meets: upsett}\n" + UPSET, ["1:12: error: unknown definition 'upsett'; did you mean 'upset'?"], id="a name"
    ),
    pytest.param("a: {meets: {is: b}}", ["error: 'meets' must name a definition"], id="a mapping"),
    pytest.param("a: {meets: []}", ["error: 'meets' names no definition"], id="no name"),
    pytest.param(
        "a: {all: [{nps: 1}, {count: {at_least: 3}}]}",
        ["1:22: error: a condition over time cannot be defined"],
        id="count",
    ),
    pytest.param("a: {spike: {}}", ["1:5: error: a condition over time cannot be defined"], id="spike"),
]


@pytest.mark.parametrize(("define", "said"), BAD)
def test_an_error_is_told_once_where_it_stands_and_stops_who_uses_it(define: str, said: list[str]) -> None:
    loaded = load(define, "{meets: a, all: [{meets: a}]}", "{nps: 1}")
    *inside, outside = [str(error) for error in loaded.errors]
    assert len(inside) == len(said)
    assert all(wanted in one for one, wanted in zip(inside, said, strict=True)), inside
    assert outside == "rules.yaml:2:15: error: definition 'a' has errors (_define.yaml:1); mend it there first"
    assert [rule.slug for rule in loaded.rules] == ["r1"]


@pytest.mark.parametrize(
    ("define", "said"),
    [
        pytest.param("- a", "1:1: error: the definitions must be a mapping", id="a list"),
        pytest.param("a: {nps: 1}\n---\nb: {nps: 1}", "3:1: error: this file holds one document", id="two documents"),
        pytest.param("Upset: {nps: 1}", "1:1: error: 'Upset' cannot name a definition", id="a bad name"),
        pytest.param("a: {nps: 1}\na: {nps: 2}", "2:1: error: 'a' is here twice", id="twice"),
        pytest.param("a: {nps: 1", "error: this is not valid YAML", id="no YAML"),
    ],
)
def test_a_bad_file_of_definitions_is_told_and_the_rules_load(define: str, said: str) -> None:
    loaded = load(define, "{nps: 1}")
    assert said in told(loaded)[0]
    assert [rule.slug for rule in loaded.rules] == ["r0"]


def test_a_file_of_definitions_deeper_down_is_an_error() -> None:
    loaded = load(UPSET, "{meets: upset}", **{"team/_define.yaml": "gone: {intent: churn}"})
    said = "error: definitions stand in one _define.yaml at the top of the rules folder; move them there"
    assert told(loaded) == [f"team/_define.yaml:1:1: {said}"]
    assert len(loaded.rules) == 1


def test_without_definitions_the_error_says_where_they_go() -> None:
    loaded = load_rules(Program(rule_files=(RuleFile("r.yaml", "rule: r\nwhen: {meets: x}"),)), TAXONOMY)
    assert "unknown definition 'x'; conditions are defined in _define.yaml" in told(loaded)[0]


def test_what_no_rule_uses_is_a_warning() -> None:
    loaded = load("a: {meets: b}\nb: {nps: 1}\nc: {meets: d}\nd: {nps: 2}", "{meets: a}")
    assert told(loaded) == [
        "_define.yaml:3:1: warning: no rule uses definition 'c'; remove it, or name it with 'meets'",
        "_define.yaml:4:1: warning: no rule uses definition 'd'; remove it, or name it with 'meets'",
    ]


DEFINE = "a: {meets: b}\nb: {nps: 1}\nc: {nps: 2}\n"


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        pytest.param(DEFINE.replace("c: {nps: 2}", "c: {nps: 3}"), {2}, id="its own definition"),
        pytest.param(DEFINE.replace("b: {nps: 1}", "b: {nps: 3}"), {1}, id="what its definition uses"),
        pytest.param("# a word\n" + DEFINE.replace("{nps: 1}", "\n  nps: 1"), set(), id="only comments and lines"),
        pytest.param("d: {nps: 5}\n" + DEFINE, set(), id="a definition more"),
        pytest.param(DEFINE.replace("{meets: b}", "{nps: 1}"), {1}, id="written out"),
    ],
)
def test_a_rule_s_version_changes_with_the_definitions_that_it_uses(changed: str, rules: set[int]) -> None:
    whens = ("{nps: 1}", "{meets: a}", "{meets: c}")
    before, after = load(DEFINE, *whens), load(changed, *whens)
    pairs = enumerate(zip(before.rules, after.rules, strict=True))
    assert {number for number, (old, new) in pairs if old.version != new.version} == rules


def test_a_window_can_count_a_definition_and_changes_with_it() -> None:
    whens = ("{count: {at_least: 3, within: 1h, of: {meets: a}}}", "{count: {at_least: 3, within: 1h, of: {rule: r0}}}")
    before, after = load(DEFINE + UPSET, *whens), load((DEFINE + UPSET).replace("{nps: 1}", "{nps: 4}"), *whens)
    assert not before.errors
    assert [old.version != new.version for old, new in zip(before.rules, after.rules, strict=True)] == [True, True]


def test_what_a_window_counts_is_bounded_too() -> None:
    of = "{any: [{meets: d0}, {meets: d0}, {meets: d0}]}"
    loaded = load(doubling(11), f"{{nps: 1, count: {{at_least: 3, within: 1h, of: {of}}}}}")
    assert "the rule has more than 10,000 conditions" in told(loaded)[0]


def doubling(names: int) -> str:
    lines = [f"d{n}: {{any: [{{meets: d{n + 1}}}, {{meets: d{n + 1}}}]}}" for n in range(names)]
    return "\n".join([*lines, f"d{names}: {{nps: 1}}"])


def chain(names: int) -> str:
    return "\n".join([*(f"d{n}: {{meets: d{n + 1}}}" for n in range(names)), f"d{names}: {{nps: 1}}"])


@pytest.mark.parametrize(
    ("define", "said"),
    [
        pytest.param(doubling(60), "has more than 10,000 conditions once its definitions are written out", id="a bomb"),
        pytest.param(chain(40), "is nested deeper than 32 levels once its definitions are written out", id="a chain"),
        pytest.param(chain(20_000), "is nested deeper than 32 levels", id="a chain as long as the file"),
        pytest.param(
            "\n".join(f"d{n}: {{meets: [{', '.join(f'd{m}' for m in range(100))}]}}" for n in range(100)),
            "comes back to itself",
            id="all use all",
        ),
        pytest.param(
            "d0: {meets: [" + ", ".join(f"x{n}" for n in range(90_000)) + "]}", "unknown definition", id="names"
        ),
    ],
)
def test_hostile_definitions_are_refused_in_bounded_time(define: str, said: str) -> None:
    start = time.monotonic()
    loaded = load(define, "{meets: d0}", "{nps: 1}")
    assert time.monotonic() - start < 30
    assert any(said in error.message for error in loaded.errors)
    assert all(len(error.message) < 600 for error in loaded.errors)
    assert [rule.slug for rule in loaded.rules] == ["r1"]


def test_a_rule_can_be_too_large_where_its_definitions_are_not() -> None:
    many = ", ".join("{nps: 1}" for _ in range(3_000))
    loaded = load(f"d: {{any: [{many}]}}", "{all: [{meets: d}, {meets: d}, {meets: d}, {meets: d}]}", "{meets: d}")
    said = "error: the rule has more than 10,000 conditions once its definitions are written out; use fewer"
    assert told(loaded) == [f"rules.yaml:2:7: {said}"]
    assert [rule.slug for rule in loaded.rules] == ["r1"]


names = st.sampled_from("abcdef")
bodies = st.one_of(
    names.map(lambda name: f"{{meets: {name}}}"),
    st.lists(names, min_size=1, max_size=4).map(lambda some: f"{{meets: [{', '.join(some)}]}}"),
    st.lists(names, min_size=1, max_size=3).map(
        lambda some: f"{{all: [{', '.join(f'{{meets: {n}}}' for n in some)}]}}"
    ),
    st.sampled_from(["{nps: 1}", "{emotion: anger}", "{nps: 11}"]),
)


@given(st.dictionaries(names, bodies, min_size=1))
def test_any_web_of_definitions_loads_or_says_why(web: dict[str, str]) -> None:
    loaded = load("\n".join(f"{name}: {body}" for name, body in web.items()), *(f"{{meets: {name}}}" for name in web))
    good = {rule.slug for rule in loaded.rules}
    for number in range(len(web)):
        line = 2 + 3 * number
        errors = [one for one in loaded.errors if one.file == "rules.yaml" and one.line == line]
        assert len(errors) == (f"r{number}" not in good)
    for rule in loaded.rules:
        assert rule.evaluate(case("furious")) is rule.explain(case("furious")).truth
