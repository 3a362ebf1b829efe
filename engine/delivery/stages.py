"""Stages: what is asked of a due notification before it is sent, one after the other, in Alertmanager's way.

Each stage lets it pass, or says why it is not sent now. What is critical passes all of them but a silence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from engine.alerts.alert import HeldReason
from engine.alerts.change_words import THANKS
from engine.alerts.matching import Subject
from engine.alerts.severity import Severity
from engine.delivery.spec import ReceiverSpec

CarrierKind = Literal["group", "digest"]
GROUP: Literal["group"] = "group"
DIGEST: Literal["digest"] = "digest"
OPENED = "opened"
# What is late, could not be delivered otherwise, or ends a quiet is not put off until the next day.
BUDGETED = frozenset({OPENED, GROUP})
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A notification that is due.

    Parameters
    ----------
    kind
        opened, escalated, fallback, thanks, group, digest, silence_ended.
    attempts
        How often it was tried before.
    subject
        What its alert is about; None of what tells of no one alert.
    group
        What it agrees in with those that it is combined with, as its message says; None goes by itself.
    at_once
        Whether somebody has asked that it be sent now, whatever mutes it.
    """

    id: str
    kind: str
    severity: Severity
    recipient: str
    receiver: str
    address: str | None = None
    attempts: int = 0
    subject: Subject | None = None
    group: Mapping[str, Any] | None = None
    at_once: bool = False

    @property
    def place(self) -> tuple[str, str, str]:
        """Who gets it, and where."""
        return (self.recipient, self.receiver, self.address or "")

    def gathers(self, kind: CarrierKind, *more: str) -> str:
        """Return the name of what it is combined with."""
        body = "\x1f".join((*self.place, *more))
        return f"{kind}:{hashlib.sha256(body.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"


@dataclass(frozen=True, slots=True)
class Send:
    """It is sent now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """It is looked at again at a moment."""

    until: datetime
    reason: HeldReason


@dataclass(frozen=True, slots=True)
class Hold:
    """It is not sent; `by` is the silence or problem that says so."""

    reason: HeldReason
    by: str


@dataclass(frozen=True, slots=True)
class Carry:
    """Another message tells of it.

    Parameters
    ----------
    kind, gathers
        What kind of message, and the name of what it combines.
    due
        When that message is sent, where none waits already.
    """

    kind: CarrierKind
    gathers: str
    due: datetime
    reason: HeldReason


Verdict = Send | Wait | Hold | Carry


def verdict_as_dict(verdict: Verdict) -> dict[str, str | None]:
    """Return what becomes of a notification as plain JSON values."""
    told = {"now": type(verdict).__name__.lower(), "reason": None, "by": None, "until": None}
    if isinstance(verdict, Send):
        return told
    told["reason"] = str(verdict.reason)
    if isinstance(verdict, Hold):
        return told | {"by": verdict.by}
    if isinstance(verdict, Carry):
        return told | {"by": verdict.kind, "until": verdict.due.isoformat()}
    return told | {"until": verdict.until.isoformat()}


class Lookups(Protocol):
    """What stages ask the store, as it stands at one moment."""

    def silence(self, subject: Subject) -> str | None:
        """Return the silence that keeps a subject quiet, or None."""
        ...

    def problem(self, subject: Subject) -> str | None:
        """Return the open problem that keeps a subject quiet, or None."""
        ...

    def zone(self, recipient: str) -> ZoneInfo | None:
        """Return the time zone of a person's own calendar, or None."""
        ...

    def told_at(self, gathers: str) -> datetime | None:
        """Return when a group was last sent, or None."""
        ...

    def used(self, due: Due, since: datetime) -> int:
        """Return how many messages a recipient was sent at a receiver since a moment, or is being sent."""
        ...


class Stage(Protocol):
    """One question; None lets a notification pass."""

    def decide(self, due: Due, now: datetime) -> Verdict | None:
        """Return why it is not sent now, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Silenced:
    """Somebody silenced it. A thank-you to a customer is nobody's disturbance."""

    lookups: Lookups

    def decide(self, due: Due, now: datetime) -> Verdict | None:  # noqa: ARG002
        """Hold what a silence keeps quiet."""
        silence = self.lookups.silence(due.subject) if due.subject and due.kind != THANKS else None
        return Hold(HeldReason.SILENCE, silence) if silence else None


