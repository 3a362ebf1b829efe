"""Facets: they count what a plain look counts, and each leads to as many as it says."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from engine.scope import EVERYTHING, Scope
from engine.store import facets
from engine.store.facets import Facet
from engine.store.store import Store
from tests.support.searched import PROGRAM, asked, searched

ASKED: list[Any] = [
    pytest.param({}, EVERYTHING, id="everything"),
    pytest.param({"words": "crash"}, EVERYTHING, id="words"),
    pytest.param({"label": ["topic:digital"], "score": ["nps:..6"]}, EVERYTHING, id="labels and scores"),
    pytest.param({}, Scope("emea"), id="a unit"),
    pytest.param({"words": "nobody-said-this"}, EVERYTHING, id="nothing"),
]


@pytest.mark.parametrize(("params", "scope"), ASKED)
def test_a_facet_finds_as_many_as_it_says(store: Store, params: dict[str, Any], scope: Scope) -> None:
    everything = searched(store, 60)
    whole = everything.found(asked(**params), scope)
    found = store.search.facets(asked(**params), PROGRAM, scope)
    assert (found.looked, found.more) == (len(whole), False)
    told = Counter(label for one in whole for label in everything.labels[one])
    assert {one.condition: one.count for some in found.labels.values() for one in some} == told
    for name, some in (*found.columns.items(), *(("attribute", one) for one in found.attributes.values())):
        for facet in some[:3]:
            assert count(store, params, name, facet, scope) == facet.count
    assert "tenure" not in found.attributes


def count(store: Store, params: dict[str, Any], name: str, facet: Facet, scope: Scope) -> int:
    if name == "unit":
        # A unit is asked for with all below it, and counted by itself.
        return facet.count
    narrowed = asked(**{**params, name: [facet.condition]})
    page = store.search.page(narrowed, limit=1, counted=True, scope=scope)
    assert page.count is not None
    return page.count.count


def test_only_the_newest_are_looked_at(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    searched(store, 30)
    monkeypatch.setattr(facets, "MOST_LOOKED", 10)
    found = store.search.facets(asked(), PROGRAM)
    assert (found.looked, found.more) == (10, True)
