"""`kill -9` at every boundary and at any moment: nothing acknowledged is lost, nothing is opened or told twice."""

from __future__ import annotations

from tests.crash.boundaries import BOUNDARIES
from tests.crash.house import House
from tests.crash.killing import finish, kill_at_every, kill_at_random

KILLS = 10


def test_killed_at_every_boundary_it_keeps_every_promise(home: House) -> None:
    kill_at_every(home, BOUNDARIES)
    found = finish(home)
    assert found.wrong == []
    assert found.kills == len(BOUNDARIES)


def test_killed_at_random_moments_under_load_it_keeps_every_promise(home: House) -> None:
    kill_at_random(home, KILLS, seed=5)
    found = finish(home)
    assert found.wrong == []
    assert found.kills == KILLS
