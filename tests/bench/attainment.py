"""Attainment: a report of 30 days over a year of a million alerts, on both stores."""

from __future__ import annotations

import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from engine.alerts.attainment import GroupedBy, Question, parse_goal
from engine.store.store import Store
from tests.bench.alert_year import fill
from tests.support.clock import NOON

ALERTS = 1_000_000
TIMES = 15
POSTGRES = os.environ.get("HEEDFUL_TEST_POSTGRES")
QUESTIONS: dict[str, dict[str, Any]] = {
    "everything": {},
    "by team": {"by": GroupedBy.TEAM},
    "by rule": {"by": GroupedBy.RULE},
    "by unit": {"by": GroupedBy.UNIT},
    "with a goal of its own": {"goal": parse_goal("85% resolved in 24h")},
}


@contextmanager
def stores() -> Iterator[dict[str, Store]]:
    """Make a SQLite file, and a database on the server that HEEDFUL_TEST_POSTGRES names, where it does."""
    with tempfile.TemporaryDirectory() as folder, closing(Store(f"sqlite:///{folder}/bench.db")) as sqlite:
        if not POSTGRES:
            yield {"SQLite": sqlite}
            return
        name, server = f"heedful_bench_{uuid.uuid4().hex[:12]}", create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
            with closing(Store(url)) as postgres:
                yield {"SQLite": sqlite, "PostgreSQL": postgres}
        finally:
            with server.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            server.dispose()


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
    return lines if POSTGRES else [*lines, "- PostgreSQL was not measured: HEEDFUL_TEST_POSTGRES names no server."]


if __name__ == "__main__":
    print("\n".join(measure()))
