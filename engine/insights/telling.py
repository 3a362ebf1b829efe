"""Shares with their intervals, as they are told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from engine.insights.intervals import wilson


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.count / self.of if self.of else None

    def as_dict(self) -> dict[str, Any]:
        """Return the share as plain JSON values, with its 95% Wilson interval; nulls where there is nothing."""
        low, high = wilson(self.count, self.of) if self.of else (None, None)
        return {"share": rounded(self.value), "low": rounded(low), "high": rounded(high)}


def rounded(value: float | None, digits: int = 6) -> float | None:
    """Return a number for people; None for what is no number, or has no end."""
    return None if value is None or not math.isfinite(value) else round(value, digits)
