"""What the engine needs from above it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from engine.feedback import Feedback, Part
    from engine.privacy.policy import Finding
    from engine.privacy.restoring import Taken
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


class Recogniser(Protocol):
    """Finds personal data in words."""

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """Return what is found in each text, in order, without overlaps."""
        ...


class Redactor(Protocol):
    """Takes personal data out, as the program's policy says."""

    def redact(self, batch: Sequence[Feedback]) -> list[Feedback]:
        """Return the records as they may be stored, read and judged; those that were redacted before, as they are."""
        ...

    def take(self, batch: Sequence[Feedback]) -> list[Taken]:
        """Return the same, each with what was taken out: it leads from offsets that are stored to those that came."""
        ...

    def mask(self, texts: Sequence[str]) -> list[str]:
        """Return texts of the same length in which dots stand for all that is recognised, whatever the policy."""
        ...

    def customer(self, customer: str) -> str:
        """Return what a customer is stored as; itself where the policy stores nothing that is this customer's alone."""
        ...

    def pseudonyms(self, customer: str) -> tuple[str, ...]:
        """Return every pseudonym that the customer may be stored as, also by a policy that was in force before."""
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
