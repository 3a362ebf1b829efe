"""Drift: the index, what chance explains, and what the store counts for it."""

from __future__ import annotations

from datetime import timedelta
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.drift import BINS, Shift, drift_of, index_of, joined, moved_most
from engine.reading import ReadingStatus
from engine.scope import EVERYTHING, Scope
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.engines import engine_on, feedback

counts = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=1, max_size=40)


def test_the_index_is_that_of_the_book() -> None:
    # Half counts in every bin hardly matter for so many.
    found = index_of([600_000, 400_000], [400_000, 600_000])
    assert found.value == pytest.approx(2 * 0.2 * log(1.5), rel=1e-4)
    assert found.shift is Shift.MOVED


@pytest.mark.parametrize(
    ("before", "after", "shift"),
    [
        pytest.param([500, 500], [500, 500], Shift.STEADY, id="the same"),
        pytest.param([5_000, 5_000], [5_500, 4_500], Shift.STEADY, id="a little"),
        pytest.param([5_000, 5_000], [1_000, 9_000], Shift.CHANGED, id="another population"),
        pytest.param([3] * 30, [2, 4] * 15, Shift.STEADY, id="what chance alone explains"),
        pytest.param([10, 0], [0, 0], Shift.TOO_FEW, id="nothing to compare"),
    ],
)
def test_what_an_index_means(before: list[int], after: list[int], shift: Shift) -> None:
    assert index_of(before, after).shift is shift


@given(counts)
def test_an_index_is_never_negative_and_nothing_without_change(pairs: list[tuple[int, int]]) -> None:
    before, after = [one for one, _ in pairs], [other for _, other in pairs]
    assert index_of(before, after).value >= 0
    assert index_of(before, before).value == 0


def test_a_store_counts_the_latest_revisions_of_a_span_and_unit(store: Store) -> None:
    clock = StillClock()
    engine = engine_on(store, clock=clock)
    engine.process([feedback(1, "I am furious", unit="emea/uk"), feedback(2, "maybe bad. thanks", unit="amer")])
    engine.process([feedback(1, "thanks", unit="emea/uk")], revise=True)
    clock.move(timedelta(days=7))
    engine.process([feedback(3, " ", unit="emea/uk"), feedback(4, "a crash", unit="emea/uk")])
    week = timedelta(days=7)
    first = store.drift.span(NOON, NOON + week)
    assert (first.records, first.read, first.models) == (2, 2, {"keywords@1": 2})
    assert first.labels == {"emotion": {"joy/gratitude": 2}}
    # 0.9 is a little less in single precision.
    assert sum(first.confidences) == first.confidences[BINS - 2] == 2
    second = store.drift.span(NOON + week, NOON + 2 * week, Scope("emea"))
    assert second.statuses == {ReadingStatus.READ: 1, ReadingStatus.EMPTY: 1}
    assert second.share(ReadingStatus.EMPTY) == 0.5
    assert store.drift.span(NOON + week, NOON + 2 * week, Scope("amer")).records == 0
    bounded = store.drift.span(NOON, NOON + 2 * week, EVERYTHING, most=1)
    assert bounded.records == 1
    assert bounded.cut
    both = joined([first, second])
    assert both.records == 4
    assert both.labels["topic"] == {"digital/reliability": 1}
    assert drift_of(second, both).confidences.shift is Shift.TOO_FEW
    assert moved_most(second, first)[0].label == "digital/reliability"


def test_readings_can_be_gone_through_for_a_unit_or_the_newest_alone(store: Store) -> None:
    engine_on(store).process([feedback(number, "thanks", unit="emea" if number % 2 else "amer") for number in range(6)])
    each = store.readings.each
    assert [one.id for one in each(Scope("emea"))] == ["f1", "f3", "f5"]
    assert [one.id for one in each(newest=2)] == ["f4", "f5"]
    assert [one.id for one in each(Scope("emea"), newest=1)] == ["f5"]
    assert len(list(each(newest=100))) == 6
