"""The course of a signal is what its window held, whatever kind of window it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.alerts.alert import Alert, AlertKind
from engine.pipeline import Engine
from engine.rules.rule import Rule
from engine.store import courses
from engine.store.alert_filter import AlertFilter
from engine.store.store import Store
from tests.engine.store.test_patterns import loaded, rule
from tests.support.clock import StillClock
from tests.support.engines import feedback
from tests.support.keyword_reader import KeywordReader

WINDOWS = {
    "count": "{intent: complaint, count: {at_least: 3, within: 1h}}",
    "distinct": "{intent: complaint, distinct: {what: customer, at_least: 3, within: 1h}}",
    "share": "{intent: complaint, share: {at_least: 50%, volume: 4, within: 1h}}",
}


def crossed(store: Store, when: str) -> tuple[Engine, Rule, Alert, StillClock]:
    """Store complaints, one every ten minutes, beside as much that is none, until a signal is open."""
    clock = StillClock()
    rules = loaded(rule("many", when))
    engine = Engine(store, KeywordReader(), rules, clock)
    for number in range(6):
        engine.process([feedback(number, "this is bad", customer=f"c{number}"), feedback(f"x{number}", "hello")])
        clock.move(timedelta(minutes=10))
    (signal,) = [one for one in store.alerts.page(AlertFilter()).alerts if one.kind is AlertKind.SIGNAL]
    return engine, rules.by_slug["many"], signal, clock


@pytest.mark.parametrize(
    ("kind", "enough", "most"),
    [
        pytest.param("count", 3, 6, id="count"),
        pytest.param("distinct", 3, 6, id="distinct"),
        pytest.param("share", 0.5, 0.5, id="share"),
    ],
)
def test_it_rises_to_what_the_window_holds(store: Store, kind: str, enough: float, most: float) -> None:
    _, rule_, signal, clock = crossed(store, WINDOWS[kind])
    found = store.courses.of(rule_, signal, clock.now() - timedelta(minutes=10))
    assert found is not None
    assert found.enough == enough
    assert max(found.values) == most
    assert found.values[0] == 0
    assert found.is_share == (kind == "share")
    assert signal.started_at is not None
    assert found.moments[0] == signal.started_at - timedelta(hours=1)
    assert found.moments[-1] == clock.now() - timedelta(minutes=10)
    at_start = max(
        value for moment, value in zip(found.moments, found.values, strict=True) if moment < signal.started_at
    )
    assert at_start < enough or kind == "share"


def test_what_was_taken_back_is_not_counted(store: Store) -> None:
    engine, rule_, signal, clock = crossed(store, WINDOWS["count"])
    engine.process([feedback(5, "this is good", customer="c5")], revise=True)
    found = store.courses.of(rule_, signal, clock.now() - timedelta(minutes=1))
    assert found is not None
    assert max(found.values) == 5


def test_there_is_none_where_counts_are_gone_or_too_many(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, rule_, signal, clock = crossed(store, WINDOWS["count"])
    monkeypatch.setattr(courses, "MOST", 3)
    assert store.courses.of(rule_, signal, clock.now()) is None
    monkeypatch.undo()
    clock.move(timedelta(days=40))
    for number in range(20, 24):
        engine.process([feedback(number, "this is bad")])
    assert store.courses.of(rule_, signal, clock.now()) is None
    plain = loaded(rule("plain", "{intent: complaint}")).by_slug["plain"]
    assert store.courses.of(plain, signal, clock.now()) is None
