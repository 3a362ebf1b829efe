"""Signals where it is hard: time that passes, feedback out of order, clocks, and very much of everything."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from engine.alerts.alert import HeldReason
from engine.rules.tallies import stamp
from tests.engine.alerts.test_patterns import World, held, opened, shadow_or_live
from tests.support.clock import NOON


def test_a_silence_is_told_of_its_unit_as_the_feedback_wrote_it() -> None:
    world = World(shadow_or_live("{flatline: {within: 1h, against: 3, usual: 1, per: unit}}"))
    for minute in range(0, 300, 10):
        world.at(minute, unit="emea/UK/Leeds")
    passed = world.replay.pass_time(NOON + timedelta(minutes=400))
    assert [signal.unit for signal in passed] == ["emea/UK/Leeds"]


def test_an_attribute_called_like_a_fact_is_not_that_fact() -> None:
    world = World(shadow_or_live("{intent: complaint, count: {at_least: 2, within: 1h, per: attribute.unit}}"))
    outcomes = [world.at(minute, unit="emea/uk", attributes={"unit": "Sales"}) for minute in (0, 1)]
    (signal,) = outcomes[1].alerts
    assert (signal.key, signal.unit) == ("sales", None)


def test_a_signal_over_feedback_that_occurred_ahead_does_not_end_before_it_begins() -> None:
    world = World(shadow_or_live("{intent: complaint, count: {at_least: 2, within: 1m}}"))
    outcomes = [world.at(5, received=0), world.at(5, received=0)]
    world.passes(4)
    outcomes += [world.at(5.1, received=5.2), world.at(5.2, received=5.3)]
    assert opened(outcomes) == [0, 1, 0, 0]
    assert held(outcomes[3]) == [HeldReason.SIGNAL_OPEN]
    world.passes(10)
    assert world.replay._state.episodes["r", ""].ended is not None


def test_what_a_cooldown_keeps_from_being_a_signal_is_linked_to_the_one_before() -> None:
    world = World(shadow_or_live("{intent: complaint, count: {at_least: 2, within: 1m}}", "{cooldown: 1h}"))
    first = [world.at(0), world.at(0.5)]
    world.passes(10)
    again = [world.at(20), world.at(20.5)]
    assert opened([*first, *again]) == [0, 1, 0, 0]
    assert held(again[1]) == [HeldReason.COOLDOWN]
    assert again[1].links == [(first[1].alerts[0].id, 4)]


def test_a_share_that_still_stands_when_its_cooldown_ends_is_told_then() -> None:
    world = World(
        shadow_or_live("{intent: complaint, share: {at_least: 60%, volume: 3, within: 10h}}", "{cooldown: 2h}")
    )
    outcomes = [world.at(0), world.at(1), world.at(2)]
    state = world.replay._state
    key = ("r", "")
    assert opened(outcomes) == [0, 0, 1]
    # As if the episode had ended at once: the share stands on, and only the cooldown keeps it quiet.
    one = state.episodes[key]
    state.episodes[key] = type(one)(one.alert, "r", "", one.started, one.started, one.started)
    assert world.passes(119) == []
    assert len(world.passes(600)) == 1
    # Two hours after 12:02, at the next of the steps of six minutes.
    assert state.episodes[key].started == stamp(NOON + timedelta(minutes=126))


def test_a_clock_that_was_wrong_does_not_silence_the_time_until_then() -> None:
    world = World(shadow_or_live("{intent: complaint}", "{cooldown: 1h}"))
    assert opened([world.at(60 * 24 * 365)]) == [1]
    # The clock is right again.
    assert opened([world.at(0), world.at(1)]) == [1, 0]


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        pytest.param("count: {at_least: 400, within: 2h}", 1, id="count, the last makes it enough"),
        pytest.param("count: {at_least: 401, within: 2h}", 0, id="count, one is lacking"),
        pytest.param("distinct: {what: customer, at_least: 40, within: 2h}", 1, id="distinct"),
        pytest.param("distinct: {what: customer, at_least: 41, within: 2h}", 0, id="distinct, one is lacking"),
        pytest.param("share: {at_least: 99%, volume: 400, within: 2h}", 1, id="share"),
        pytest.param("share: {at_least: 100%, volume: 400, within: 2h}", 0, id="share, one is another"),
        pytest.param("spike: {within: 2h, against: 2, at_least: 5}", 0, id="spike without history"),
    ],
)
def test_much_late_feedback_in_any_order_comes_to_the_same(window: str, expected: int) -> None:
    world = World(shadow_or_live(f"{{intent: complaint, {window}}}"))
    world.at(0, "great")
    minutes = list(range(400))
    random.Random(3).shuffle(minutes)
    outcomes = [world.at(minute / 10, customer=f"c{minute % 40}", received=50) for minute in minutes]
    assert sum(opened(outcomes)) == expected


def test_a_week_without_a_tick_is_made_up_for_at_once() -> None:
    world = World(shadow_or_live("{intent: complaint, share: {at_least: 60%, volume: 3, within: 1h, per: store}}"))
    for store in range(200):
        for minute, text in enumerate(["great", "great", "great"]):
            world.at(minute, text, received=2, attributes={"store": f"s{store}"})
    for store in range(200):
        for minute in (50, 51, 52):
            world.at(minute, received=52, attributes={"store": f"s{store}"})
    assert len(world.passes(7 * 24 * 60)) == 200
    assert all(one.ended is not None for one in world.replay._state.episodes.values())
