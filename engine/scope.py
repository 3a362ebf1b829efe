"""What a key may do and see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a key is for."""

    INGEST = "ingest"
    VIEWER = "viewer"
    AGENT = "agent"
    AUTHOR = "author"
    ANALYST = "analyst"
    ADMIN = "admin"


READERS = frozenset({Role.VIEWER, Role.AGENT, Role.AUTHOR, Role.ANALYST, Role.ADMIN})
JUDGES = frozenset({Role.AGENT, Role.AUTHOR, Role.ANALYST, Role.ADMIN})
AUTHORS = frozenset({Role.AUTHOR, Role.ADMIN})
# Who may try rules on what is stored: it shows what customers of all units said.
TESTERS = frozenset({Role.AUTHOR, Role.ANALYST, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
SENDERS = frozenset({Role.INGEST, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Scope:
    """The records that a caller may see: those of a unit and everything below it, or all.

    Parameters
    ----------
    unit
        A path such as ``emea/uk``; None sees every unit, and records without one.
    """

    unit: str | None = None

    def sees(self, unit: str | None) -> bool:
        """Return whether records of a unit are in scope."""
        if self.unit is None:
            return True
        return unit is not None and (unit == self.unit or unit.startswith(self.unit + "/"))


EVERYTHING = Scope()
