"""How many alerts wait, counted in one pass: the same as each queue counted alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.alerts.changes import Action, By, Change
from engine.scope import EVERYTHING, Scope
from engine.store.alert_counts import Waiting
from engine.store.alert_filter import AlertFilter, Sort
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.engines import engine_on, feedback

LATER = NOON + timedelta(days=2)


@pytest.fixture
def busy(store: Store) -> Store:
    """Three alerts and three reviews of leeds, and two alerts of paris; one is held, one acknowledged, one resolved."""
    engine = engine_on(store)
    for number in range(3):
        for unit in ("emea/leeds", "emea/paris")[: 2 if number else 1]:
            engine.process([feedback(f"{number}{unit[5]}", "I am furious", scores={"nps": 5}, unit=unit)])
        engine.process([feedback(f"r{number}", "maybe leaving", scores={"nps": 5}, unit="emea/leeds")])
    first, second, third, *_ = store.alerts.page(AlertFilter(rule="furious", unit="emea/leeds")).alerts
    for alert, change in (
        (first, Change(Action.ASSIGN, holder="ann")),
        (second, Change(Action.ACKNOWLEDGE)),
        (third, Change(Action.RESOLVE)),
    ):
        store.changes.apply(change, {alert.id: alert.version}, By("ann"), NOON)
    return store


@pytest.mark.parametrize(("now", "late"), [pytest.param(NOON, 0, id="in time"), pytest.param(LATER, 4, id="late")])
def test_one_pass_counts_what_each_queue_counts(busy: Store, now: datetime, late: int) -> None:
    for unit in (None, "emea", "emea/paris", "amer"):
        scope = Scope(unit)
        asked = {
            "open": AlertFilter(),
            "unheld": AlertFilter(unheld=True),
            "late": AlertFilter(overdue_at=now),
            "signals": AlertFilter(kind="signal"),
            "reviews": AlertFilter(kind="review"),
        }
        counts = {
            name: busy.alerts.count(wanted, 100, sort=Sort.PRIORITY, scope=scope) for name, wanted in asked.items()
        }
        held = {"ann": 1} if unit in (None, "emea") else {}
        assert busy.alerts.waiting(now, 100, scope) == Waiting(**counts, more=False, held=held), unit
    found = busy.alerts.waiting(now, 100)
    assert (found.open, found.unheld, found.late, found.signals, found.reviews) == (4, 3, late, 0, 3)


def test_no_more_are_counted_than_asked_for(busy: Store) -> None:
    assert busy.alerts.waiting(NOON, 7, EVERYTHING).more is False
    assert busy.alerts.waiting(NOON, 6, EVERYTHING).more is True
    assert busy.alerts.count(AlertFilter(), 3) == 3
    assert busy.alerts.count(AlertFilter(customers=("c\x00",)), 3) == 0


def test_alerts_are_looked_up_by_ids_and_rules_by_what_waits_in_scope(busy: Store) -> None:
    ids = [one.id for one in busy.alerts.page(AlertFilter()).alerts]
    assert set(busy.alerts.some([*ids, "al_none", "a\x00"])) == set(ids)
    assert busy.alerts.some(ids, Scope("amer")) == {}
    assert busy.alerts.rules() == [("furious", "A furious customer"), ("leaving", "leaving")]
    assert busy.alerts.rules(Scope("emea/paris")) == [("furious", "A furious customer")]
