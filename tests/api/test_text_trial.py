"""Trying a text: every rule says what it would do, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.console.feedback.judged import Judged, Rank, held_of, judged_of
from engine.pipeline import Engine
from engine.program import Program, RuleFile
from engine.rules.conditions import ALL, ANY, NONE
from engine.rules.load import load_rules
from engine.rules.trace import Trace
from engine.rules.truth import Truth
from engine.store.store import Store
from engine.text_trial import try_text
from tests.support.clock import StillClock
from tests.support.engines import feedback
from tests.support.keyword_reader import TAXONOMY, KeywordReader
from tests.support.service import RULES

EXAMPLES = "examples: {fires: [{text: a}, {text: b}, {text: c}], stays_quiet: [{text: a}, {text: b}, {text: c}]}\n"
MORE = (
    "rule: busy\nstatus: live\nwhen: {count: {at_least: 4, within: 1d}}\n" + EXAMPLES,
    "rule: chased\nstatus: live\nwhen: {intent: complaint, count: {per: customer, at_least: 2, within: 1d}}\n"
    + EXAMPLES,
    "rule: planned\nstatus: draft\nwhen: {intent: churn}\n",
    "rule: careful\nstatus: live\nif_unsure: alert\nwhen: {intent: churn}\n" + EXAMPLES,
)


@pytest.fixture
def engine() -> Iterator[Engine]:
    store = Store("sqlite://")
    store.migrate()
    text = "---\n".join((RULES, *MORE))
    loaded = load_rules(Program(rule_files=(RuleFile("rules.yaml", text),)), TAXONOMY)
    yield Engine(store, KeywordReader(), loaded, StillClock())
    store.close()


def judged(engine: Engine, text: str, **scores: float) -> dict[str, Judged]:
    one = feedback(1, text, scores=scores, customer="c1")
    found = try_text(engine, one, engine.read([one])[0])
    assert engine.store.records.count() == 0
    opened = {each.addressed.alert.rule for each in found.tried if each.held is None}
    told = judged_of(found.explained, found.rules.by_slug, is_trial=True)
    fired = {each.explained.rule for each in told if each.rank is Rank.FIRED}
    # What is shown as firing opens an alert; a review is shown as unsure, and a pattern as counted.
    assert fired == opened - {"busy", "chased"} - {each.explained.rule for each in told if each.rank is Rank.UNSURE}
    return {each.explained.rule: each for each in told}


@pytest.mark.parametrize(
    ("text", "nps", "rule", "rank", "says"),
    [
        pytest.param("furious", 2, "furious", Rank.FIRED, "Would alert", id="it holds"),
        pytest.param("furious", 9, "furious", Rank.QUIET, "Stays quiet", id="half of it holds"),
        pytest.param("bad", 5, "watched", Rank.HELD_BACK, "a shadow rule tells nobody", id="a shadow rule"),
        pytest.param("maybe furious", 1, "furious", Rank.UNSURE, "stays quiet then", id="unsure, and skipped"),
        pytest.param("maybe leaving", 5, "leaving", Rank.UNSURE, "asked to look", id="unsure, and reviewed"),
        pytest.param("maybe leaving", 5, "careful", Rank.FIRED, "Would alert", id="unsure, and alerted"),
        pytest.param("leaving", 5, "planned", Rank.NOT_JUDGED, "a draft; its conditions hold", id="a draft"),
        pytest.param("hello", 5, "planned", Rank.NOT_JUDGED, "the rule is a draft", id="a draft that does not hold"),
        pytest.param("hello", 5, "busy", Rank.UNSURE, "Would be counted", id="a pattern of all feedback"),
        pytest.param("bad", 5, "chased", Rank.UNSURE, "Would be counted", id="a pattern that counts it"),
        pytest.param("hello", 5, "chased", Rank.QUIET, "Stays quiet", id="a pattern that does not"),
    ],
)
def test_a_rule_says_what_it_would_do(engine: Engine, text: str, nps: float, rule: str, rank: Rank, says: str) -> None:
    found = judged(engine, text, nps=nps)[rule]
    assert found.rank is rank
    assert says in found.said


def test_what_fired_comes_first_and_then_what_came_nearest(engine: Engine) -> None:
    order = list(judged(engine, "furious", nps=2))
    assert order[:2] == ["furious", "low-score"]
    ranks = [one.rank for one in judged(engine, "furious bad", nps=9).values()]
    assert ranks == sorted(ranks)
    assert list(judged(engine, "furious", nps=9))[1:3] == ["furious", "careful"]


def leaf(truth: Truth) -> Trace:
    return Trace("nps at most 6", truth)


YES, NO, UNKNOWN = leaf(Truth.YES), leaf(Truth.NO), leaf(Truth.UNKNOWN)


@pytest.mark.parametrize(
    ("trace", "held"),
    [
        pytest.param(YES, (1, 1), id="one that holds"),
        pytest.param(UNKNOWN, (0, 1), id="one that is unsure"),
        pytest.param(Trace(ALL, Truth.NO, children=(YES, NO, YES)), (2, 3), id="all"),
        pytest.param(Trace(NONE, Truth.NO, children=(YES, NO)), (1, 2), id="none"),
        pytest.param(
            Trace(ANY, Truth.NO, children=(NO, Trace(ALL, Truth.NO, children=(YES, YES, NO)))), (2, 3), id="any"
        ),
        pytest.param(Trace(ANY, Truth.YES, children=(YES, Trace(ALL, Truth.NO, children=(YES, NO)))), (1, 1), id="won"),
        pytest.param(Trace("within 2 sentences", Truth.NO, children=(YES, NO)), (0, 1), id="together"),
    ],
)
def test_conditions_that_held_are_counted(trace: Trace, held: tuple[int, int]) -> None:
    assert held_of(trace) == held
