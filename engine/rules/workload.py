"""What a backtest means to people: how many alerts each day brings, and who would hold them."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta, tzinfo

from engine.program import OPERATORS
from engine.rules.backtest import DAY, RuleBacktest

WEEK = timedelta(days=7)
# A chart of more days than these shows nothing.
MOST_DAYS = 1_000


def alerts_by_day(found: RuleBacktest, since: datetime, until: datetime, zone: tzinfo) -> dict[date, int]:
    """Return how many alerts were opened on each day of a span, in a zone; days without any are there too.

    Of a span of very many days, only the last of them.
    """
    last = until.astimezone(zone).date()
    first = max(since.astimezone(zone).date(), last - timedelta(days=MOST_DAYS))
    days = {first + timedelta(days=place): 0 for place in range((last - first).days + 1)}
    for one in found.raised:
        day = one.alert.opened_at.astimezone(zone).date()
        if day in days:
            days[day] += 1
    return days


def workload(found: RuleBacktest) -> dict[str, float]:
    """Return how many alerts a week each person, team or receiver would hold, the busiest first."""
    counts = Counter(
        one.alert.holder or one.alert.team or one.alert.receiver or found.rule.send_to or OPERATORS
        for one in found.raised
    )
    weeks = max(found.days * DAY / WEEK, 1e-9)
    return {who: count / weeks for who, count in counts.most_common()}
