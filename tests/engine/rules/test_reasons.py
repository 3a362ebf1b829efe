"""Why a rule held or could not be told: always something, and only what mattered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from engine.rules.conditions import Condition
from engine.rules.reasons import MOST_REASONS, reasons, unknowns
from engine.rules.truth import Truth
from tests.engine.rules.test_conditions import case, condition, texts, trees

ANGER = "emotion anger (found anger/anger 0.9 (holds))"
UNSURE = "unsure: emotion anger (found anger/anger 0.4 (unsure))"


@pytest.mark.parametrize(
    ("text", "said", "fields", "told"),
    [
        pytest.param("{emotion: anger}", "furious", {}, (ANGER,), id="a label"),
        pytest.param("{nps: {missing: true}}", "x", {}, ("nps missing",), id="what is missing was not found"),
        pytest.param(
            "{attribute.member: true}",
            "x",
            {"attributes": {"member": True}},
            ("member true (found true)",),
            id="a flag in words",
        ),
        pytest.param(
            "{none: [{channel: email}, {nps: 9}]}", "x", {}, ("none of: channel email, nps 9",), id="only exclusions"
        ),
        pytest.param(
            "{any: [{all: [{nps: 1}, {channel: email}]}, {emotion: anger}]}",
            "furious",
            {"scores": {"nps": 1}},
            (ANGER,),
            id="not the half of a group that failed",
        ),
        pytest.param(
            "{all: [{emotion: anger}, {any: [{emotion: anger}, {nps: 1}]}]}", "furious", {}, (ANGER,), id="each once"
        ),
        pytest.param("{emotion: anger}", "hello", {}, (), id="nothing where it does not hold"),
    ],
)
def test_reasons(text: str, said: str, fields: dict[str, Any], told: tuple[str, ...]) -> None:
    assert reasons(condition(text).explain(case(said, **fields))) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("{emotion: anger}", (UNSURE,), id="a label"),
        pytest.param("{none: [{emotion: anger}]}", (UNSURE,), id="below none"),
        pytest.param("{all: [{none: [{any: [{emotion: anger}, {nps: 1}]}]}]}", (UNSURE,), id="deeper below none"),
        pytest.param("{any: [{emotion: anger}, {nps: {missing: true}}]}", (), id="it held all the same"),
        pytest.param("{all: [{emotion: anger}, {nps: 1}]}", (), id="it failed all the same"),
    ],
)
def test_unknowns(text: str, told: tuple[str, ...]) -> None:
    assert unknowns(condition(text).explain(case("maybe furious"))) == told


def test_reasons_are_few() -> None:
    tests = ", ".join(f"{{nps: {{at_least: {number / 100}}}}}" for number in range(50))
    told = reasons(condition(f"{{all: [{tests}]}}").explain(case("x", scores={"nps": 9})))
    assert len(told) == MOST_REASONS + 1
    assert told[-1] == "and 30 more"


def test_a_long_list_is_said_shortly() -> None:
    stores = ", ".join(f"s{number}" for number in range(500))
    found = condition(f"{{tier: [{stores}]}}").explain(case("x", attributes={"tier": "s499"}))
    assert found.truth is Truth.YES
    assert found.condition.endswith("or s7 or 492 more")


@given(trees, texts)
def test_what_holds_has_a_reason_and_what_is_unknown_has_an_unknown(tree: Condition, text: str) -> None:
    trace = tree.explain(case(text))
    assert bool(unknowns(trace)) == (trace.truth is Truth.UNKNOWN)
    assert reasons(trace) or trace.truth is not Truth.YES
