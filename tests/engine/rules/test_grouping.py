"""Keys of groups."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.feedback import Feedback, Part
from engine.reading import ReadingStatus, blank_reading
from engine.rules.case import Case
from engine.rules.grouping import Grouping, key_of, say_key, values_of
from tests.support.keyword_reader import TAXONOMY

READING = blank_reading(ReadingStatus.EMPTY, TAXONOMY, model="none")
PER = tuple(Grouping(name, attribute=True) for name in "xyz")
texts = st.text("ab\x1e\x1f01", min_size=1, max_size=6)


def case(**fields: object) -> Case:
    return Case(Feedback(id="f", parts=(Part(""),), **fields), READING)  # type: ignore[arg-type]


@given(values=st.tuples(texts, texts, texts))
def test_a_key_holds_its_values_whatever_characters_they_have(values: tuple[str, str, str]) -> None:
    key = key_of(PER, case(attributes=dict(zip("xyz", values, strict=True))))
    assert key is not None
    assert values_of(key) == values
    assert say_key(key) == ", ".join(values)


def test_customers_are_one_whatever_their_case_and_units_are_not() -> None:
    by_customer, by_unit = (Grouping("customer"),), (Grouping("unit"),)
    assert key_of(by_customer, case(customer="Ann")) == key_of(by_customer, case(customer="ANN"))
    assert key_of(by_unit, case(unit="emea/Leeds")) != key_of(by_unit, case(unit="emea/leeds"))
