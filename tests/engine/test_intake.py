"""Intake: cast by the program, or refused with the field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import FeedbackError
from engine.feedback import feedback_from_dict
from engine.intake import admit
from engine.program import AttributeSpec, Program
from tests.support.clock import NOON

PROGRAM = Program(
    zone=ZoneInfo("Europe/London"),
    attributes={
        "tier": AttributeSpec("tier", "one_of", ("gold", "silver")),
        "months": AttributeSpec("months", "number"),
        "member": AttributeSpec("member", "flag"),
        "store": AttributeSpec("store", "text"),
    },
)


def repr_kind(value: Any) -> str:
    """Name a hostile value in a test's id without writing it out."""
    return ascii(value) if isinstance(value, (str, float, bool)) else type(value).__name__


@pytest.mark.parametrize(
    ("attributes", "cast"),
    [
        pytest.param({"months": "12"}, {"months": 12.0}, id="text to a number"),
        pytest.param({"member": "yes"}, {"member": True}, id="text to a flag"),
        pytest.param({"member": 0}, {"member": False}, id="0 to a flag"),
        pytest.param({"store": 17}, {"store": "17"}, id="a number to text"),
        pytest.param({"store": 1234567.0}, {"store": "1234567"}, id="a long number to text, every digit"),
        pytest.param({"store": 0.12345678}, {"store": "0.12345678"}, id="a fraction to text, every digit"),
        pytest.param({"store": ""}, {}, id="empty is missing"),
        pytest.param({"tier": None}, {}, id="null is missing"),
        pytest.param({"else": 3}, {"else": 3.0}, id="undeclared numbers stay numbers"),
        pytest.param({"else": True}, {"else": True}, id="undeclared flags stay flags"),
        pytest.param({"else": "3"}, {"else": "3"}, id="undeclared text stays text"),
    ],
)
def test_attributes_are_cast(attributes: dict[str, Any], cast: dict[str, Any]) -> None:
    assert admit({"id": "1", "text": "x", "attributes": attributes}, PROGRAM, NOON).attributes == cast


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        pytest.param({"tier": "glod"}, "did you mean 'gold'?", id="one_of"),
        pytest.param({"months": "twelve"}, "must be a number", id="number"),
        pytest.param({"months": "inf"}, "finite", id="infinity"),
        pytest.param({"months": 10**400}, "must be a number", id="a number too large"),
        pytest.param({"member": "perhaps"}, "true or false", id="flag"),
        pytest.param({"store": "x" * 2001}, "at most 2,000", id="too long"),
        pytest.param({"x\n": 1}, "control characters", id="a name with a line break"),
        pytest.param({str(n): n for n in range(201)}, "at most 200", id="too many"),
    ],
)
def test_attributes_that_do_not_fit(attributes: dict[str, Any], said: str) -> None:
    with pytest.raises(FeedbackError) as caught:
        admit({"id": "1", "text": "x", "attributes": attributes}, PROGRAM, NOON)
    assert said in str(caught.value)
    assert (caught.value.field or "").startswith("attributes")


@pytest.mark.parametrize(
    ("given_time", "moment"),
    [
        pytest.param("2026-02-01T12:00:00", datetime(2026, 2, 1, 12, tzinfo=UTC), id="naive, winter"),
        pytest.param("2025-07-01T12:00:00", datetime(2025, 7, 1, 11, tzinfo=UTC), id="naive, summer time"),
        pytest.param("2026-02-01T12:00:00+05:30", datetime(2026, 2, 1, 6, 30, tzinfo=UTC), id="another zone"),
        pytest.param("2026-02-01", datetime(2026, 2, 1, tzinfo=UTC), id="a day"),
        pytest.param("2026-03-02T12:05:00Z", datetime(2026, 3, 2, 12, 5, tzinfo=UTC), id="five minutes ahead"),
        pytest.param("", None, id="empty"),
    ],
)
def test_times_take_the_program_s_zone(given_time: str, moment: datetime | None) -> None:
    assert admit({"id": "1", "text": "x", "occurred_at": given_time}, PROGRAM, NOON).occurred_at == moment


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["id", "source", "text", "parts", "scores", "attributes", "channel", "unit", "occurred_at", "customer", "x"]


@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_whatever_comes_is_admitted_or_refused(record: dict[str, Any]) -> None:
    try:
        feedback = admit(record, PROGRAM, NOON)
    except FeedbackError:
        return
    again = admit(feedback.as_dict(), PROGRAM, NOON)
    assert again == feedback == feedback_from_dict(feedback.as_dict())
    assert again.content_hash() == feedback.content_hash()


