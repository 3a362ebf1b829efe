"""What a purge does when it cannot: the erasure is through all the same, and says what is left."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from engine.privacy.retention import Erasing
from engine.store.database import UNPURGED, UNREWRITTEN
from engine.store.store import Store
from tests.support.forgotten import Town


def test_a_file_that_cannot_be_rewritten_now_is_said_to_be_left(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    if store.database.dialect != "sqlite":
        pytest.skip("a server's files are its own")
    town = Town(store)
    town.say(1, "furious")
    receipt = town.forget(Erasing.DELETE, rewrite=False)
    assert UNREWRITTEN in receipt.remains
    monkeypatch.setattr("engine.store.database.BUSY_TIMEOUT_MS", 10)
    again = Store(str(store.database.url))
    with closing(sqlite3.connect(str(store.database.url.database), isolation_level=None)) as other, closing(again):
        other.execute("BEGIN IMMEDIATE")
        (left,) = again.database.purge((), rewrite=True)
        assert left.startswith(UNPURGED)
    assert store.database.purge((), rewrite=True) == ()
