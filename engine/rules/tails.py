"""Tails of counts: how likely so many are by chance, given earlier counts.

References
----------
A. Gelman et al., Bayesian Data Analysis (3rd ed., 2013), section 2.6: the predictive distribution of a Poisson count
under a gamma prior is negative binomial.
J. O. Lloyd-Smith, Maximum likelihood estimation of the negative binomial dispersion parameter (2007),
https://doi.org/10.1371/journal.pone.0000180, for its mean and dispersion form.
W. H. Press et al., Numerical Recipes (3rd ed., 2007), section 6.4: the incomplete beta function as a fraction.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

MOST_STEPS = 100_000
PRECISION = 1e-13
TINY = 1e-300


def spike_tail(count: int, before: Sequence[int]) -> float:
    """Return how likely `count` or more are, given the counts of the spans before.

    The larger of two tails: what so few spans can tell of a constant rate (Jeffreys' prior), and, where the
    counts scatter more than a constant rate explains, a negative binomial with their mean and variance.
    """
    spans, total = len(before), sum(before)
    tail = negative_binomial_tail(count, total + 0.5, spans / (spans + 1))
    mean = total / spans
    variance = sum((one - mean) ** 2 for one in before) / max(spans - 1, 1)
    if variance > mean > 0:
        size = mean * mean / (variance - mean)
        tail = max(tail, negative_binomial_tail(count, size, size / (size + mean)))
    return tail


def negative_binomial_tail(count: int, size: float, chance: float) -> float:
    """Return P(X >= count) of a negative binomial with a real-valued size and a success probability.

    It is the regularized incomplete beta function of 1 - chance at (count, size): the work grows with the root of
    the counts, so that a million a day cost no more than a thousand.
    """
    if count <= 0:
        return 1.0
    failure = 1 - chance
    log_front = math.lgamma(count + size) - math.lgamma(count) - math.lgamma(size)
    front = math.exp(log_front + count * math.log(failure) + size * math.log(chance))
    # The fraction converges fast on this side of the mean; beyond it the other tail is taken.
    if failure < (count + 1) / (count + size + 2):
        return min(1.0, front * _beta_fraction(count, size, failure) / count)
    return max(0.0, 1.0 - front * _beta_fraction(size, count, chance) / size)


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    fraction = d
    for step in range(1, MOST_STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            fraction *= d * c
        if abs(d * c - 1) < PRECISION:
            break
    return fraction


def _away_from_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
