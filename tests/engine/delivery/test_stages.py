"""What becomes of a notification that is due: every stage, its order, and what critical passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.alerts.alert import HeldReason
from engine.alerts.matching import Subject
from engine.alerts.severity import Severity
from engine.delivery.spec import QuietHours, ReceiverSpec
from engine.delivery.stages import Carry, Due, Hold, Send, Stages, Verdict, Wait, day_of, digest_after
from tests.support.clock import NOON

LONDON, TOKYO = ZoneInfo("Europe/London"), ZoneInfo("Asia/Tokyo")
NIGHT = QuietHours(time(20), time(7), LONDON)
GROUP = {"by": {"rule": "furious", "unit": "emea"}, "wait_s": 30.0, "interval_s": 300.0}
SUBJECT = Subject("furious", Severity.HIGH, unit="emea")
DUE = Due("nt_1", "opened", Severity.HIGH, "ann", "mail", "ann@x.example", subject=SUBJECT)
EVENING = NOON.replace(hour=21)


@dataclass
class Known:
    """What a store knows, at one moment."""

    silenced: str | None = None
    behind: str | None = None
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    last: datetime | None = None
    count: int = 0

    def silence(self, subject: Subject) -> str | None:
        return self.silenced if subject.rule == "furious" else None

    def problem(self, subject: Subject) -> str | None:
        return self.behind if subject.rule == "furious" else None

    def zone(self, recipient: str) -> ZoneInfo | None:
        return self.zones.get(recipient)

    def told_at(self, gathers: str) -> datetime | None:
        return self.last if gathers.startswith("group:") else None

    def used(self, due: Due, since: datetime) -> int:
        return self.count if since <= NOON and due.recipient == "ann" else 0


def decide(due: Due = DUE, known: Known | None = None, now: datetime = NOON, **spec: Any) -> Verdict:
    receivers = {"mail": ReceiverSpec("mail", "log", zone=LONDON, **spec)}
    return Stages(receivers, known or Known()).decide(due, now)


@pytest.mark.parametrize(
    ("due", "known", "spec", "now", "verdict"),
    [
        (DUE, Known(), {}, NOON, Send()),
        (DUE, Known(silenced="si_1", behind="pr_1"), {}, NOON, Hold(HeldReason.SILENCE, "si_1")),
        (DUE, Known(behind="pr_1"), {}, NOON, Hold(HeldReason.PROBLEM, "pr_1")),
        (replace(DUE, kind="thanks"), Known(silenced="si_1", behind="pr_1"), {}, NOON, Send()),
        (replace(DUE, subject=None), Known(silenced="si_1", behind="pr_1"), {}, NOON, Send()),
        (DUE, Known(), {"quiet_hours": NIGHT}, NOON, Send()),
        (
            *(DUE, Known(), {"quiet_hours": NIGHT}, EVENING),
            Wait(NOON.replace(day=3, hour=7), HeldReason.QUIET_HOURS),
        ),
        (DUE, Known(zones={"ann": TOKYO}), {"quiet_hours": NIGHT}, EVENING.replace(hour=23), Send()),
        (
            *(DUE, Known(zones={"ann": TOKYO}), {"quiet_hours": NIGHT}, NOON),
            Wait(NOON.replace(hour=22), HeldReason.QUIET_HOURS),
        ),
        (replace(DUE, recipient="mail"), Known(zones={"mail": TOKYO}), {"quiet_hours": NIGHT}, NOON, Send()),
        (DUE, Known(count=39), {"budget": 40}, NOON, Send()),
        (replace(DUE, kind="escalated"), Known(count=40), {"budget": 40}, NOON, Send()),
        (replace(DUE, attempts=1), Known(count=40), {"budget": 40}, NOON, Send()),
        (replace(DUE, receiver="gone"), Known(count=40), {}, NOON, Send()),
    ],
    ids=[
        *("nothing", "silence first", "problem", "thanks", "no subject", "day", "night", "day there", "night there"),
        *("not a person", "in budget", "late", "tried already", "no receiver"),
    ],
)
def test_a_stage_decides(due: Due, known: Known, spec: Any, now: datetime, verdict: Verdict) -> None:
    assert decide(due, known, now, **spec) == verdict


@pytest.mark.parametrize(
    ("known", "spec", "due", "passes"),
    [
        (Known(silenced="si_1"), {}, DUE, False),
        (Known(behind="pr_1"), {}, DUE, True),
        (Known(), {"quiet_hours": QuietHours(time(0), time(23), LONDON)}, DUE, True),
        (Known(), {}, replace(DUE, group=GROUP), True),
        (Known(count=40), {"budget": 40}, DUE, True),
    ],
    ids=["silence", "problem", "quiet hours", "grouping", "budget"],
)
def test_critical_passes_all_but_a_silence(known: Known, spec: Any, due: Due, passes: bool) -> None:
    assert not isinstance(decide(due, known, **spec), Send)
    assert isinstance(decide(replace(due, severity=Severity.CRITICAL), known, **spec), Send) is passes


@pytest.mark.parametrize(
    ("last", "wanted"),
    [
        (None, timedelta(seconds=30)),
        (timedelta(minutes=1), timedelta(minutes=4)),
        (timedelta(minutes=4, seconds=50), timedelta(seconds=30)),
        (timedelta(hours=2), timedelta(seconds=30)),
    ],
    ids=["first", "too soon", "almost", "long ago"],
)
def test_a_group_waits_and_keeps_its_interval(last: timedelta | None, wanted: timedelta) -> None:
    known = Known(last=None if last is None else NOON - last)
    verdict = decide(replace(DUE, group=GROUP), known)
    assert isinstance(verdict, Carry)
    assert (verdict.kind, verdict.due, verdict.reason) == ("group", NOON + wanted, HeldReason.GROUPING)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (replace(DUE, id="nt_2", severity=Severity.LOW), True),
        (replace(DUE, recipient="bob"), False),
        (replace(DUE, address="other"), False),
        (replace(DUE, receiver="sms"), False),
        (replace(DUE, group=GROUP | {"by": {"rule": "furious", "unit": "apac"}}), False),
        (replace(DUE, group=GROUP | {"by": {"rule": "furious' unit='emea", "x": ""}}), False),
    ],
    ids=["same", "recipient", "address", "receiver", "group", "looks alike"],
)
def test_only_messages_of_one_group_to_one_place_are_combined(other: Due, same: bool) -> None:
    first = decide(replace(DUE, group=GROUP))
    second = decide(replace(other, group=other.group or GROUP))
    assert isinstance(first, Carry)
    assert isinstance(second, Carry)
    assert (first.gathers == second.gathers) is same


@pytest.mark.parametrize("kind", ["opened", "group"])
def test_what_is_over_the_budget_goes_into_the_digest(kind: str) -> None:
    verdict = decide(replace(DUE, kind=kind), Known(count=40), budget=40)
    assert isinstance(verdict, Carry)
    assert (verdict.kind, verdict.reason) == ("digest", HeldReason.BUDGET)
    assert verdict.due == NOON.replace(day=3, hour=8)
    for other in ("digest", "escalated", "fallback", "silence_ended"):
        assert isinstance(decide(replace(DUE, kind=other), Known(count=40), budget=40), Send)


@pytest.mark.parametrize(
    ("zone", "now", "day", "digest"),
    [
        ("UTC", "2026-03-02T12:00", "2026-03-02T00:00", "2026-03-03T08:00"),
        ("UTC", "2026-03-02T07:59", "2026-03-02T00:00", "2026-03-02T08:00"),
        ("UTC", "2026-03-02T08:00", "2026-03-02T00:00", "2026-03-03T08:00"),
        ("Asia/Tokyo", "2026-03-02T16:00", "2026-03-02T15:00", "2026-03-02T23:00"),
        ("Europe/London", "2026-03-28T12:00", "2026-03-28T00:00", "2026-03-29T07:00"),
        ("Europe/London", "2026-10-25T12:00", "2026-10-24T23:00", "2026-10-26T08:00"),
    ],
    ids=["noon", "before", "at", "Tokyo", "clocks go forward", "clocks go back"],
)
def test_days_and_digests_are_those_of_the_receivers_zone(zone: str, now: str, day: str, digest: str) -> None:
    spec = ReceiverSpec("mail", "log", zone=ZoneInfo(zone))
    moment = datetime.fromisoformat(now + "+00:00").replace(tzinfo=NOON.tzinfo)
    assert day_of(spec, moment).isoformat() == f"{day}:00+00:00"
    assert digest_after(spec, moment).isoformat() == f"{digest}:00+00:00"
