"""The rate of a problem's topic before and since, and suggestions of what may be one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from engine.alerts.rates import Trend
from engine.scope import Scope
from engine.store import schema
from engine.store.alert_filter import AlertFilter
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.engines import engine_on, feedback
from tests.support.problems import DAY, RULES, changed, opened


def stored(store: Store, days: Sequence[float], with_topic: int, unit: str = "emea/uk") -> None:
    """Store feedback that occurred so many days before noon; the first ones are about reliability."""
    with store.database.write() as connection:
        last = connection.scalar(select(schema.feedback.c.sequence).order_by(schema.feedback.c.sequence.desc())) or 0
        rows = [
            {
                "sequence": last + place,
                "source": "default",
                "id": f"s{last + place}",
                "revision": 1,
                "content_hash": "",
                "record": "{}",
                "received_at": NOON,
                "occurred_at": NOON - day * DAY,
                "unit": unit,
                "ordinal": 0,
                "unread": False,
                "notify": False,
            }
            for place, day in enumerate(days, start=1)
        ]
        if rows:
            connection.execute(insert(schema.feedback), rows)
        labels = [
            {"sequence": row["sequence"], "task": "topic", "label": label, "confidence": 0.9}
            for row in rows[:with_topic]
            for label in ("digital/reliability", "digital/ease-of-use")
        ]
        if labels:
            connection.execute(insert(schema.reading_label), labels)


@pytest.mark.parametrize(
    ("before", "after", "trend"),
    [
        pytest.param((50, 200), (2, 100), Trend.LOWER, id="lower"),
        pytest.param((5, 200), (30, 100), Trend.HIGHER, id="higher"),
        pytest.param((50, 200), (24, 100), Trend.UNCLEAR, id="no clear change"),
        pytest.param((50, 200), (0, 4), Trend.TOO_LITTLE, id="too little since"),
        pytest.param((0, 200), (0, 100), Trend.TOO_LITTLE, id="never there"),
        pytest.param((0, 0), (0, 0), Trend.TOO_LITTLE, id="no feedback"),
    ],
)
def test_the_rate_before_and_since(store: Store, before: Any, after: Any, trend: Trend) -> None:
    engine_on(store, rules=RULES).process([feedback(1, "elsewhere", unit="apac")])
    mine = opened(store, topic="digital", unit="emea/uk")
    stored(store, [0.5 + place % 27 for place in range(before[1])], before[0])
    stored(store, [-0.1 - place / 200 for place in range(after[1])], after[0])
    stored(store, [1.0] * 50, 50, unit="emea/de")
    stored(store, [29.0] * 50, 50)
    rate = store.problems.rate(mine, NOON + DAY)
    assert rate is not None
    assert ((rate.before.count, rate.before.of), (rate.after.count, rate.after.of)) == (before, after)
    assert rate.trend is trend
    assert (rate.before.days, rate.after.days) == (28, 1)
    assert rate.as_dict()["before"]["a_day"] == round(before[0] / 28, 2)


def test_the_rate_counts_what_came_since_it_was_solved_and_the_latest_revision(store: Store) -> None:
    clock = StillClock(NOON - 2 * DAY)
    engine = engine_on(store, rules=RULES, clock=clock)
    engine.process([feedback(number, "crash") for number in (1, 2, 3)])
    engine.process([feedback(1, "thanks")], revise=True)
    mine = opened(store, topic="digital/reliability")
    rate = store.problems.rate(mine, NOON + 3 * DAY)
    assert rate is not None
    assert (rate.before.count, rate.before.of, rate.after.of) == (2, 3, 0)
    clock.moment = NOON + DAY / 2
    engine.process([feedback(4, "crash", occurred_at=None)])
    mine = changed(store, mine, "solve", why="done")
    rate = store.problems.rate(mine, NOON + 3 * DAY)
    assert rate is not None
    assert (rate.after.of, rate.after.days) == (0, 2)
    assert store.problems.rate(opened(store), NOON) is None


def test_suggestions_tell_a_pattern_from_chance(store: Store) -> None:
    clock = StillClock(NOON - 36 * DAY)
    engine = engine_on(store, rules=RULES, clock=clock)
    engine.process([feedback("first", "hello")])

    def come(days_ago: float, count: int, text: str, unit: str) -> list[str]:
        clock.moment = NOON - days_ago * DAY
        batch = [feedback(f"{days_ago}-{unit[-2:]}-{n}", text, unit=unit, occurred_at=None) for n in range(count)]
        return [alert.id for decision in engine.process(batch) for alert in decision.alerts]

    for days in (9, 16, 23, 30):
        come(days, 3, "furious about the menu", "emea/uk")
        come(days, 3, "furious", "emea/de")
    uk = come(2, 14, "furious about the menu", "emea/uk")
    come(1, 3, "furious", "emea/de")
    found = store.problems.suggestions(NOON)
    patterns = {(one.group.by, one.group.name, one.group.unit) for one in found if one.finding == "pattern"}
    assert ("topic", "digital/ease-of-use", None) in patterns or ("rule", "furious", "emea/uk") in patterns
    assert ("rule", "furious", "emea/de") not in patterns
    uk_rule = next(one for one in found if one.group.unit == "emea/uk" and one.group.by == "rule")
    assert (uk_rule.tally.week, uk_rule.tally.before, uk_rule.expected) == (14, (3, 3, 3, 3), 3.0)
    assert set(uk_rule.alerts) == set(uk)
    assert "14 alerts of rule furious in emea/uk in the last 7 days, 3.0 a week" in uk_rule.said
    de = next(one for one in found if one.group.unit == "emea/de" and one.group.by == "rule")
    assert (de.finding, de.tally.week) == ("no_pattern", 3)
    assert {one.group.unit for one in store.problems.suggestions(NOON, Scope("emea/de"))} == {"emea/de"}
    opened(store, uk)
    left = [one for one in store.problems.suggestions(NOON) if one.group.unit == "emea/uk"]
    assert left == [], "what has a problem needs none"


def test_without_an_earlier_week_nothing_is_called_a_pattern(store: Store) -> None:
    clock = StillClock(NOON - 3 * DAY)
    engine_on(store, rules=RULES, clock=clock).process([feedback(n, "furious") for n in range(30)])
    found = store.problems.suggestions(NOON)
    assert [(one.finding, one.p, one.tally.week) for one in found] == [("too_new", None, 30)]
    assert "no earlier week" in found[0].said


def test_alerts_are_told_by_the_week(store: Store) -> None:
    """A crash that someone is furious about, three weeks long, solved in the last one; abroad another."""
    clock, zone = StillClock(NOON), ZoneInfo("UTC")
    engine = engine_on(store, rules=RULES, clock=clock)
    for week in range(-3, 3):
        clock.moment = NOON + 7 * week * DAY
        for unit in ("emea/uk", "emea/de"):
            number = 2 * week + (unit == "emea/de")
            engine.process([feedback(number, "furious: a crash", unit=unit, occurred_at=None)])
    alerts = store.alerts.page(AlertFilter(rule="furious", topics=("digital/reliability",), unlinked=True)).alerts
    uk = [one for one in alerts if one.unit == "emea/uk"]
    linked = [one.id for one in uk if one.opened_at <= NOON]
    mine = opened(store, linked, topic="digital/reliability", unit="emea/uk")
    assert len(store.alerts.page(AlertFilter(rule="furious", unlinked=True)).alerts) == len(alerts) - len(linked)
    assert store.alerts.page(AlertFilter(topics=("billing/accuracy",))).alerts == ()
    mine = changed(store, mine, "solve", why="done", at=NOON.isoformat())
    found = store.problems.weeks(mine, NOON + 20 * DAY, zone)
    assert (len(found.weeks), sum(found.linked)) == (7, 4)
    assert found.about is not None
    assert sum(found.about) == len(uk)
    early = [(week.start <= NOON < week.end) for week in found.weeks].index(True)
    assert (found.linked[early - 1 : early + 2], found.about[early - 1 : early + 2]) == ((1, 1, 0), (1, 1, 1))
    assert [row["linked"] for row in found.as_rows()] == list(found.linked)
    abroad = store.problems.weeks(mine, NOON + 20 * DAY, zone, Scope("emea/de"))
    assert (sum(abroad.linked), sum(abroad.about or ())) == (0, 0)
    long_ago = store.problems.weeks(mine, NOON + 900 * DAY, zone)
    assert long_ago.weeks[-1].end <= NOON + 90 * DAY
