"""What the page of one feedback looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.auth import Caller
from api.coaching_notes import manages
from api.console.feedback.judged import Judged, judged_of
from api.console.verbatim import Prepared, prepared
from api.runtime import Service
from engine.alerts.alert import EvidenceSpan
from engine.decision import Stored
from engine.people import Person
from engine.privacy.restoring import Original
from engine.privacy.seeing import Private
from engine.store.words import Revision

MOST_REVISIONS = 20
Key = tuple[str, str]


@dataclass(frozen=True)
class Seen:
    """A feedback with its latest decision, and how every rule judges it.

    Parameters
    ----------
    today
        Whether today's rules judge, and not those that decided.
    shown
        The words, as the browser is told them.
    revisions
        The earlier ones, the latest first.
    coached
        The employee that it is about, where the reader manages them.
    """

    stored: Stored
    today: bool
    judged: Sequence[Judged]
    shown: Prepared
    revisions: Sequence[Revision]
    coached: Person | None = None


def seen_of(service: Service, caller: Caller, key: Key, *, today: bool) -> Seen:
    """Return a feedback as far as somebody may see it.

    Raises
    ------
    NotFoundError
        If there is none in scope.
    """
    found = service.engine.explain(*key, today=today, scope=caller.scope)
    stored, decision = found.stored, found.stored.decision
    rules = service.engine.rules if today else service.store.versions.ruleset(decision.ruleset)
    judged = judged_of(found.rules, rules.by_slug, is_trial=False)
    earlier = service.store.words.revisions(*key, MOST_REVISIONS, caller.scope)[1:] if decision.revision > 1 else []
    shown = prepared(stored.feedback, decision.reading, evidence_of(stored))
    people, employee = service.store.people.directory(), stored.feedback.employee
    coached = people.person(employee) if manages(caller, employee, people) else None
    return Seen(stored, today, judged, shown, earlier, coached)


def evidence_of(stored: Stored, original: Original | None = None) -> list[EvidenceSpan]:
    """Return the words that the alerts of a feedback stand on; with the original, where they stand there."""
    spans = [span for alert in stored.decision.alerts for span in alert.evidence]
    if original is None:
        return spans
    moved = []
    for one in spans:
        start, end = original.span(one.part, one.start, one.end)
        moved.append(replace(one, start=start, end=end))
    return moved


def shown_as_it_came(found: Private) -> Prepared:
    """Return the words as they came, as the browser is told them."""
    reading = found.original.reading(found.stored.decision.reading)
    return prepared(found.original.feedback, reading, evidence_of(found.stored, found.original))


def mark_of(service: Service, caller: Caller, key: Key) -> Any:
    """Return what tells whether a feedback stands otherwise than before, without judging it again.

    Raises
    ------
    NotFoundError
        If there is none in scope any more.
    """
    stored = service.engine.stored(*key, caller.scope)
    alerts = tuple((alert.id, alert.version) for alert in stored.decision.alerts)
    return (stored.decision.sequence, stored.decision.decided_at, stored.erased_at, alerts)
