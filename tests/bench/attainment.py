"""A year of a million alerts: attainment of 30 days, the queue page and a claim, on both stores."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from engine.alerts.attainment import GroupedBy, Question, parse_goal
from engine.store.store import Store
from tests.bench.alert_year import fill
from tests.bench.delivery import found_among
from tests.bench.stores import POSTGRES, stores
from tests.support.clock import NOON

ALERTS = 1_000_000
TIMES = 15
QUESTIONS: dict[str, dict[str, Any]] = {
    "everything": {},
    "by team": {"by": GroupedBy.TEAM},
    "by rule": {"by": GroupedBy.RULE},
    "by unit": {"by": GroupedBy.UNIT},
    "with a goal of its own": {"goal": parse_goal("85% resolved in 24h")},
}


def report_ms(store: Store, **fields: Any) -> float:
    """Return the milliseconds of the middle one of some reports of the last 30 days."""
    asked, taken = Question(NOON - timedelta(days=30), NOON, **fields), []
    for _ in range(TIMES):
        began = time.perf_counter()
        store.attainment.report(asked, NOON)
        taken.append(1000 * (time.perf_counter() - began))
    return sorted(taken)[TIMES // 2]


def measure() -> list[str]:
    """Return the lines of the report."""
    lines = []
    with stores() as found:
        for name, store in found.items():
            store.migrate()
            fill(store, ALERTS, NOON)
            said = ", ".join(f"{what} **{report_ms(store, **fields):,.0f} ms**" for what, fields in QUESTIONS.items())
            lines.append(f"- Attainment of 30 days among {ALERTS:,} alerts of a year, on {name}: {said}.")
            lines.append(found_among(ALERTS, name, store))
    return lines if POSTGRES else [*lines, "- PostgreSQL was not measured: HEEDFUL_TEST_POSTGRES names no server."]


if __name__ == "__main__":
    print("\n".join(measure()))
