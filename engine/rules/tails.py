"""Tails of counts: how likely so many are by chance, given earlier counts.

References
----------
A. Gelman et al., Bayesian Data Analysis (3rd ed., 2013), section 2.6: the predictive distribution of a Poisson count
under a gamma prior is negative binomial.
J. O. Lloyd-Smith, Maximum likelihood estimation of the negative binomial dispersion parameter (2007),
https://doi.org/10.1371/journal.pone.0000180, for its mean and dispersion form.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

MOST_STEPS = 100_000


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

    The shorter side is summed; far from both ends the terms fall geometrically, and the sum ends where they
    no longer matter.
    """
    if count <= 0:
        return 1.0
    mean = size * (1 - chance) / chance
    if count <= mean:
        return max(0.0, 1.0 - _sum(count - 1, size, chance, down=True))
    return min(1.0, _sum(count, size, chance, down=False))


def _sum(start: int, size: float, chance: float, *, down: bool) -> float:
    log_term = math.lgamma(start + size) - math.lgamma(size) - math.lgamma(start + 1)
    term = math.exp(log_term + size * math.log(chance) + start * math.log1p(-chance))
    total, k = 0.0, start
    for _ in range(MOST_STEPS):
        total += term
        if down and k == 0:
            break
        term *= k / ((k - 1 + size) * (1 - chance)) if down else (k + size) / (k + 1) * (1 - chance)
        k += -1 if down else 1
        if term < total * 1e-12:
            break
    return total


def least_spike(before: Sequence[int], at_least: int, p: float) -> int:
    """Return the least count that is a spike after these counts."""
    low, high = at_least - 1, max(at_least, 1)
    while spike_tail(high, before) > p:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if spike_tail(middle, before) > p else (low, middle)
    return high
