"""What the engine needs from above it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from engine.feedback import Part
from engine.reading import Reading
from engine.taxonomy import Taxonomy


class Reader(Protocol):
    """Makes readings."""

    @property
    def model(self) -> str:
        """Name and version of the model, ``default@VERSION``."""
        ...

    @property
    def taxonomy(self) -> Taxonomy:
        """The label trees of its readings."""
        ...

    def read(self, records: Sequence[Sequence[Part]]) -> list[Reading]:
        """Read the parts of each record, in order.

        Raises
        ------
        ReaderUnavailableError
            If the model cannot be used now.
        """
        ...


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        return datetime.now(UTC)
