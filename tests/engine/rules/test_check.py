"""Examples of rules, judged: each failure at its place, with the conditions behind it."""

from __future__ import annotations

import pytest

from engine.program import Program, RuleFile
from engine.rules.check import check_examples
from engine.rules.load import load_rules
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY, KeywordReader


def check(when: str, kind: str, example: str, more: str = "") -> list[str]:
    text = f"rule: r\nwhen: {when}\nexamples:\n  {kind}:\n    - {example}\n{more}"
    program = Program(rule_files=(RuleFile("r.yaml", text),))
    loaded = load_rules(program, TAXONOMY)
    assert not loaded.findings
    return [str(finding) for finding in check_examples(loaded.rules, program, KeywordReader(), NOON).findings]


@pytest.mark.parametrize(
    ("when", "kind", "example"),
    [
        pytest.param("{emotion: anger}", "fires", "{text: furious}", id="a label"),
        pytest.param("{emotion: anger}", "stays_quiet", "{text: maybe furious}", id="unsure is quiet"),
        pytest.param("{emotion: anger}", "stays_quiet", "{text: ''}", id="nothing to read is quiet"),
        pytest.param("{attribute.tier: gold}", "fires", "{text: x, attribute.tier: gold}", id="an attribute"),
        pytest.param("{unit: emea}", "fires", "{text: x, unit: emea/uk}", id="a unit"),
        pytest.param(
            "{emotion: anger}", "stays_quiet", "{parts: [{text: furious, speaker: agent}]}", id="only the customer"
        ),
    ],
)
def test_an_example_that_does_what_it_should_is_not_told(when: str, kind: str, example: str) -> None:
    assert check(when, kind, example) == []


@pytest.mark.parametrize(
    ("when", "kind", "example", "said"),
    [
        pytest.param("{emotion: anger}", "fires", "{text: hello}", "emotion anger is no", id="a label is no"),
        pytest.param("{emotion: anger}", "fires", "{text: maybe furious}", "emotion anger is unknown", id="unsure"),
        pytest.param("{nps: {at_most: 6}}", "fires", "{text: x}", "nps at most 6 is no (found None)", id="missing"),
        pytest.param(
            "{none: [{emotion: anger}]}", "fires", "{text: furious}", "none of: emotion anger is yes", id="none"
        ),
        pytest.param("{any: [{nps: 1}, {csat: 1}]}", "fires", "{text: x}", "nps 1 is no", id="any of, the first"),
        pytest.param("{any: [{nps: 1}, {csat: 1}]}", "fires", "{text: x}", "csat 1 is no", id="any of, the second"),
        pytest.param("{nps: 1}", "stays_quiet", "{text: x, nps: 1}", "should stay quiet", id="should stay quiet"),
    ],
)
def test_an_example_that_fails_is_a_warning_with_its_reason(when: str, kind: str, example: str, said: str) -> None:
    (found,) = check(when, kind, example)
    assert found.startswith("r.yaml:5:7: warning: rule 'r' should ")
    assert said in found


@pytest.mark.parametrize(
    ("example", "said"),
    [
        pytest.param("{nps: 1}", "neither text, parts nor a transcript", id="no words"),
        pytest.param("{text: x, nps: 11}", "it goes from 0 to 10", id="a score out of range"),
        pytest.param("{text: x, nps: many}", "must be a number", id="a score in words"),
        pytest.param("{text: [x]}", "text must be text", id="a list as text"),
        pytest.param("{parts: [{txt: x}]}", "did you mean 'text'?", id="a field of a part"),
        pytest.param("{text: x, unit: /}", "unit must be a path", id="a unit"),
    ],
)
def test_an_example_that_is_no_feedback_is_an_error(example: str, said: str) -> None:
    (found,) = check("{nps: 1}", "fires", example)
    assert found.startswith("r.yaml:5:7: error: this example is not valid: ")
    assert said in found


def test_where_unsure_is_enough_an_example_that_the_model_is_unsure_of_fires() -> None:
    enough = "if_unsure: alert\n"
    assert check("{emotion: anger}", "fires", "{text: maybe furious}", enough) == []
    (found,) = check("{emotion: anger}", "stays_quiet", "{text: maybe furious}", enough)
    assert "should stay quiet" in found
    assert found.endswith("is unknown (found anger/anger 0.4 (unsure)), and then the rule alerts (if_unsure: alert)")
    (review,) = check("{emotion: anger}", "fires", "{text: maybe furious}", "if_unsure: review\n")
    assert "should fire" in review


def test_no_rules_have_nothing_to_tell() -> None:
    assert check_examples((), Program(), KeywordReader(), NOON).findings == []
