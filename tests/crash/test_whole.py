"""Killed while time, people and receivers bring more: escalations, groups, thanks, changes, dead letters, once each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.crash.boundaries import MORE
from tests.crash.house import House, house
from tests.crash.killing import finish, kill_at_every
from tests.crash.nursery import Nursery
from tests.crash.programs import WHOLE
from tests.crash.receiver import Receiver

LATE = timedelta(hours=3)


@pytest.fixture
def whole(url: str, tmp_path: Path, nursery: Nursery, receiver: Receiver) -> Iterator[House]:
    with house(url, tmp_path, nursery, receiver, WHOLE) as made:
        yield made


def test_killed_at_every_boundary_of_follow_up_it_keeps_every_promise(whole: House) -> None:
    kill_at_every(whole, MORE, late=LATE)
    found = finish(whole)
    assert found.wrong == []
    assert found.kills == len(MORE)
