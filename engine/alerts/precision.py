"""Precision: how many of a rule's alerts were right, by what people said of them.

References
----------
E. B. Wilson, Probable inference, the law of succession, and statistical inference (1927),
https://doi.org/10.1080/01621459.1927.10502953.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine.alerts.verdict import VerdictKind

# The normal quantile of a 95% interval.
QUANTILE = 1.959963984540054
COUNTED = (VerdictKind.RIGHT, VerdictKind.WRONG_LABEL, VerdictKind.NOT_ACTIONABLE)


@dataclass(frozen=True, slots=True)
class Precision:
    """right / (right + wrong_label + not_actionable), with a 95% Wilson interval."""

    right: int
    judged: int

    @property
    def value(self) -> float:
        """The share that was right."""
        return self.right / self.judged

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% Wilson score interval."""
        return wilson(self.right, self.judged)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        low, high = self.interval
        return {
            "right": self.right,
            "judged": self.judged,
            "value": round(self.value, 4),
            "low": round(low, 4),
            "high": round(high, 4),
        }


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return the 95% Wilson score interval of a share: so many of at least one."""
    n, p, z = of, count / of, QUANTILE
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def precision_of(verdicts: Iterable[VerdictKind | None]) -> Precision | None:
    """Return the precision of some alerts by their latest verdicts; None where none of them counts."""
    counted = [one for one in verdicts if one in COUNTED]
    right = sum(one is VerdictKind.RIGHT for one in counted)
    return Precision(right, len(counted)) if counted else None
