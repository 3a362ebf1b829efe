"""How grave an alert is."""

from enum import StrEnum


class Severity(StrEnum):
    """The severity a rule gives its alerts, least first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
