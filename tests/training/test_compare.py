"""Comparing two models: differences, and what chance could make of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from engine.taxonomy import Taxonomy
from tests.support.keyword_reader import LEAVES, TAXONOMY
from training.compare import ScoreChanges, compare_scores, holm, joined, mcnemar
from training.data import Labelled

RECORDS = 200
COLUMNS = len(TAXONOMY.columns)
ANGER, CHURN = TAXONOMY.columns.index(("emotion", "anger/anger")), TAXONOMY.columns.index(("intent", "churn"))
Bools = npt.NDArray[np.bool_]


def items(truth: Bools, known: Bools | None = None) -> list[Labelled]:
    sure = np.ones_like(truth) if known is None else known
    rows = zip(truth.astype(np.float32), sure.astype(np.float32), strict=True)
    return [Labelled(str(n), "x", ((0, 1),), one[None], judged[None]) for n, (one, judged) in enumerate(rows)]


@pytest.fixture
def truth() -> Bools:
    """Every label holds for about a third of the records."""
    there: Bools = np.random.default_rng(1).random((RECORDS, COLUMNS)) < 0.3
    return there


def compared(truth: Bools, a: Bools, b: Bools, known: Bools | None = None) -> ScoreChanges:
    return compare_scores((a, b), (TAXONOMY, TAXONOMY), items(truth, known), resamples=2000)


def test_the_same_model_twice_differs_in_nothing(truth: Bools) -> None:
    noisy = truth ^ (np.random.default_rng(2).random(truth.shape) < 0.1)
    found = compared(truth, noisy, noisy)
    differences = [one.macro_f1 for one in found.tasks] + [one.f1 for one in found.labels]
    assert {(one.change, one.low, one.high, one.p) for one in differences} == {(0.0, 0.0, 0.0, 1.0)}
    assert {(one.only_a, one.only_b, one.mcnemar) for one in found.labels} == {(0, 0, 1.0)}


def test_a_label_that_one_model_misses_is_told_apart_from_noise(truth: Bools) -> None:
    noisy = truth ^ (np.random.default_rng(2).random(truth.shape) < 0.1)
    worse = noisy.copy()
    worse[:, CHURN] &= np.random.default_rng(3).random(RECORDS) < 0.3
    found = compared(truth, noisy, worse)
    by_label = {(one.task, one.label): one for one in found.labels}
    churn, anger = by_label["intent", "churn"], by_label["emotion", "anger/anger"]
    assert churn.f1.high < 0
    assert churn.f1.low < churn.f1.change < churn.f1.high
    assert max(churn.f1.p_corrected, churn.mcnemar_corrected) < 0.05
    assert churn.only_a > 2 * churn.only_b > 0
    assert (anger.f1.change, anger.f1.p_corrected, anger.mcnemar_corrected) == (0.0, 1.0, 1.0)
    tasks = {one.task: one.macro_f1 for one in found.tasks}
    assert tasks["intent"].change == pytest.approx(churn.f1.change / len(LEAVES["intent"]), abs=1e-6)
    assert tasks["emotion"].p == 1.0


def test_pure_noise_is_rarely_taken_for_a_change() -> None:
    """Under no difference a corrected p-value falls below 0.05 in one of twenty comparisons at most, give or take."""
    chance, alarms = np.random.default_rng(4), 0
    for _ in range(40):
        truth = chance.random((RECORDS, COLUMNS)) < 0.3
        a, b = (truth ^ (chance.random(truth.shape) < 0.15) for _ in range(2))
        found = compare_scores((a, b), (TAXONOMY, TAXONOMY), items(truth), resamples=1000)
        alarms += any(one.mcnemar_corrected < 0.05 for one in found.labels)
    assert alarms <= 6


def test_f1_counts_known_labels_only(truth: Bools) -> None:
    known = np.ones_like(truth)
    known[:100, CHURN] = truth[:100, CHURN]
    held = truth.copy()
    held[:100, CHURN] = True
    churn = {one.label: one for one in compared(truth, held, truth, known).labels}["churn"]
    assert (churn.f1.a, churn.f1.b, churn.only_b) == (1.0, 1.0, 0)


def test_labels_of_one_model_only_and_rare_labels_are_named_and_not_compared(truth: Bools) -> None:
    other = Taxonomy(LEAVES | {"topic": ("digital/ease-of-use", "price")}, {})
    trees = joined(TAXONOMY, other)
    assert trees.leaves["topic"] == (*LEAVES["topic"], "price")
    there = np.hstack([truth, truth[:, :1]])
    there[5:, ANGER] = False
    held = tuple(there[:, [trees.columns.index(label) for label in tree.columns]] for tree in (TAXONOMY, other))
    found = compare_scores((held[0], held[1]), (TAXONOMY, other), items(there), resamples=100)
    assert found.only_a == ("topic:digital/reliability", "topic:billing/accuracy")
    assert found.only_b == ("topic:price",)
    assert found.left_out == ("emotion:anger/anger",)
    assert len(found.labels) == COLUMNS - 3
    assert {one.f1.a for one in found.labels} == {1.0}


def test_nothing_to_compare_is_no_error() -> None:
    nothing = np.zeros((3, COLUMNS), bool)
    found = compared(nothing, nothing, nothing)
    assert (found.tasks, found.labels, found.records) == ((), (), 3)


@pytest.mark.parametrize(
    ("p", "corrected"),
    [
        pytest.param([], [], id="none"),
        pytest.param([0.03], [0.03], id="one"),
        pytest.param([0.04, 0.01, 0.03], [0.06, 0.03, 0.06], id="the textbook's"),
        pytest.param([0.9, 0.8], [1.0, 1.0], id="never above one"),
    ],
)
def test_holm(p: list[float], corrected: list[float]) -> None:
    assert holm(p) == pytest.approx(corrected)


@pytest.mark.parametrize(("a", "b", "p"), [(0, 0, 1.0), (5, 5, 1.0), (0, 5, 0.0625), (1, 8, 0.0390625)])
def test_mcnemar(a: int, b: int, p: float) -> None:
    assert mcnemar(a, b) == pytest.approx(p)
