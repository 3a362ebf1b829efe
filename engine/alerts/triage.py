"""Triage: what a queue is sorted by, so that the worst of the most valued customers comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.alerts.severity import Severity
from engine.feedback import AttributeValue

OF_SEVERITY, OF_TIER, OF_CONFIDENCE = 100, 50, 49
_NO_WEIGHTS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Triage:
    """How much a customer's tier counts.

    Parameters
    ----------
    attribute
        The attribute of feedback that tells the tier; None where it does not count.
    weights
        By value of the attribute in lower case, 0 to 1; other values weigh nothing.
    """

    attribute: str | None = None
    weights: Mapping[str, float] = field(default_factory=lambda: _NO_WEIGHTS)

    def tier(self, attributes: Mapping[str, AttributeValue]) -> float:
        """Return the weight of a customer, 0 to 1."""
        value = attributes.get(self.attribute) if self.attribute is not None else None
        if value is None:
            return 0.0
        said = f"{value:g}" if isinstance(value, float) else str(value).casefold()
        return self.weights.get(said, 0.0)


def priority(severity: Severity, confidence: float, tier: float = 0.0) -> int:
    """Return what a queue is sorted by, 0 to 399: severity first, then the customer's tier and the confidence.

    Parameters
    ----------
    confidence, tier
        0 to 1.
    """
    return round(OF_SEVERITY * severity.rank + OF_TIER * tier + OF_CONFIDENCE * confidence)
