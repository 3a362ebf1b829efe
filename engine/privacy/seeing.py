"""Seeing what was taken out of feedback: opened, written down, then shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.decision import Stored
from engine.errors import NotFoundError, QuestionError, VaultError
from engine.names import is_storable
from engine.privacy.restoring import Original, restored
from engine.privacy.vault import Vault
from engine.scope import EVERYTHING, Scope
from engine.store.store import Store

MOST_WHY = 500
NO_KEYS = "what was taken out cannot be opened here: set HEEDFUL_PRIVACY_KEYS to the keys that it was sealed with"


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks, when, and why.

    Raises
    ------
    QuestionError
        If it does not say why.
    """

    who: str
    why: str
    at: datetime

    def __post_init__(self) -> None:
        if not self.why.strip() or len(self.why) > MOST_WHY or not is_storable(self.why):
            raise QuestionError(f"say why it is looked at, in 1 to {MOST_WHY} characters: it is kept", field="why")


@dataclass(frozen=True, slots=True)
class Private:
    """A feedback as it came, with its latest decision, whose offsets are those of the original."""

    stored: Stored
    original: Original
    values: tuple[Any, ...]

    def as_dict(self, *, everything: bool = False) -> dict[str, Any]:
        """Return it as plain JSON values; `everything` shows every leaf's confidence."""
        stored, decision = self.stored, self.stored.decision
        read = replace(decision, reading=self.original.reading(decision.reading))
        return {
            "feedback": self.original.feedback.as_dict(),
            "received_at": stored.received_at.isoformat(),
            "occurred_at": stored.occurred_at.isoformat(),
            "erased_at": stored.erased_at.isoformat() if stored.erased_at else None,
            "decision": read.as_dict(everything=everything),
            "evidence": [span for alert in decision.alerts for span in self._evidence(alert.id, alert.evidence)],
            "taken_out": [
                {"field": one.field, "kind": one.kind, "action": one.action, "value": value}
                for one, value in zip(stored.feedback.redactions, self.values, strict=True)
            ],
        }

    def _evidence(self, alert: str, spans: Any) -> list[dict[str, Any]]:
        found = []
        for one in spans:
            start, end = self.original.span(one.part, one.start, one.end)
            found.append({"alert": alert, "part": one.part, "start": start, "end": end, "shows": one.shows})
        return found


def see(
    store: Store, vault: Vault | None, source: str, feedback_id: str, look: Look, scope: Scope = EVERYTHING
) -> Private:
    """Return a feedback as it came; who looks is written down before.

    Raises
    ------
    NotFoundError
        If there is none in scope, or what was taken out of it is not kept.
    VaultError
        If no key opens it.
    """
    found = store.records.find([(source, feedback_id)], scope).get((source, feedback_id))
    if found is None:
        raise NotFoundError(f"there is no feedback {source}/{feedback_id[:200]}, or this key may not see it")
    values = _values(store, vault, found)
    private = Private(found, restored(found.feedback, values), values)
    store.private_views.add(look.who, source, feedback_id, look.why, look.at)
    return private


def _values(store: Store, vault: Vault | None, stored: Stored) -> tuple[Any, ...]:
    feedback = stored.feedback
    if not feedback.redactions:
        return ()
    seal = store.seals.of(feedback.source, feedback.id, stored.decision.revision)
    if seal is None:
        raise NotFoundError(
            f"what was taken out of {feedback.source}/{feedback.id} is not kept: the program did not keep originals "
            "when it came, or it was erased"
        )
    if vault is None:
        raise VaultError(NO_KEYS)
    return tuple(vault.open(seal.sealed, feedback.source, feedback.id, stored.content_hash))
