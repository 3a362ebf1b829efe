"""Several annotators: what they agree on, what the majority says, and what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.annotations import Annotation, Subject, changes, merged
from training.check import Place

ByTask = dict[str, tuple[str, ...]]


def said(by: str, *labels: ByTask, line: int = 1, texts: tuple[str, ...] = (), id: str = "1") -> Annotation:  # noqa: A002
    texts = texts or tuple(f"sentence {number}" for number in range(len(labels)))
    return Annotation(Place("a.jsonl", line), Subject("default", id, 1), by, texts, labels)


A, B, AB = ("praise",), ("churn",), ("praise", "churn")


@pytest.mark.parametrize(
    ("ways", "kept", "resolved"),
    [
        pytest.param([A], A, [], id="one"),
        pytest.param([A, A], A, [], id="two agree"),
        pytest.param([A, B], None, ["left out"], id="two differ"),
        pytest.param([A, A, B], A, ["majority"], id="two against one"),
        pytest.param([A, B, AB], AB, ["majority"], id="each label by most"),
        pytest.param([A, AB], None, ["left out"], id="a tie about one label"),
        pytest.param([A, B, ()], (), ["majority"], id="most say no to each"),
        pytest.param([(), ()], (), [], id="none, twice"),
        pytest.param([A, None], A, [], id="one did not judge"),
        pytest.param([A, B, A, B], None, ["left out"], id="two and two"),
    ],
)
def test_the_majority_of_each_label_counts(
    ways: list[tuple[str, ...] | None], kept: tuple[str, ...] | None, resolved: list[str]
) -> None:
    given = [said(f"p{place}", {} if way is None else {"intent": way}) for place, way in enumerate(ways)]
    (one,), conflicts = merged([*given, said("p0", {"topic": ()}, id="2")][: len(given)])
    assert one.labels[0].get("intent") == kept
    assert [conflict.resolved for conflict in conflicts] == resolved


def test_a_conflict_tells_who_said_what_where(tmp_path: Path) -> None:
    two = [said("kim", {"intent": A}, {"intent": A}, line=4), said("lee", {"intent": B}, {"intent": A}, line=9)]
    (one,), (conflict,) = merged(two)
    assert one.labels == ({}, {"intent": A})
    assert conflict.as_dict() == {
        "places": ["a.jsonl:4", "a.jsonl:9"],
        "id": "1",
        "sentence": "sentence 0",
        "task": "intent",
        "labels": {"kim": ["praise"], "lee": ["churn"]},
        "resolved": "left out",
    }


def test_of_one_annotator_the_last_word_counts() -> None:
    (one,), conflicts = merged([said("kim", {"intent": A}), said("kim", {"intent": B})])
    assert (one.labels, conflicts) == (({"intent": B},), [])


def test_sentences_cut_by_most_count() -> None:
    cut = [said("a", {"intent": A}, texts=("one two",)), said("b", {"intent": A}, {}, texts=("one", "two"))]
    (one,), (conflict,) = merged([*cut, said("c", {"intent": A}, {}, texts=("one", "two"))])
    assert one.sentences == ("one", "two")
    assert (conflict.task, conflict.resolved) == ("sentences", "left out")


def test_nothing_judged_makes_no_row() -> None:
    assert merged([said("a", {}, {})]) == ([], [])


def test_changed_suggestions_are_counted_where_they_were_judged() -> None:
    one = said("a", {"intent": AB, "topic": ()}, {"intent": B})
    shown = Annotation(**(vars(one) | {"suggested": ({"intent": B[::-1] + A, "topic": A}, {"topic": ()})}))
    assert changes([shown]) == (2, 1)
    assert changes([one]) == (0, 0)
