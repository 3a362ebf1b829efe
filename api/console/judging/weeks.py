"""The weeks that drift is told over: eight, against the four before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.runtime import Service
from engine.drift import Drift, Moved, Span, drift_of, joined, moved_most
from engine.scope import Scope

WEEK = timedelta(days=7)
SHOWN, BEFORE = 8, 4


@dataclass(frozen=True)
class Weeks:
    """Each week against the reference, the oldest first, and the labels that moved most in the last one."""

    reference: Span
    weeks: Sequence[Drift]
    moved: Sequence[Moved]

    @property
    def models(self) -> list[str]:
        """Every model that read in this time."""
        return list(
            dict.fromkeys(name for one in (self.reference, *(w.span for w in self.weeks)) for name in one.models)
        )


def weeks_of(service: Service, scope: Scope, now: datetime) -> Weeks:
    """Return how the last weeks compare with those before them."""
    first = now - (SHOWN + BEFORE) * WEEK
    spans = [service.store.drift.span(first + n * WEEK, first + (n + 1) * WEEK, scope) for n in range(SHOWN + BEFORE)]
    reference, shown = joined(spans[:BEFORE]), spans[BEFORE:]
    return Weeks(reference, [drift_of(one, reference) for one in shown], moved_most(shown[-1], reference))
