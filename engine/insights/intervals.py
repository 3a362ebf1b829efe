"""How sure numbers are: intervals at 95%, tests, and the control of false discoveries.

References
----------
E. B. Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953: the interval of a share.
D. Katz, J. Baptista, S. P. Azen, M. C. Pike, Obtaining confidence intervals for the risk ratio in cohort studies
(1978), https://doi.org/10.2307/2530610: the interval of a ratio of shares, on the log scale; with half a record added
where a count is 0 (S. D. Walter, 1975, https://doi.org/10.1093/biomet/62.2.371).
D. G. Bonett, R. M. Price, Adjusted Wald confidence interval for a difference of binomial proportions based on paired
data (2012), https://doi.org/10.3102/1076998611411915: the interval of promoters minus detractors.
Y. Benjamini, Y. Hochberg, Controlling the false discovery rate (1995),
https://doi.org/10.1111/j.2517-6161.1995.tb02031.x.
W. G. Cochran, Some methods for strengthening the common chi-squared tests (1954),
https://doi.org/10.2307/3001616: at least five expected of each kind.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.alerts.precision import QUANTILE
from engine.alerts.precision import wilson as wilson

LEAST_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as large one share is as another, with its interval; infinite where the other is nothing."""

    value: float
    low: float
    high: float


def ratio_of(count: int, of: int, other: int, other_of: int) -> Ratio:
    """Return the ratio of two shares, each of one or more records."""
    value = (count / of) / (other / other_of) if other else math.inf if count else 1.0
    more = 0.0 if count and other else 0.5
    a, n, b, m = count + more, of + more, other + more, other_of + more
    middle = math.log((a / n) / (b / m))
    half = QUANTILE * math.sqrt(max(0.0, 1 / a - 1 / n + 1 / b - 1 / m))
    low = 0.0 if not count else math.exp(middle - half)
    high = math.inf if not other else math.exp(middle + half)
    return Ratio(value, low, high)


def expected(count: int, of: int, other: int, other_of: int) -> float:
    """Return the smallest count that chance would make of two shares that are the same."""
    total = of + other_of
    having = count + other
    return min(of, other_of) * min(having, total - having) / total if total else 0.0


def difference_p(count: int, of: int, other: int, other_of: int) -> float:
    """Return the chance of a difference like this between equal shares: two-sided, pooled, by the normal."""
    pooled = (count + other) / (of + other_of)
    error = math.sqrt(pooled * (1 - pooled) * (1 / of + 1 / other_of))
    if not error:
        return 1.0
    return math.erfc(abs(count / of - other / other_of) / error / math.sqrt(2))


def adjusted(chances: Sequence[float]) -> list[float]:
    """Return for each of several chances the share of false discoveries if it and all smaller ones count."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    found, least = [1.0] * len(chances), 1.0
    for rank, place in reversed(list(enumerate(order, start=1))):
        least = min(least, chances[place] * len(chances) / rank)
        found[place] = least
    return found


def net_promoters(promoters: int, detractors: int, of: int) -> tuple[float, float, float]:
    """Return promoters minus detractors of one or more answers, -100 to 100, with its interval."""
    value = 100 * (promoters - detractors) / of
    up, down = (promoters + 1) / (of + 2), (detractors + 1) / (of + 2)
    half = QUANTILE * math.sqrt((up + down - (up - down) ** 2) / (of + 2))
    low, high = 100 * (up - down - half), 100 * (up - down + half)
    return value, max(-100.0, low), min(100.0, high)


def mean_of(total: float, squares: float, of: int) -> tuple[float, float | None, float | None]:
    """Return the mean of one or more values with Student's interval; of a single value there is none.

    Parameters
    ----------
    total, squares
        The sums of the values, and of their squares.
    """
    from scipy.stats import t

    mean = total / of
    if of < 2:
        return mean, None, None
    spread = math.sqrt(max(0.0, squares - total * mean) / (of - 1) / of)
    half = float(t.ppf(0.975, of - 1)) * spread
    return mean, mean - half, mean + half
