"""The newest feedback of a store: in order, bounded in time and number."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.engines import engine_on, feedback


@pytest.mark.parametrize(
    ("back", "most", "found"),
    [
        pytest.param(timedelta(hours=9), 50, ["f3", "f2", "f1"], id="all, the newest first"),
        pytest.param(timedelta(minutes=90), 50, ["f3", "f2"], id="since a moment"),
        pytest.param(timedelta(hours=9), 2, ["f3", "f2"], id="no more than so much"),
        pytest.param(timedelta(0) - timedelta(hours=9), 50, [], id="nothing so new"),
    ],
)
def test_recent_feedback(store: Store, back: timedelta, most: int, found: list[str]) -> None:
    clock = StillClock()
    engine = engine_on(store, clock=clock)
    for number, age in ((1, 120), (2, 60), (3, 0)):
        clock.moment = NOON - timedelta(minutes=age)
        engine.process([feedback(number)])
    assert [one.id for one in store.recent.feedback(NOON - back, most)] == found


def test_an_empty_store_has_none(store: Store) -> None:
    assert list(store.recent.feedback(NOON)) == []
