from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import store, url
from tests.support.service import House, house

__all__ = ["store", "url"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A service for the tests of a module that leave nothing behind which another would see."""
    with house(tmp_path_factory.mktemp("home")) as found:
        yield found
