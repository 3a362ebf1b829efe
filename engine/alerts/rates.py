"""How often a topic comes up, before a problem was opened and since: with how sure that is.

References
----------
E. B. Wilson, Probable inference, the law of succession, and statistical inference (1927),
https://doi.org/10.1080/01621459.1927.10502953.
R. G. Newcombe, Interval estimation for the difference between independent proportions (1998),
https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, for the pooled test and its limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from engine.alerts.precision import wilson

# What a difference must stay below to be no accident.
LEVEL = 0.05
# The test leans on the normal distribution: it needs so many expected of each kind, on each side.
LEAST_EXPECTED = 5.0
DAY = timedelta(days=1)


class Trend(StrEnum):
    """What became of a topic's rate."""

    LOWER = "lower"
    HIGHER = "higher"
    UNCLEAR = "unclear"
    TOO_LITTLE = "too_little"


SAID = {
    Trend.LOWER: "the topic comes up less often than before",
    Trend.HIGHER: "the topic comes up more often than before",
    Trend.UNCLEAR: "no change that chance would not explain",
    Trend.TOO_LITTLE: "too little feedback to tell",
}


@dataclass(frozen=True, slots=True)
class Rate:
    """The share of feedback with a topic in a span.

    Parameters
    ----------
    count, of
        How many feedback have the topic, and how many there are.
    """

    since: datetime
    until: datetime
    count: int
    of: int

    @property
    def days(self) -> float:
        """The length of the span."""
        return (self.until - self.since) / DAY

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values, with a 95% Wilson interval of the share."""
        low, high = wilson(self.count, self.of) if self.of else (0.0, 1.0)
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "days": round(self.days, 2),
            "count": self.count,
            "of": self.of,
            "a_day": round(self.count / self.days, 2) if self.days else None,
            "share": round(self.count / self.of, 6) if self.of else None,
            "low": round(low, 6),
            "high": round(high, 6),
        }


@dataclass(frozen=True, slots=True)
class RateChange:
    """The rate of a problem's topic before it was opened, and since it was solved (while it is open: since then)."""

    topic: str
    unit: str | None
    before: Rate
    after: Rate

    @property
    def p(self) -> float | None:
        """The chance of a difference like this where nothing changed (two-sided); None with too little to tell."""
        before, after = self.before, self.after
        total = before.of + after.of
        pooled = (before.count + after.count) / total if total else 0.0
        least = min(before.of, after.of) * min(pooled, 1 - pooled)
        if least < LEAST_EXPECTED:
            return None
        error = math.sqrt(pooled * (1 - pooled) * (1 / before.of + 1 / after.of))
        difference = after.count / after.of - before.count / before.of
        return math.erfc(abs(difference) / error / math.sqrt(2))

    @property
    def trend(self) -> Trend:
        """What can be told from it."""
        p = self.p
        if p is None:
            return Trend.TOO_LITTLE
        if p >= LEVEL:
            return Trend.UNCLEAR
        fewer = self.after.count * self.before.of < self.before.count * self.after.of
        return Trend.LOWER if fewer else Trend.HIGHER

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "topic": self.topic,
            "unit": self.unit,
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
            "p": None if self.p is None else float(f"{self.p:.3g}"),
            "trend": str(self.trend),
            "said": SAID[self.trend],
        }
