"""The rules of a span: how often each alerted, how right it was, and how soon its alerts were followed up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.alerts.attainment import Line
from engine.alerts.precision import Precision


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in a span.

    Parameters
    ----------
    alerts, reviews, signals
        How many it opened.
    precision
        By the latest verdicts on these alerts; None without any that counts.
    attainment
        Of these alerts; None where none counts.
    since, until
        The span, which with the rule makes the parameters that list these alerts.
    """

    rule: str
    alerts: int
    reviews: int
    signals: int
    a_week: float
    precision: Precision | None
    attainment: Line | None
    since: datetime
    until: datetime

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        line = None if self.attainment is None else self.attainment.as_dict(None)
        return {
            "rule": self.rule,
            "alerts": self.alerts,
            "reviews": self.reviews,
            "signals": self.signals,
            "a_week": round(self.a_week, 2),
            "precision": None if self.precision is None else self.precision.as_dict(),
            "follow_up": None if line is None else line["follow_up"],
            "close": None if line is None else line["close"],
            "behind_alerts": {
                "rule": self.rule,
                "kind": "alert",
                "since": self.since.isoformat(),
                "until": self.until.isoformat(),
            },
        }
