"""The alert: what a match opens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.alerts.severity import Severity
from engine.rules.grouping import say_key


class AlertKind(StrEnum):
    """Whether the rule held for a feedback, could not be sure, or found a pattern over time."""

    ALERT = "alert"
    REVIEW = "review"
    SIGNAL = "signal"


class AlertState(StrEnum):
    """Where an alert stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class HeldReason(StrEnum):
    """Why a match opened no alert, or a notification was not sent."""

    SHADOW = "shadow"
    UNSURE = "unsure"
    ALREADY_OPEN = "already_open"
    COOLDOWN = "cooldown"
    SAMPLED_OUT = "sampled_out"
    SIGNAL_OPEN = "signal_open"
    LATE = "late"
    STALE = "stale"
    NOTIFY_OFF = "notify_off"


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A rule's match that came to nothing, or to no message, with the reason.

    Parameters
    ----------
    alert
        The open alert that the feedback was linked to instead, where there is one.
    """

    rule: str
    reason: HeldReason
    alert: str | None = None

    def as_dict(self) -> dict[str, str]:
        """Return it as plain JSON values."""
        linked = {"alert": self.alert} if self.alert else {}
        return {"rule": self.rule, "reason": str(self.reason), **linked}


def fingerprint(rule: str, source: str, feedback_id: str, kind: AlertKind = AlertKind.ALERT) -> str:
    """Return what makes an alert unique: the rule and the feedback.

    A review has a fingerprint of its own, so that the alert can still open once the feedback is read.
    """
    body = "\x1f".join((rule, source, feedback_id) + (("review",) if kind is AlertKind.REVIEW else ()))
    return hashlib.sha256(body.encode()).hexdigest()


def signal_fingerprint(rule: str, key: str, start: int) -> str:
    """Return what makes a signal unique: the rule, the key, and when it began, in microseconds since 1970."""
    return hashlib.sha256("\x1f".join((rule, "signal", key, str(start))).encode()).hexdigest()


def alert_id(of: str) -> str:
    """Return the id of the alert with a fingerprint: the same in every replay."""
    return f"al_{of[:24]}"


@dataclass(frozen=True, slots=True)
class Alert:
    """What a match opens.

    Parameters
    ----------
    id, fingerprint
        The id is derived from the fingerprint.
    rule, rule_version
        The rule that matched, and the hash of its text then.
    source, feedback_id, sequence
        The feedback, and the sequence number of its commit; of a signal the one that made it cross. Where no
        feedback did, but time, both texts are empty, and it is the last commit before.
    reasons
        The conditions that held, each with what was found.
    receiver
        Where its message goes.
    key
        What its cooldown is per, or the group that a signal is about; empty for all feedback, None without either.
    started_at, ended_at
        When a signal began and ended; None for others, and while it goes on.
    """

    id: str
    fingerprint: str
    rule: str
    rule_version: str
    title: str
    severity: Severity
    kind: AlertKind
    state: AlertState
    source: str
    feedback_id: str
    sequence: int
    opened_at: datetime
    unit: str | None
    customer: str | None
    reasons: tuple[str, ...]
    receiver: str
    key: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    def brief(self) -> dict[str, Any]:
        """Return what a decision tells of it."""
        return {
            "id": self.id,
            "rule": self.rule,
            "severity": str(self.severity),
            "kind": str(self.kind),
            "reasons": list(self.reasons),
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the alert as plain JSON values."""
        return self.brief() | {
            "rule_version": self.rule_version,
            "title": self.title,
            "state": str(self.state),
            "source": self.source,
            "feedback_id": self.feedback_id,
            "sequence": self.sequence,
            "opened_at": self.opened_at.isoformat(),
            "unit": self.unit,
            "customer": self.customer,
            "receiver": self.receiver,
            "key": None if self.key is None else say_key(self.key),
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
        }
