"""The world around the service: receivers in every mood, and a clock that jumps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.crash.house import House, wait_until
from tests.crash.killing import finish
from tests.crash.receiver import Mood

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("mood", [mood for mood in Mood if mood is not Mood.TAKES], ids=lambda mood: mood.name.lower())
def test_a_receiver_in_a_bad_mood_gets_everything_once_it_recovers(home: House, mood: Mood) -> None:
    home.receiver.mood = mood
    service = home.ready(home.start())
    home.load.some(service.base, batches=2)
    wait_until(lambda: home.receiver.turned_away > 0, "a message is turned away")
    # The feedback of others is taken meanwhile.
    home.load.some(service.base, batches=2)
    assert not home.receiver.taken
    home.receiver.mood = Mood.TAKES
    home.receiver.release.set()
    assert finish(home, service).wrong == []


def test_the_clock_jumps_both_ways_under_load(home: House) -> None:
    service = home.ready(home.start())
    with home.posting(service):
        for jump in (HOUR, -HOUR, 30 * HOUR, -60 * HOUR, 400 * HOUR, -399 * HOUR):
            before = len(home.load.acknowledged)
            home.pass_time(jump)
            wait_until(lambda before=before: len(home.load.acknowledged) >= before + 30, "more is acknowledged")  # type: ignore[misc]
    assert finish(home, service).wrong == []
