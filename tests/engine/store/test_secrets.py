"""Secrets of a store: made once, whoever asks first."""

from __future__ import annotations

import threading

from engine.store.store import Store
from tests.support.clock import NOON


def test_a_secret_is_made_once_and_stays(store: Store) -> None:
    first = store.secrets.get("link_key", NOON)
    assert len(first) >= 32
    assert store.secrets.get("link_key", NOON) == first
    assert store.secrets.get("another", NOON) != first


def test_of_many_that_ask_at_once_all_get_the_same(url: str) -> None:
    stores = [Store(url) for _ in range(4)]
    stores[0].migrate()
    found: list[str] = []
    threads = [threading.Thread(target=lambda s=s: found.append(s.secrets.get("link_key", NOON))) for s in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in stores:
        one.close()
    assert len(found) == 4
    assert len(set(found)) == 1
