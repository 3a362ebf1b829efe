"""How grave an alert is."""

from enum import StrEnum


class Severity(StrEnum):
    """The severity a rule gives its alerts, least first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """How grave it is: 0 for the least."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
