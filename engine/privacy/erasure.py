"""Erasures: whose traces, how, and the receipt of what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.privacy.retention import Erasing


class ErasureKind(StrEnum):
    """Why something is erased: a customer is forgotten, or it has reached its age."""

    CUSTOMER = "customer"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure.

    Parameters
    ----------
    subject
        A keyed digest of the customer, never the customer; or the rule of retention, in words.
    finished_at
        None while there is more to do.
    counts
        Rows that were deleted or written over, by table.
    files
        What became of files of labelled data: path, records, hashes.
    models
        Models that were trained on these files, as far as files beside them say so.
    unreached, remains
        What was not reached, and what stays and why, in words.
    """

    id: str
    kind: ErasureKind
    subject: str
    erasing: Erasing
    who: str
    why: str
    requested_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int] = field(default_factory=dict)
    files: tuple[Mapping[str, Any], ...] = ()
    models: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()
    remains: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the receipt as plain JSON values."""
        return {
            "id": self.id,
            "kind": str(self.kind),
            "subject": self.subject,
            "erasing": str(self.erasing),
            "who": self.who,
            "why": self.why,
            "requested_at": self.requested_at.isoformat(),
            "finished_at": self.finished_at.isoformat() if self.finished_at else None,
            "counts": dict(sorted(self.counts.items())),
            "files": [dict(one) for one in self.files],
            "models": list(self.models),
            "unreached": list(self.unreached),
            "remains": list(self.remains),
        }


ALWAYS_UNREACHED = (
    "messages that were sent already, and what log receivers wrote",
    "backups and copies of the database",
    "decisions that commands wrote into files or senders kept",
)
_KEY = (
    "source and id stay, so that the same record sent again is known and not stored: "
    "the sending system can tell whose it was"
)
REMAINS = {
    Erasing.ANONYMISE: (
        _KEY,
        "scores, labels, times, channel and unit, what people decided on alerts, and counts of patterns",
    ),
    Erasing.DELETE: ("counts of patterns, under keys that name nobody, until no rule looks back at them",),
}
MODELS = "models that were trained on the words: a model cannot forget; train it again without them"
