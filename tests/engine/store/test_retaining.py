"""Retention: what has reached its age goes, once a day and rule, by channel and source, and not under an open alert."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.alerts.changes import Action, By, Change
from engine.privacy.erasure import Erasure
from engine.privacy.retention import Erasing, RetentionRule
from engine.store.store import Store
from tests.support.clock import StillClock
from tests.support.engines import engine_on, feedback

DAY = timedelta(days=1)
AGED = RetentionRule(90 * DAY, Erasing.ANONYMISE)
GONE = RetentionRule(365 * DAY, Erasing.DELETE)


class Years:
    """A store through which days pass."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, StillClock()
        self.engine = engine_on(store, clock=self.clock)

    def say(self, *numbers: int, **fields: Any) -> None:
        said = {"text": "hello", "scores": {}} | fields
        revise = said.pop("revise", False)
        self.engine.process([feedback(number, **said) for number in numbers], revise=revise)

    def keep(self, *rules: RetentionRule) -> list[Erasure]:
        made = self.store.retention.due(rules, self.clock.now())
        return [self.store.erasures.run(one, "here", self.clock, rest=lambda _: None) for one in made]

    def whole(self) -> list[str]:
        return sorted(one.feedback.id for one in self.store.records.each() if one.erased_at is None)


@pytest.fixture
def years(store: Store) -> Years:
    return Years(store)


def test_each_age_goes_its_way_and_the_day_has_one_receipt(years: Years) -> None:
    years.say(*range(60))
    years.clock.move(89 * DAY)
    assert years.keep(AGED, GONE) == []
    years.say(100)
    years.clock.move(DAY)
    (receipt,) = years.keep(AGED, GONE)
    assert (receipt.counts["feedback"], str(receipt.kind), receipt.subject) == (60, "retention", "anonymise after 90d")
    assert years.keep(AGED, GONE) == []
    assert years.whole() == ["f100"]
    assert years.store.records.count() == 61
    years.clock.move(275 * DAY)
    assert [(one.subject, one.counts["feedback"]) for one in years.keep(AGED, GONE)] == [
        ("anonymise after 90d", 1),
        ("delete after 365d", 60),
    ]
    assert years.store.records.count() == 1


@pytest.mark.parametrize(
    ("rule", "gone"),
    [
        pytest.param(RetentionRule(DAY, Erasing.DELETE, channel="voice"), {"f1"}, id="channel"),
        pytest.param(RetentionRule(DAY, Erasing.DELETE, source="calls"), {"f2"}, id="source"),
        pytest.param(RetentionRule(DAY, Erasing.DELETE, channel="voice", source="calls"), set(), id="both"),
        pytest.param(RetentionRule(DAY, Erasing.DELETE), {"f1", "f2", "f3"}, id="all"),
    ],
)
def test_a_rule_is_for_its_channel_and_source(years: Years, rule: RetentionRule, gone: set[str]) -> None:
    years.say(1, channel="voice")
    years.say(2, source="calls", channel="chat")
    years.say(3)
    years.clock.move(DAY)
    years.keep(rule)
    assert {"f1", "f2", "f3"} - set(years.whole()) == gone


def test_a_record_under_an_open_alert_stays_until_the_alert_is_closed(years: Years) -> None:
    years.say(1, 2, text="furious", scores={"nps": 4})
    (alert, _) = years.engine.stored("default", "f1").decision.alerts[0], None
    years.clock.move(90 * DAY)
    (before,) = years.store.retention.preview([AGED], years.clock.now())
    assert (before.due, before.waiting, before.next_at) == (2, 2, None)
    assert years.keep(AGED) == []
    years.store.changes.apply(Change(Action.RESOLVE), {alert.id: None}, By("ann"), years.clock.now())
    years.clock.move(DAY)
    (receipt,) = years.keep(AGED)
    assert receipt.counts["feedback"] == 1
    assert years.whole() == ["f2"]


def test_a_record_is_as_old_as_its_latest_revision(years: Years) -> None:
    years.say(1)
    years.clock.move(89 * DAY)
    years.say(1, text="hello again", revise=True)
    years.clock.move(DAY)
    (coming,) = years.store.retention.preview([AGED], years.clock.now())
    assert (coming.due, coming.next_at) == (0, years.clock.now() + 89 * DAY)
    assert years.keep(AGED) == []
    years.clock.move(89 * DAY)
    (receipt,) = years.keep(AGED)
    assert receipt.counts["feedback"] == 2


def test_two_processes_share_a_day(years: Years, url: str) -> None:
    years.say(1)
    years.clock.move(90 * DAY)
    other = Store(url)
    assert len(years.store.retention.due([AGED], years.clock.now())) == 1
    assert other.retention.due([AGED], years.clock.now()) == []
    (waiting,) = other.erasures.unfinished(years.clock.now())
    assert other.erasures.run(waiting, "there", years.clock, rest=lambda _: None).counts["feedback"] == 1
    other.close()
