"""What rules name and no feedback has had is told at its place, with the nearest name."""

from __future__ import annotations

import pytest

from engine.feedback import Feedback, Part
from engine.program import AttributeSpec, Program, RuleFile
from engine.rules.load import load_rules
from engine.rules.seen import MOST_VALUES, Seen, Sightings
from engine.rules.unseen import unseen
from tests.support.keyword_reader import TAXONOMY

ATTRIBUTES = {
    "tier": AttributeSpec("tier", "one_of", ("gold", "silver")),
    "store": AttributeSpec("store", "text"),
    "months": AttributeSpec("months", "number"),
}


def feedback(number: int, **fields: object) -> Feedback:
    return Feedback(str(number), (Part("x"),), **fields)  # type: ignore[arg-type]


def sighted(*some: Feedback) -> Seen:
    sightings = Sightings()
    for one in some:
        sightings.add(one)
    return sightings.seen()


SEEN = sighted(
    feedback(1, attributes={"tier": "gold", "store": "Leeds", "shop": "a", "months": 14.0}, scores={"nps": 1}),
    feedback(2, channel="chat", unit="emea/uk/leeds", attributes={"vip": True, "code": "0042"}),
)


def told(when: str, seen: Seen = SEEN) -> list[str]:
    text = f"# a note\nrule: r\nwhen:\n  {when}\n"
    program = Program(attributes=ATTRIBUTES, rule_files=(RuleFile("r.yaml", text),))
    return [str(one) for one in unseen(load_rules(program, TAXONOMY), seen, "90d")]


@pytest.mark.parametrize(
    ("when", "said"),
    [
        pytest.param(
            "attribute.stor: x", "4:3: warning: no feedback of the last 90d has attribute 'stor'; did", id="a name"
        ),
        pytest.param("attribute.qqq: x", "4:3: warning: no feedback of the last 90d has attribute 'qqq'", id="no name"),
        pytest.param("tier: silver", "4:9: warning: no feedback of the last 90d has tier 'silver'", id="a value"),
        pytest.param(
            "store: [Leeds, Leds]", "4:18: warning: no feedback of the last 90d has store 'Leds'; did you", id="one"
        ),
        pytest.param(
            "channel: {is: chatt}", "4:17: warning: no feedback of the last 90d has channel 'chatt'", id="a channel"
        ),
        pytest.param("source: crm", "4:11: warning: no feedback of the last 90d has source 'crm'", id="a source"),
        pytest.param("unit: emea/fr", "4:9: warning: no feedback of the last 90d has unit 'emea/fr'", id="a unit"),
        pytest.param("csat: 1", "4:3: warning: no feedback of the last 90d has score 'csat'", id="a score"),
        pytest.param("none: [{any: [{tier: silver}]}]", "has tier 'silver'", id="nested"),
        pytest.param("count: {of: {tier: silver}, at_least: 2, within: 1h}", "has tier 'silver'", id="counted"),
    ],
)
def test_what_was_never_seen(when: str, said: str) -> None:
    (found,) = told(when)
    assert found.startswith("r.yaml:")
    assert said in found


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("tier: GOLD", id="another case"),
        pytest.param("unit: EMEA", id="a unit above"),
        pytest.param("attribute.months: 14", id="a number"),
        pytest.param("attribute.code: 42", id="a number that came as text"),
        pytest.param("attribute.vip: true", id="a flag"),
        pytest.param("months: {at_least: 99}", id="a bound names no value"),
        pytest.param("nps: {at_most: 6}", id="a score that was given"),
        pytest.param("emotion: anger", id="a label"),
        pytest.param("language: de", id="a language"),
    ],
)
def test_what_was_seen(when: str) -> None:
    assert told(when) == []


def test_without_feedback_nothing_is_told() -> None:
    assert told("attribute.qqq: x", Seen()) == []


def test_of_a_name_with_many_values_none_is_missed() -> None:
    many = sighted(*(feedback(n, attributes={"store": f"s{n}"}) for n in range(MOST_VALUES + 1)))
    assert told("store: elsewhere", many) == []
