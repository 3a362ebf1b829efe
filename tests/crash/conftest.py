from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.house import House, house
from tests.crash.nursery import Nursery
from tests.crash.receiver import Receiver, receiving
from tests.support.databases import url

__all__ = ["url"]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def home(url: str, tmp_path: Path, nursery: Nursery, receiver: Receiver) -> Iterator[House]:
    with house(url, tmp_path, nursery, receiver) as made:
        yield made
