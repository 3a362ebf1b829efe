"""What an explanation says of rules over time: what their windows held, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.explanation import RuleExplanation
from engine.pipeline import Engine
from engine.program import Program, RuleFile
from engine.rules.load import load_rules
from engine.rules.truth import Truth
from engine.store.store import Store
from tests.support.clock import StillClock
from tests.support.engines import feedback
from tests.support.keyword_reader import TAXONOMY, KeywordReader

EXAMPLES = "examples: {fires: [{text: a}, {text: b}, {text: c}], stays_quiet: [{text: a}, {text: b}, {text: c}]}\n"
CHASED = "rule: chased\nstatus: live\nwhen: {intent: complaint, count: {per: customer, at_least: 2, within: 1d}}\n"
BUSY = "rule: busy\nstatus: live\nwhen: {count: {at_least: 4, within: 1d}}\nthen: {cooldown: 7d}\n"
ONCE = "rule: once\nstatus: live\nwhen: {intent: complaint}\nthen: {cooldown: {per: customer, for: 7d}}\n"
RULES = "---\n".join(text + EXAMPLES for text in (CHASED, BUSY, ONCE))


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Three complaints of one customer, a minute apart, and praise by another."""
    store, clock = Store("sqlite://"), StillClock()
    store.migrate()
    loaded = load_rules(Program(rule_files=(RuleFile("rules.yaml", RULES),)), TAXONOMY)
    assert not loaded.findings
    engine = Engine(store, KeywordReader(), loaded, clock)
    for number, text in enumerate(["bad", "bad", "bad", "great"]):
        clock.move(timedelta(minutes=1))
        engine.process([feedback(number, text, customer="c1" if text == "bad" else "c2")], notify=True)
    yield engine
    store.close()


def told(engine: Engine, number: int) -> dict[str, RuleExplanation]:
    return {one.rule: one for one in engine.explain("default", f"f{number}").rules}


def test_feedback_behind_a_signal_says_what_the_window_held_and_which_signal_came_of_it(engine: Engine) -> None:
    first, second, third = (told(engine, number)["chased"] for number in range(3))
    (signal,) = second.alerts
    assert (first.trace.truth, first.trace.children[1].found, first.alerts, first.signals) == (
        Truth.NO,
        "1",
        (),
        (signal,),
    )
    assert first.outcome == f"stands behind {signal}"
    assert (second.trace.children[1].found, second.outcome, second.signals) == ("2", f"opened {signal}", ())
    assert (third.trace.children[1].found, third.signals) == ("3", ())
    assert third.outcome == f"held back: signal_open ({signal})"
    assert told(engine, 3)["chased"].outcome == "did not hold"


def test_a_cooldown_names_the_alert_that_it_follows(engine: Engine) -> None:
    (alert,) = told(engine, 0)["once"].alerts
    assert told(engine, 1)["once"].outcome == f"held back: cooldown ({alert})"
    assert told(engine, 1)["once"].signals == ()


def test_a_rule_of_a_window_alone_is_told_as_its_window(engine: Engine) -> None:
    last = told(engine, 3)["busy"]
    assert (last.trace.condition, last.trace.truth, last.trace.found) == ("count at least 4 within 1d", Truth.YES, "4")
    assert last.trace.children == ()
    (signal,) = last.alerts
    assert told(engine, 0)["busy"].signals == (signal,)
