"""How much of what is planted is found: the shares that the product promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from engine.ports import Recogniser
from engine.privacy.policy import Kind
from tests.support import personal_held_out as held_out
from tests.support import personal_ways as first
from tests.support.personal import Planted, covered, planted
from tests.support.personal_values import STRUCTURED, Way

STRUCTURED_LEAST = 0.99
NAMES_LEAST = 0.85
Ways = Mapping[Kind, Sequence[Way]]
TABLES = pytest.mark.parametrize(
    ("ways", "carriers"),
    [(first.WAYS, first.CARRIERS), (held_out.WAYS, held_out.CARRIERS)],
    ids=["first", "held out"],
)


def recall(recogniser: Recogniser, rows: Sequence[Planted]) -> dict[Kind, float]:
    there, found = Counter[Kind](), Counter[Kind]()
    for row, findings in zip(rows, recogniser.find([row.text for row in rows]), strict=True):
        for span in row.spans:
            there[span[2]] += 1
            found[span[2]] += covered(row.text, span, findings)
    return {kind: found[kind] / there[kind] for kind in there}


@TABLES
def test_structured_kinds_are_found(recogniser: Recogniser, ways: Ways, carriers: Sequence[str]) -> None:
    rows = planted(1_400, 2026, ways=ways, carriers=carriers)
    shares = recall(recogniser, rows)
    assert set(shares) == set(STRUCTURED)
    assert {kind: share for kind, share in shares.items() if share < STRUCTURED_LEAST} == {}


@TABLES
def test_names_and_addresses_are_found(with_names: Recogniser, ways: Ways, carriers: Sequence[str]) -> None:
    rows = planted(400, 7, kinds=(Kind.NAME, Kind.ADDRESS), ways=ways, carriers=carriers)
    shares = recall(with_names, rows)
    assert {kind: share for kind, share in shares.items() if share < NAMES_LEAST} == {}


def test_names_are_not_looked_for_unasked(recogniser: Recogniser) -> None:
    assert recall(recogniser, planted(40, 7, kinds=(Kind.NAME,))) == {Kind.NAME: 0.0}


@TABLES
def test_planting_is_repeatable_and_marks_what_it_planted(ways: Ways, carriers: Sequence[str]) -> None:
    rows = planted(300, 5, ways=ways, carriers=carriers)
    assert rows == planted(300, 5, ways=ways, carriers=carriers) != planted(300, 6, ways=ways, carriers=carriers)
    assert all(value and value in row.text for row in rows for value in row.values)
    assert not any(mark in row.text for row in rows for mark in "‹›{}" if "{at}" not in row.text)