def test_the_order_of_keys_does_not_change_the_content() -> None:
    one = admit({"id": "1", "text": "x", "attributes": {"b": 1, "a": 2}, "scores": {"nps": 1, "ces": 2}}, PROGRAM, NOON)
    two = admit({"scores": {"ces": 2, "nps": 1}, "text": "x", "attributes": {"a": 2, "b": 1}, "id": "1"}, PROGRAM, NOON)
    assert one.content_hash() == two.content_hash()


HUGE = 10**5000
DEEP: list[Any] = []
for _ in range(2_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "wrong", [HUGE, -HUGE, float("nan"), DEEP, {"a": DEEP}, [], {}, True, "\x00", "\ud800"], ids=repr_kind
)
@pytest.mark.parametrize("field", ["id", "source", "channel", "customer", "employee", "unit", "occurred_at", "text"])
def test_hostile_values_are_refused_with_their_field(field: str, wrong: Any) -> None:
    with pytest.raises(FeedbackError) as caught:
        admit({"id": "1", "text": "x"} | {field: wrong}, PROGRAM, NOON)
    assert caught.value.field == field


@pytest.mark.parametrize("wrong", [HUGE, float("inf"), DEEP, [], {}, "\x00"], ids=repr_kind)
@pytest.mark.parametrize("name", ["months", "member", "tier", "store", "else"])
def test_hostile_attributes_are_refused_with_their_field(name: str, wrong: Any) -> None:
    with pytest.raises(FeedbackError) as caught:
        admit({"id": "1", "text": "x", "attributes": {name: wrong}}, PROGRAM, NOON)
    assert caught.value.field == f"attributes.{name}"


@pytest.mark.parametrize("wrong", [HUGE, DEEP, [], {}, False, 0, ["customer"], "custmer"], ids=repr_kind)
def test_a_speaker_is_one_of_the_three(wrong: Any) -> None:
    with pytest.raises(FeedbackError) as caught:
        admit({"id": "1", "parts": [{"text": "x"}, {"text": "y", "speaker": wrong}]}, PROGRAM, NOON)
    assert caught.value.field == "parts.1.speaker"


@pytest.mark.parametrize("field", ["start", "end", "confidence"])
@pytest.mark.parametrize("wrong", [HUGE, -1, float("nan"), "1e999", [], True], ids=repr_kind)
def test_numbers_of_a_part_are_bounded(field: str, wrong: Any) -> None:
    with pytest.raises(FeedbackError) as caught:
        admit({"id": "1", "parts": [{"text": "x", field: wrong}]}, PROGRAM, NOON)
    assert caught.value.field == f"parts.0.{field}"


@pytest.mark.parametrize(
    ("record", "said"),
    [
        pytest.param({"txt": "x"}, "unknown field 'txt'; did you mean 'text'?", id="a field"),
        pytest.param({"text": "x", "scores": {"npss": 1}}, "unknown score 'npss'; did you mean 'nps'?", id="a score"),
        pytest.param({"parts": [{"txt": "x"}]}, "unknown field 'txt'; did you mean 'text'?", id="a field of a part"),
        pytest.param(
            {"parts": [{"text": "x", "speaker": "agnt"}]}, "unknown speaker 'agnt'; did you mean 'agent'?", id="speaker"
        ),
        pytest.param({}, "neither text, parts nor a transcript", id="no words"),
        pytest.param({"text": "x", "parts": [{"text": "x"}]}, "text and parts", id="both"),
        pytest.param({"text": "x" * 20_001}, "split it into parts", id="too long"),
        pytest.param({"parts": [{"text": "x" * 20_000}] * 21}, "420,000 characters", id="too long in all"),
        pytest.param({"parts": [{"text": "x", "start": 2, "end": 1}]}, "ends before it starts", id="backwards"),
        pytest.param({"text": "x", "unit": "a//b"}, "unit must be a path", id="an empty step"),
        pytest.param({"text": "x", "occurred_at": "0001-01-01"}, "before 1970", id="the first day"),
        pytest.param({"text": "x", "occurred_at": "9999-12-31T23:59:59-14:00"}, "out of range", id="past the last"),
        pytest.param({"text": "x", "occurred_at": "2026-03-02T12:05:01Z"}, "five minutes ahead", id="ahead"),
    ],
)
def test_a_refusal_says_what_to_do(record: dict[str, Any], said: str) -> None:
    with pytest.raises(FeedbackError) as caught:
        admit({"id": "1"} | record, PROGRAM, NOON)
    assert said in str(caught.value)
