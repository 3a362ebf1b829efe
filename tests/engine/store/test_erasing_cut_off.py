"""An erasure that is cut off after every single transaction, each time taken up by another process."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

from engine.privacy.erasing_intake import Wish
from engine.privacy.retention import Erasing
from engine.store.store import Store
from tests.support.forgotten import NAME, WORD, Town, holding


class KilledError(Exception):
    """The process is gone."""


def killed(_took: float) -> None:
    raise KilledError


def test_whoever_goes_on_leaves_nothing_out_and_counts_nothing_twice(store: Store, url: str) -> None:
    how = Erasing.DELETE if store.database.dialect == "sqlite" else Erasing.ANONYMISE
    town = Town(store)
    town.fill()
    begun = store.erasures.begin(Wish(NAME, how, "kim"), town.clock.now())
    deaths, finished = 0, None
    while finished is None:
        with closing(Store(url)) as other:
            assert other.erasures.unfinished(town.clock.now()) == [begun.id]
            try:
                finished = other.erasures.run(begun.id, f"worker-{deaths}", town.clock, rest=killed)
            except KilledError:
                deaths += 1
                assert other.erasures.unfinished(town.clock.now()) == []
        town.clock.move(timedelta(minutes=3))
    assert deaths > 20
    assert store.erasures.unfinished(town.clock.now()) == []
    assert holding(store, NAME, WORD) == set()
    assert finished.counts["feedback"] == 5
    assert finished.counts["reading"] == 5
    assert store.records.count() == (2 if how is Erasing.DELETE else 7)
