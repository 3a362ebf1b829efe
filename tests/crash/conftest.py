from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.house import House, house
from tests.crash.nursery import Nursery
from tests.crash.receiver import Receiver, receiving
from tests.support.databases import url

__all__ = ["url"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They wait more than they compute: one worker goes through them all, beside the others, with one nursery."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.xdist_group("crash"))


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
