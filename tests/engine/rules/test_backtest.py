"""Backtests: the numbers an owner asks for, and what a changed rule gains and loses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.alerts.precision import Precision, precision_of
from engine.alerts.verdict import VerdictKind, admit_verdict
from engine.errors import MomentError
from engine.moments import parse_since
from engine.phrase_book import PhraseBook
from engine.pipeline import Engine
from engine.program import Program, RuleFile
from engine.rules.backtest import Backtest, differences
from engine.rules.load import LoadedRules, load_rules
from engine.store.alert_filter import AlertFilter
from engine.store.store import Store
from engine.stored_span import StoredSpan
from tests.support.clock import NOON, StillClock
from tests.support.engines import feedback
from tests.support.keyword_reader import TAXONOMY, KeywordReader

EXAMPLES = "examples: {fires: [{text: a}, {text: b}, {text: c}], stays_quiet: [{text: a}, {text: b}, {text: c}]}\n"
ANGRY = "rule: angry\nstatus: live\nwhen: {emotion: anger}\nthen: {cooldown: {per: customer, for: 2d}}\n" + EXAMPLES
WIDER = "rule: angry\nstatus: live\nmust_not_lose: true\nwhen: {any: [{emotion: anger}, {nps: 0}]}\n" + EXAMPLES
NARROW = WIDER.replace("[{emotion: anger}, {nps: 0}]", "[{emotion: anger/annoyance}, {nps: 0}]")


def loaded(text: str) -> LoadedRules:
    return load_rules(Program(rule_files=(RuleFile("r.yaml", text),)), TAXONOMY)


@pytest.fixture
def filled(tmp_path: object) -> Iterator[tuple[Store, StillClock]]:
    """Ten days: a furious and a plain customer every day, and one that is annoyed on the last."""
    store, clock = Store("sqlite://"), StillClock()
    store.migrate()
    engine = Engine(store, KeywordReader(), loaded(ANGRY), clock)
    for day in range(10):
        clock.move(timedelta(days=1))
        engine.process(
            [
                feedback(f"a{day}", "furious", customer="c1", scores={"nps": 5}),
                feedback(f"b{day}", "great", scores={"nps": 9}),
            ]
        )
    engine.process([feedback("last", "annoying", scores={"nps": 0})])
    clock.move(timedelta(hours=1))
    yield store, clock
    store.close()


def run(filled: tuple[Store, StillClock], text: str, days: float = 30) -> Backtest:
    store, clock = filled
    since = clock.now() - timedelta(days=days)
    return StoredSpan(store, PhraseBook(store.phrases), since, clock.now()).backtest(loaded(text))


def test_a_backtest_raises_what_live_raised(filled: tuple[Store, StillClock]) -> None:
    found = run(filled, ANGRY)
    live = filled[0].alerts.page(AlertFilter(), limit=1000).alerts
    assert sorted(found.alerts()) == sorted(alert.id for alert in live)
    assert len(live) == 6
    (rule,) = found.rules
    assert rule.as_dict()["held_back"] == {"cooldown": 5}
    assert found.records == 21


def test_the_span_counts_what_was_received_in_it_and_earlier_feedback_warms_up(
    filled: tuple[Store, StillClock],
) -> None:
    found = run(filled, ANGRY, days=2)
    assert found.records == 5
    # Day 9 opened an alert, so that the furious customer of day 10 is in its cooldown.
    assert [raised.alert.feedback_id for raised in found.rules[0].raised] == ["fa8", "flast"]


def test_shares_call_backs_and_precision_are_told(filled: tuple[Store, StillClock]) -> None:
    store, clock = filled
    first = run(filled, ANGRY).rules[0].raised
    for raised, kind in zip(first, ("right", "not_actionable", "duplicate"), strict=False):
        store.verdicts.give(admit_verdict({"verdict": kind}, raised.alert.id, "lee", clock.now(), TAXONOMY))
    found = run(filled, ANGRY)
    (rule,) = found.rules
    assert rule.precision == Precision(1, 2)
    assert rule.level == "ok"
    assert rule.share == pytest.approx(6 / 21)
    # Thirty days were asked for, and feedback came for nine and an hour.
    assert found.days == pytest.approx(9 + 1 / 24)
    assert found.call_backs == {"operators": 19.9}
    assert rule.a_day == pytest.approx(6 / found.days)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(2.0, 2.0, id="the span, where feedback came before it too"),
        pytest.param(0.5, 0.5, id="a span shorter than a day"),
        pytest.param(30.0, 9 + 1 / 24, id="from the first feedback on"),
    ],
)
def test_rates_are_over_the_time_that_feedback_came(
    filled: tuple[Store, StillClock], days: float, expected: float
) -> None:
    assert run(filled, ANGRY, days=days).days == pytest.approx(expected)


def test_the_first_hour_of_a_store_is_taken_for_a_day(filled: tuple[Store, StillClock]) -> None:
    store, clock = Store("sqlite://"), filled[1]
    store.migrate()
    Engine(store, KeywordReader(), loaded(ANGRY), clock).process([feedback("first", "furious", customer="c1")])
    assert run((store, clock), ANGRY).days == 1.0
    store.close()


def test_a_flood_is_an_error_once_there_is_enough_feedback(filled: tuple[Store, StillClock]) -> None:
    store, clock = filled
    assert not run(filled, WIDER).floods
    engine = Engine(store, KeywordReader(), loaded(ANGRY), clock)
    engine.process([feedback(f"n{one}", "great") for one in range(100)])
    found = run(filled, WIDER.replace("nps: 0", "nps: 1"))
    assert found.floods
    assert run(filled, ANGRY).rules[0].level == "ok"


def test_differences_are_told_alert_by_alert(filled: tuple[Store, StillClock]) -> None:
    (one,) = differences(run(filled, WIDER), run(filled, NARROW))
    assert one.change == "changed"
    assert len(one.lost) == 10
    assert not one.gained
    assert one.must_not_lose
    added = differences(run(filled, ANGRY), run(filled, ANGRY + "---\n" + NARROW.replace("angry", "other")))
    assert [(one.slug, one.change, len(one.gained)) for one in added] == [("angry", "same", 0), ("other", "added", 1)]


def test_precision_has_a_wilson_interval() -> None:
    kinds = [VerdictKind.RIGHT] * 8 + [VerdictKind.WRONG_LABEL, VerdictKind.NOT_ACTIONABLE, VerdictKind.DUPLICATE, None]
    found = precision_of(kinds)
    assert found == Precision(8, 10)
    assert found.interval == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert precision_of([None, VerdictKind.DUPLICATE]) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("30d", NOON - timedelta(days=30), id="a span"),
        pytest.param("2026-03-01", NOON.replace(day=1, hour=0), id="a day"),
        pytest.param("2026-03-01T06:00+02:00", NOON.replace(day=1, hour=4), id="a moment"),
    ],
)
def test_since_is_a_span_or_a_date(text: str, moment: object) -> None:
    assert parse_since(text, NOON) == moment


@pytest.mark.parametrize("text", ["soon", "", "2027-01-01", "999999w", "30", "0001-01-01T00:00+23:00"])
def test_since_that_is_neither_says_what_to_write(text: str) -> None:
    with pytest.raises(MomentError, match=r"write 30d|ahead of now"):
        parse_since(text, NOON)
