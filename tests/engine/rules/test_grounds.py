"""Grounds: the labels on which a rule held, with their sentences."""

from __future__ import annotations

import pytest

from engine.program import Program, RuleFile
from engine.rules.case import Case
from engine.rules.grounds import grounds
from engine.rules.load import load_rules
from tests.support.engines import feedback
from tests.support.keyword_reader import TAXONOMY, KeywordReader

TEXT = "The menu is fine. I am furious. maybe leaving. It is bad. maybe annoying."


@pytest.mark.parametrize(
    ("when", "found"),
    [
        pytest.param("{emotion: anger}", [("anger/anger", 1)], id="of a node, the strongest leaf"),
        pytest.param("{emotion: anger/annoyance}", [("anger/annoyance", 4)], id="a leaf"),
        pytest.param(
            "{all: [{intent: complaint}, {emotion: anger}]}", [("complaint", 3), ("anger/anger", 1)], id="all"
        ),
        pytest.param("{any: [{emotion: joy}, {intent: complaint}]}", [("complaint", 3)], id="any: what held"),
        pytest.param("{all: [{intent: churn}]}", [("churn", 2)], id="what the model is unsure of"),
        pytest.param("{any: [{intent: churn}, {nps: {at_most: 1}}]}", [], id="any: the score made it hold"),
        pytest.param("{none: [{emotion: joy}]}", [], id="what had to be absent"),
        pytest.param("{emotion: {is: joy, at_most: 0.5}}", [], id="an upper bound"),
        pytest.param("{all: [{emotion: joy}, {intent: complaint}]}", [], id="a rule that does not hold"),
        pytest.param("{nps: {at_most: 3}}", [], id="a score"),
        pytest.param("{all: [{emotion: anger}, {emotion: anger/anger}]}", [("anger/anger", 1)], id="each once"),
        pytest.param(
            "{emotion: {is: anger, within_last: {sentences: 1}}}", [("anger/annoyance", 4)], id="where the scope looks"
        ),
        pytest.param("{sentiment: mixed}", [], id="a sentiment"),
        pytest.param(
            "{together: {sentences: 2, all: [{emotion: anger}, {intent: complaint}, {none: [{topic: billing}]}]}}",
            [("anger/annoyance", 4), ("complaint", 3)],
            id="together: where they stand together",
        ),
        pytest.param(
            "{same_sentence: [{any: [{topic: billing}, {emotion: anger}]}, {says: furious}]}",
            [("anger/anger", 1)],
            id="in the same sentence: what held",
        ),
        pytest.param("{same_sentence: [{emotion: anger}, {intent: complaint}]}", [], id="not together"),
    ],
)
def test_the_labels_on_which_a_rule_held(when: str, found: list[tuple[str, int]]) -> None:
    rules = load_rules(Program(rule_files=(RuleFile("r.yaml", f"rule: r\nstatus: draft\nwhen: {when}\n"),)), TAXONOMY)
    assert not rules.errors
    case = Case(one := feedback(1, TEXT), KeywordReader().read([one.parts])[0])
    assert [(ground.label, ground.sentence) for ground in grounds(rules.rules[0].when, case)] == found


def test_nothing_read_gives_no_grounds() -> None:
    rules = load_rules(
        Program(rule_files=(RuleFile("r.yaml", "rule: r\nstatus: draft\nwhen: {emotion: anger}\n"),)), TAXONOMY
    )
    case = Case(one := feedback(1, ""), KeywordReader().read([one.parts])[0])
    assert grounds(rules.rules[0].when, case) == ()
