"""Tails of counts, beside exact sums."""

from __future__ import annotations

from math import comb

import pytest

from engine.rules.tails import negative_binomial_tail, spike_tail


def exact(count: int, size: int, chance: float) -> float:
    below = [comb(one + size - 1, one) * chance**size * (1 - chance) ** one for one in range(count)]
    return 1 - sum(below)


@pytest.mark.parametrize("size", [1, 2, 7, 40])
@pytest.mark.parametrize("chance", [0.05, 0.5, 7 / 8])
@pytest.mark.parametrize("count", [0, 1, 3, 20, 90])
def test_a_tail_is_the_sum_of_its_terms(count: int, size: int, chance: float) -> None:
    assert negative_binomial_tail(count, size, chance) == pytest.approx(exact(count, size, chance), abs=1e-12)


@pytest.mark.parametrize(
    ("count", "size", "chance", "expected"),
    [
        pytest.param(12, 32.5, 7 / 8, 0.005833835238341461, id="a size between whole numbers"),
        pytest.param(5, 0.5, 7 / 8, 7.935947790627666e-06, id="a size below one"),
        pytest.param(900_000, 2.5, 2.5 / 500_002.5, 0.10906475625, id="counts by the hundred thousand that scatter"),
        pytest.param(371_868, 91218.14608650621, 0.2004397413367888, 1.8544392584742981e-09, id="far out, many"),
    ],
)
def test_a_tail_is_what_other_libraries_find(count: int, size: float, chance: float, expected: float) -> None:
    assert negative_binomial_tail(count, size, chance) == pytest.approx(expected, rel=1e-8)


def test_counts_that_scatter_by_the_hundred_thousand_are_no_spike_too_soon() -> None:
    assert spike_tail(800_000, [50_000, 200_000, 10, 90_000, 400_000, 1_000, 7]) == pytest.approx(0.0057, abs=1e-4)
