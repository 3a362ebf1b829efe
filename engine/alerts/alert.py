"""The alert: what a match opens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from engine.alerts.severity import Severity
from engine.rules.grouping import say_key


class AlertKind(StrEnum):
    """A rule held for a feedback, could not be sure, or found a pattern over time; or the service tells of itself."""

    ALERT = "alert"
    REVIEW = "review"
    SIGNAL = "signal"
    SYSTEM = "system"


class AlertState(StrEnum):
    """Where an alert stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


CLOSED = frozenset({AlertState.RESOLVED, AlertState.DISMISSED})


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
    SILENCE = "silence"
    PROBLEM = "problem"
    QUIET_HOURS = "quiet_hours"
    GROUPING = "grouping"
    BUDGET = "budget"
    RECEIVER_STOPPED = "receiver_stopped"
    CLOSED = "closed"
    ERASED = "erased"


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


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """Words that an alert stands on: half-open code-point offsets into a part's text, and what they show.

    Parameters
    ----------
    starts, ends
        When they were said, in seconds from the start of the recording; None of what was written.
    """

    part: int
    start: int
    end: int
    shows: str
    starts: float | None = None
    ends: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values, without what is absent."""
        said = {"part": self.part, "start": self.start, "end": self.end, "shows": self.shows}
        times = {"starts": self.starts, "ends": self.ends}
        return said | {name: value for name, value in times.items() if value is not None}


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
    evidence
        Where in the customer's words it stands.
    confidence
        Of what had to hold, the least sure, 0 to 1.
    priority
        What a queue is sorted by, the highest first.
    route
        The way through the routes by which its receiver was found.
    version
        Counts its changes; who changes it says which one was seen.
    holder, team
        The person or team that it belongs to, and the team that this counts for.
    in_attainment
        Whether its clocks count for attainment.
    follow_up_due, close_due
        When the customer must have been tried to reach, and when it must be resolved.
    followed_up_at, resolved_at, closed_at
        When the first attempt was made, when it was resolved last, and since when it is resolved or dismissed.
    verdict
        The latest verdict.
    problem
        The problem that it is linked to.
    watch_at
        When the next step of an escalation may be due.
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
    employee: str | None = None
    evidence: tuple[EvidenceSpan, ...] = ()
    confidence: float = 1.0
    priority: int = 0
    route: str = ""
    version: int = 1
    holder: str | None = None
    team: str | None = None
    in_attainment: bool = True
    follow_up_due: datetime | None = None
    close_due: datetime | None = None
    followed_up_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    root_cause: str | None = None
    remedy: str | None = None
    verdict: str | None = None
    problem: str | None = None
    watch_at: datetime | None = None

    @property
    def is_closed(self) -> bool:
        """Whether nothing is to be done about it any more."""
        return self.state in CLOSED

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
            "started_at": _said(self.started_at),
            "ended_at": _said(self.ended_at),
            "employee": self.employee,
            "evidence": [one.as_dict() for one in self.evidence],
            "confidence": round(self.confidence, 4),
            "priority": self.priority,
            "route": self.route,
            "version": self.version,
            "holder": self.holder,
            "team": self.team,
            "in_attainment": self.in_attainment,
            "follow_up_due": _said(self.follow_up_due),
            "close_due": _said(self.close_due),
            "followed_up_at": _said(self.followed_up_at),
            "resolved_at": _said(self.resolved_at),
            "closed_at": _said(self.closed_at),
            "root_cause": self.root_cause,
            "remedy": self.remedy,
            "judged": self.verdict,
            "problem": self.problem,
        }


_PLACES = {one.name: place for place, one in enumerate(fields(Alert))}
_values_of = attrgetter(*_PLACES)


def changed(alert: Alert, **values: Any) -> Alert:
    """Return an alert with other values, as `dataclasses.replace` does, but fast: commits change every alert."""
    all_values = list(_values_of(alert))
    for name, value in values.items():
        all_values[_PLACES[name]] = value
    return Alert(*all_values)


def _said(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
