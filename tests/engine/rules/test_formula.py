"""What tests say of each other is certain: no case contradicts it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feedback import Feedback, Part
from engine.reading import Reading, ReadingStatus, Standing, blank_reading
from engine.rules.case import Case
from engine.rules.conditions import All, AnyOf, Condition, NoneOf
from engine.rules.field_condition import FieldCondition, FieldKind
from engine.rules.formula import Every, Formula, Literal, formula, literals
from engine.rules.label_condition import LabelCondition
from engine.rules.phrasing import Value
from engine.rules.truth import Truth
from engine.taxonomy import NEUTRAL
from tests.support.keyword_reader import TAXONOMY

NUMBERS = [0.0, 3.0, 14.0, 14.5]
TEXTS: list[Value] = ["gold", "GOLD", "14", "14.0", " 14", "true", "TRUE"]
UNITS = ["emea", "emea/uk", "EMEA/UK/leeds", "emea/ukraine", "apac"]
bound = st.none() | st.sampled_from(NUMBERS)


@st.composite
def fields(draw: st.DrawFn) -> FieldCondition:
    kind: FieldKind = draw(st.sampled_from(["score", "attribute", "unit"]))
    name = {"score": "nps", "attribute": "x", "unit": "unit"}[kind]
    if draw(st.integers(0, 4)) == 0:
        return FieldCondition(kind, name, missing=draw(st.booleans()))
    pools: dict[str, list[Value]] = {
        "score": [*NUMBERS],
        "attribute": [*NUMBERS, *TEXTS, True, False],
        "unit": [*UNITS],
    }
    values = tuple(draw(st.lists(st.sampled_from(pools[kind]), max_size=3)))
    low, high = (None, None) if kind == "unit" else (draw(bound), draw(bound))
    return FieldCondition(kind, name, values, low, high)


@st.composite
def labels(draw: st.DrawFn) -> LabelCondition:
    task = draw(st.sampled_from(["emotion", "topic"]))
    names = tuple(draw(st.lists(st.sampled_from(TAXONOMY.nodes(task)), min_size=1, max_size=3, unique=True)))
    columns = sorted({column for name in names for column in TAXONOMY.columns_under(task, name)})
    confidence = st.none() | st.sampled_from([0.0, 0.3, 0.7, 1.0])
    return LabelCondition(task, names, tuple(columns), draw(confidence), draw(confidence), TAXONOMY)


tests = fields() | labels()
literal = st.builds(Literal, tests, st.booleans())
trees = st.recursive(
    tests,
    lambda inner: st.builds(
        lambda group, children: group(tuple(children)),
        st.sampled_from([All, AnyOf, NoneOf]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    if draw(st.integers(0, 3)) == 0:
        return blank_reading(ReadingStatus.EMPTY, TAXONOMY, model="m")
    count = len(TAXONOMY.columns)
    standing = np.array(draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)), np.uint8)
    neutral = TAXONOMY.columns.index(NEUTRAL)
    others = np.delete(standing[TAXONOMY.slices["emotion"]], neutral)
    if (others == Standing.HOLDS).any():
        standing[neutral] = Standing.ABSENT
    confidence = draw(st.lists(st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0]), min_size=count, max_size=count))
    return Reading(
        ReadingStatus.READ,
        "en",
        "m",
        TAXONOMY,
        np.zeros((1, 3), np.int32),
        np.array([confidence, confidence], np.float32),
        np.vstack([standing, standing]),
        np.zeros((1, 0), np.float16),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    scores = {"nps": draw(st.sampled_from(NUMBERS))} if draw(st.booleans()) else {}
    given_value = draw(st.sampled_from([None, *NUMBERS, *TEXTS, True, False]))
    attributes = {} if given_value is None else {"x": given_value}
    unit = draw(st.sampled_from([None, *UNITS, "apac/jp"]))
    return Case(Feedback("1", (Part("x"),), scores=scores, attributes=attributes, unit=unit), draw(readings()))


def fits(one: Literal, case: Case) -> bool:
    return one.condition.judge(case) is (Truth.YES if one.holds else Truth.NO)


def holds(one: Formula, case: Case) -> bool:
    if isinstance(one, Literal):
        return fits(one, case)
    return (all if isinstance(one, Every) else any)(holds(part, case) for part in one.parts)


@given(literal, literal, st.lists(cases(), min_size=1, max_size=20))
@settings(max_examples=600)
def test_what_is_said_of_two_tests_is_so(one: Literal, other: Literal, some: list[Case]) -> None:
    if one.subject != other.subject:
        return
    for case in some:
        if fits(one, case) and one.implies(other):
            assert fits(other, case)
        if fits(one, case) and one.contradicts(other):
            assert not fits(other, case)
    assert one.implies(one)
    assert not (one.holds and other == one and one.contradicts(other))


@given(trees, st.lists(cases(), min_size=1, max_size=5))
def test_a_formula_holds_exactly_when_its_condition_is_yes(condition: Condition, some: list[Case]) -> None:
    found = formula(condition)
    for case in some:
        assert holds(found, case) is (condition.judge(case) is Truth.YES)
        if holds(found, case):
            assert all(fits(one, case) for one in literals(found))
