"""A decision: what was made of one feedback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.alerts.alert import Alert, HeldBack, HeldReason
from engine.feedback import Feedback
from engine.reading import Reading


@dataclass(frozen=True)
class Decision:
    """What was made of one feedback: its reading, its alerts, and what was held back.

    Parameters
    ----------
    sequence
        The place of its commit in the store's one order.
    ruleset, taxonomy
        Versions under which it was decided; both are kept in the store.
    """

    source: str
    id: str
    revision: int
    sequence: int
    decided_at: datetime
    ruleset: str
    reading: Reading
    alerts: tuple[Alert, ...]
    held_back: tuple[HeldBack, ...]

    def as_dict(self, *, everything: bool = False) -> dict[str, Any]:
        """Return the decision as plain JSON values."""
        return {
            "source": self.source,
            "id": self.id,
            "revision": self.revision,
            "sequence": self.sequence,
            "decided_at": self.decided_at.isoformat(),
            "ruleset": self.ruleset,
            "model": self.reading.model,
            "taxonomy": self.reading.taxonomy.version,
            "reading": self.reading.as_dict(self.id, everything=everything),
            "alerts": [alert.brief() for alert in self.alerts],
            "held_back": [{"rule": held.rule, "reason": str(held.reason)} for held in self.held_back],
        }


@dataclass(frozen=True)
class Draft:
    """A decision about to be committed: it has no sequence number yet.

    Parameters
    ----------
    revision
        From 1.
    alerts
        Their ``sequence`` is filled in by the commit.
    silent
        Why no message is sent for the alerts; None sends them.
    """

    feedback: Feedback
    revision: int
    received_at: datetime
    decided_at: datetime
    ruleset: str
    reading: Reading
    alerts: tuple[Alert, ...]
    held_back: tuple[HeldBack, ...]
    silent: HeldReason | None = None


@dataclass(frozen=True)
class Stored:
    """A feedback as it stands in the store, with its latest decision; `notify` as its sender asked."""

    feedback: Feedback
    content_hash: str
    received_at: datetime
    occurred_at: datetime
    notify: bool
    decision: Decision
