"""A decision: what was made of one feedback."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.alerts.alert import Alert, HeldBack
from engine.alerts.state import Found
from engine.feedback import Feedback
from engine.judge import Judged
from engine.reading import Reading
from engine.rules.case import Case
from engine.rules.load import LoadedRules


@dataclass(frozen=True)
class Decision:
    """What was made of one feedback: its reading, its alerts, and what was held back.

    Parameters
    ----------
    sequence
        The place of its commit in the store's one order.
    ruleset, taxonomy
        Versions under which it was decided; both are kept in the store.
    found
        What the windows of rules held then, by rule.
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
    found: Mapping[str, Found] = field(default_factory=dict)

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
            "held_back": [held.as_dict() for held in self.held_back],
        }


@dataclass(frozen=True)
class Draft:
    """A feedback about to be committed: read and judged, but not raised, and without a sequence number.

    Parameters
    ----------
    revision
        From 1.
    case
        The feedback with its reading.
    rules, judged
        The rules, and what they made of it.
    notify
        Whether its alerts send messages.
    received_at
        When it came, for feedback that is stored already; None is the moment of the commit.
    """

    revision: int
    case: Case
    rules: LoadedRules
    judged: Judged
    notify: bool
    received_at: datetime | None = None

    @property
    def feedback(self) -> Feedback:
        """The feedback."""
        return self.case.feedback

    @property
    def reading(self) -> Reading:
        """Its reading."""
        return self.case.reading


@dataclass(frozen=True)
class Stored:
    """A feedback as it stands in the store, with its latest decision; `notify` as its sender asked.

    Parameters
    ----------
    erased_at
        When its words, people and attributes were erased; None while it is whole.
    """

    feedback: Feedback
    content_hash: str
    received_at: datetime
    occurred_at: datetime
    notify: bool
    decision: Decision
    erased_at: datetime | None = None
