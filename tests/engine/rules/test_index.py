"""The index agrees with the reference on every condition and every case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feedback import Feedback, Part
from engine.reading import ReadingStatus, blank_reading
from engine.rules.case import Case
from engine.rules.compiled.batch import MOST_ROWS
from engine.rules.compiled.fields import MOST_VALUES
from engine.rules.conditions import All, AnyOf, Condition, NoneOf
from engine.rules.field_condition import FieldCondition
from engine.rules.index import ConditionIndex, index_of
from engine.rules.label_condition import LabelCondition
from engine.rules.trace import Trace
from engine.rules.truth import Truth
from tests.support.rule_grammar import HOME, KINDS, MOVED, cases, conditions, groups


def expected(rules: Mapping[str, Condition], batch: Sequence[Case]) -> list[list[tuple[str, Truth]]]:
    judged = [[(name, rule.judge(case)) for name, rule in rules.items()] for case in batch]
    return [[(name, truth) for name, truth in row if truth is not Truth.NO] for row in judged]


def named(trees: Sequence[Condition]) -> dict[str, Condition]:
    return {f"r{place}": tree for place, tree in enumerate(trees)}


@dataclass(frozen=True)
class Judged:
    """A kind of condition that the index has never heard of; it counts how often it is asked."""

    truths: tuple[Truth, ...]
    asked: list[str]

    def judge(self, case: Case) -> Truth:
        self.asked.append(case.feedback.source)
        return self.truths[sum(map(ord, case.feedback.source)) % len(self.truths)]

    def explain(self, case: Case) -> Trace:
        return Trace("judged", self.judge(case))


strange = st.lists(st.sampled_from(Truth), min_size=1, max_size=3).map(lambda truths: Judged(tuple(truths), []))
mixed = st.recursive(
    conditions | strange,
    lambda inner: st.builds(lambda group, of: group(tuple(of)), groups, st.lists(inner)),
    max_leaves=8,
)


@given(st.lists(conditions, max_size=12), st.lists(cases(), max_size=6))
def test_agrees_with_the_reference(trees: list[Condition], batch: list[Case]) -> None:
    rules = named(trees)
    assert index_of(rules).match(batch).by_case() == expected(rules, batch)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_agrees_on_every_kind_alone(kind: str, data: st.DataObject) -> None:
    rules, batch = named(data.draw(st.lists(KINDS[kind], min_size=4, max_size=8))), data.draw(st.lists(cases()))
    assert index_of(rules).match(batch).by_case() == expected(rules, batch)


@given(st.lists(mixed, max_size=8), st.lists(cases(), max_size=6))
def test_agrees_on_conditions_it_does_not_know(trees: list[Condition], batch: list[Case]) -> None:
    rules = named(trees)
    assert index_of(rules).match(batch).by_case() == expected(rules, batch)


changes = st.lists(st.tuples(st.sampled_from("abcde"), st.none() | mixed), max_size=20)


@given(changes, st.lists(cases(), min_size=1, max_size=3), st.lists(cases(), min_size=1, max_size=3))
def test_changes_leave_what_a_fresh_index_has(
    steps: list[tuple[str, Condition | None]], warm: list[Case], batch: list[Case]
) -> None:
    index, rules = ConditionIndex(), dict[str, Condition]()
    for name, tree in steps:
        if tree is not None:
            rules[name] = tree
        else:
            rules.pop(name, None)
        index = index.followed_by(rules)
        index.match(warm)
    assert len(index) == len(rules)
    assert index.match(batch).by_case() == index_of(rules).match(batch).by_case() == expected(rules, batch)


generations = st.lists(st.dictionaries(st.sampled_from("abcdef"), conditions, max_size=4), min_size=1, max_size=4)


@given(generations, st.lists(cases(), min_size=1, max_size=3))
def test_indexes_that_follow_each_other_stay_as_they_are(
    generations: list[dict[str, Condition]], batch: list[Case]
) -> None:
    kept = generations[0]
    indexes = [index_of(kept)]
    all_rules = [kept]
    for rules in generations[1:]:
        kept = {name: one for name, one in kept.items() if name != "a"} | rules
        indexes.append(indexes[-1].followed_by(kept))
        all_rules.append(kept)
        indexes[-1].match(batch)
    found = [index.match(batch).by_case() for index in indexes]
    assert found == [expected(rules, batch) for rules in all_rules]
    indexes[:-1] = []
    assert indexes[-1].match(batch).by_case() == expected(kept, batch)


@given(st.lists(conditions, min_size=1, max_size=4), st.lists(cases(), min_size=1, max_size=4))
def test_more_cases_than_a_batch_holds(trees: list[Condition], some: list[Case]) -> None:
    rules, batch = named(trees), some * (MOST_ROWS // len(some) + 2)
    found = index_of(rules).match(batch).by_case()
    assert found == (expected(rules, some) * (MOST_ROWS // len(some) + 2))


def test_an_index_of_nothing_is_empty() -> None:
    index = index_of({"a": All((FieldCondition("channel", "channel", ("chat",)),)), "b": NoneOf(())})
    index = index.followed_by({})
    assert index.match([case_of(channel="chat")]).by_case() == [[]]


def case_of(**fields: object) -> Case:
    return Case(Feedback("1", (Part("x"),), **fields), blank_reading(ReadingStatus.READ, HOME, model="m"))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [True, 1.0, "1", "true"])
def test_a_flag_is_no_number_even_where_python_has_them_equal(value: str | float | bool) -> None:
    wanted: list[str | float | bool] = [True, 1.0, "1", "true", "True"]
    rules = named([FieldCondition("attribute", "x", (one,)) for one in wanted])
    batch = [case_of(attributes={"x": value})]
    assert index_of(rules).match(batch).by_case() == expected(rules, batch)


def test_the_same_columns_of_other_trees_are_another_condition() -> None:
    here = LabelCondition("intent", ("complaint",), (4,), taxonomy=HOME)
    rules = {"here": here, "there": LabelCondition("intent", ("complaint",), (4,), taxonomy=MOVED)}
    batch = [case_of()]
    batch[0].reading.standing[-1, 4] = 2
    assert index_of(rules).match(batch).by_case() == expected(rules, batch)


def test_a_field_of_endless_values_is_still_told_apart() -> None:
    rules = {"odd": FieldCondition("attribute", "order", ("n7", "n9000")), "any": FieldCondition("unit", "unit")}
    index = index_of(rules)
    for start in range(0, 2 * MOST_VALUES + 2_000, MOST_ROWS):
        batch = [case_of(attributes={"order": f"N{place}"}) for place in range(start, start + MOST_ROWS)]
        assert index.match(batch).by_case() == expected(rules, batch)


@given(st.floats(0, 1, width=32))
def test_confidences_are_compared_as_they_are_shown(confidence: float) -> None:
    shown = round(float(np.float32(confidence)), 4)
    limits = [shown, np.nextafter(shown, 0.0), np.nextafter(shown, 1.0), round(shown + 0.0001, 4)]
    rules = named([LabelCondition("intent", ("complaint",), (4,), float(limit), None, HOME) for limit in limits])
    rules |= {f"most{n}": LabelCondition("intent", ("churn",), (4,), None, float(at)) for n, at in enumerate(limits)}
    batch = [case_of()]
    batch[0].reading.confidence[-1, 4] = confidence
    assert index_of(rules).match(batch).by_case() == expected(rules, batch)


def test_a_condition_it_does_not_know_is_judged_only_where_a_rule_hangs_on_it() -> None:
    asked: list[str] = []
    costly = Judged((Truth.YES,), asked)
    chat = FieldCondition("channel", "channel", ("chat",))
    rules = {"and": All((chat, AnyOf((costly,)))), "or": AnyOf((NoneOf((chat,)), costly))}
    batch = [case_of(channel="chat", source="asked"), case_of(channel="email", source="not")]
    assert index_of(rules).match(batch).by_case() == [
        [("and", Truth.YES), ("or", Truth.YES)],
        [("or", Truth.YES)],
    ]
    assert asked == ["asked"]
