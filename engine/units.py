"""Units: paths such as ``emea/uk/leeds``."""

from __future__ import annotations

from collections.abc import Iterator


def ancestors(unit: str | None) -> Iterator[str]:
    """Yield a unit and the units above it, the nearest first; nothing of no unit."""
    while unit:
        yield unit
        unit = unit.rpartition("/")[0]
