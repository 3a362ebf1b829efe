"""What stands beside an alert in a queue is what a page of the queue shows there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.alerts.alert import Alert
from engine.alerts.changes import Action, By, Change
from engine.scope import EVERYTHING, Scope
from engine.store.alert_filter import AlertFilter, Sort
from engine.store.beside import Beside
from engine.store.store import Store
from tests.support.clock import StillClock
from tests.support.engines import engine_on, feedback

TEXTS = ("I am furious", "I am leaving", "maybe leaving", "hello")


def filled(store: Store) -> StillClock:
    """Store alerts of several severities, units and moments, some of them at the same one."""
    clock = StillClock()
    engine = engine_on(store, clock=clock)
    for number in range(12):
        unit = ("emea", "emea/uk", "emea/ukraine")[number % 3]
        engine.process([feedback(number, TEXTS[number % 4], unit=unit, customer=f"c{number % 2}")])
        if number % 2:
            clock.move(timedelta(minutes=1))
    return clock


def everything(store: Store, wanted: AlertFilter, sort: Sort, scope: Scope) -> list[Alert]:
    return list(store.alerts.page(wanted, sort=sort, limit=1_000, scope=scope).alerts)


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize(
    ("wanted", "scope"),
    [
        pytest.param(AlertFilter(), EVERYTHING, id="all"),
        pytest.param(AlertFilter(severity="low"), EVERYTHING, id="one severity"),
        pytest.param(AlertFilter(kind="review"), EVERYTHING, id="reviews"),
        pytest.param(AlertFilter(customers=("c1",)), Scope("emea/uk"), id="a customer, in a unit"),
    ],
)
def test_it_is_what_a_page_shows_before_and_after(store: Store, sort: Sort, wanted: AlertFilter, scope: Scope) -> None:
    filled(store)
    alerts = everything(store, wanted, sort, scope)
    assert len(alerts) >= 2
    ids = [None, *(one.id for one in alerts), None]
    for place, alert in enumerate(alerts, start=1):
        found = store.alerts.beside(alert, wanted, sort=sort, scope=scope)
        assert found == Beside(ids[place - 1], ids[place + 1])


def test_an_alert_that_left_its_queue_still_leads_on(store: Store) -> None:
    clock = filled(store)
    before, alert, after, *_ = everything(store, AlertFilter(), Sort.PRIORITY, EVERYTHING)
    store.changes.apply(Change(Action.RESOLVE), {alert.id: alert.version}, By("kim"), clock.now())
    closed, _ = store.alerts.one(alert.id)
    assert store.alerts.beside(closed, AlertFilter()) == Beside(before.id, after.id)
    assert store.alerts.beside(closed, AlertFilter(rule="\x00")) == Beside()
    assert store.alerts.beside(replace(closed, priority=10**6), AlertFilter()).before is None


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        pytest.param(EVERYTHING, ["f10", "f8", "f6"], id="all"),
        pytest.param(Scope("emea/uk"), ["f10", "f4"], id="its own unit, and no namesake"),
        pytest.param(Scope("amer"), [], id="another unit"),
    ],
)
def test_what_a_customer_said_comes_latest_first_and_in_scope(store: Store, scope: Scope, said: list[str]) -> None:
    filled(store)
    found = store.words.of_customer("c0", 3, scope)
    assert [one.feedback.id for one in found] == said
    assert store.words.of_customer("\x00", 3, scope) == []


def test_of_what_a_customer_revised_the_latest_revision_is_told(store: Store) -> None:
    engine = engine_on(store)
    engine.process([feedback(1, "first", customer="c")])
    engine.process([feedback(1, "second", customer="c")], revise=True)
    assert [one.feedback.text for one in store.words.of_customer("c", 9)] == ["second"]
    keys = [("default", "f1"), ("default", "f7"), ("default", "\x00")]
    assert {key: one.text for key, one in store.words.latest(keys).items()} == {keys[0]: "second"}
    assert store.words.latest(keys, Scope("apac")) == {}