@dataclass(frozen=True, slots=True)
class Inhibited:
    """An open problem is known to be behind it."""

    lookups: Lookups

    def decide(self, due: Due, now: datetime) -> Verdict | None:  # noqa: ARG002
        """Hold what a problem keeps quiet."""
        problem = self.lookups.problem(due.subject) if due.subject and due.kind != THANKS else None
        return Hold(HeldReason.PROBLEM, problem) if problem else None


@dataclass(frozen=True, slots=True)
class QuietTime:
    """The receiver has quiet hours; for a person they are read on the clock of the person's own calendar."""

    receivers: Mapping[str, ReceiverSpec]
    lookups: Lookups

    def decide(self, due: Due, now: datetime) -> Verdict | None:
        """Let it wait until the quiet hours end."""
        spec = self.receivers.get(due.receiver)
        if spec is None or spec.quiet_hours is None:
            return None
        own = self.lookups.zone(due.recipient) if due.recipient != due.receiver else None
        until = (replace(spec.quiet_hours, zone=own) if own else spec.quiet_hours).until(now)
        return Wait(until, HeldReason.QUIET_HOURS) if until else None


@dataclass(frozen=True, slots=True)
class Grouped:
    """It is sent together with others of its group."""

    lookups: Lookups

    def decide(self, due: Due, now: datetime) -> Verdict | None:
        """Have its group tell of it, which waits a little at first and keeps an interval later."""
        if due.group is None or due.kind != OPENED:
            return None
        values = (f"{key}={value!r}" for key, value in due.group["by"].items())
        gathers = due.gathers(GROUP, *values)
        last = self.lookups.told_at(gathers)
        first, later = timedelta(seconds=due.group["wait_s"]), timedelta(seconds=due.group["interval_s"])
        at = now + first if last is None else max(now + first, last + later)
        return Carry(GROUP, gathers, at, HeldReason.GROUPING)


@dataclass(frozen=True, slots=True)
class OverBudget:
    """The recipient has had the day's messages; a day is one of the receiver's time zone."""

    receivers: Mapping[str, ReceiverSpec]
    lookups: Lookups

    def decide(self, due: Due, now: datetime) -> Verdict | None:
        """Have the digest tell of it; what was tried already is tried again."""
        spec = self.receivers.get(due.receiver)
        if spec is None or spec.budget is None or due.attempts or due.kind not in BUDGETED:
            return None
        if self.lookups.used(due, day_of(spec, now)) < spec.budget:
            return None
        return Carry(DIGEST, due.gathers(DIGEST), digest_after(spec, now), HeldReason.BUDGET)


class Stages:
    """All stages, in their order.

    Parameters
    ----------
    receivers
        Their quiet hours and budgets.
    lookups
        What stands in the store at this moment.
    """

    def __init__(self, receivers: Mapping[str, ReceiverSpec], lookups: Lookups) -> None:
        self._for_all: Sequence[Stage] = (Silenced(lookups),)
        self._for_others: Sequence[Stage] = (
            Inhibited(lookups),
            QuietTime(receivers, lookups),
            Grouped(lookups),
            OverBudget(receivers, lookups),
        )

    def decide(self, due: Due, now: datetime) -> Verdict:
        """Return what becomes of a notification that is due: what the first stage says that does not let it pass.

        What a person asked for by name is muted by nothing.
        """
        if due.at_once:
            return Send()
        critical = due.severity is Severity.CRITICAL
        for stage in self._for_all if critical else (*self._for_all, *self._for_others):
            verdict = stage.decide(due, now)
            if verdict is not None:
                return verdict
        return Send()


def day_of(spec: ReceiverSpec, now: datetime) -> datetime:
    """Return when the receiver's day began."""
    local = now.astimezone(spec.zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(now.tzinfo)


def digest_after(spec: ReceiverSpec, now: datetime) -> datetime:
    """Return when the receiver's next digest is sent."""
    local = now.astimezone(spec.zone)
    at = datetime.combine(local.date(), spec.digest_at, spec.zone)
    if at.timestamp() <= now.timestamp():
        at = datetime.combine(local.date() + DAY, spec.digest_at, spec.zone)
    return datetime.fromtimestamp(at.timestamp(), now.tzinfo)
