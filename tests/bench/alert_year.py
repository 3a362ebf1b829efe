"""A year of alerts in a store, written as fast as the database takes them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, insert, text

from engine.alerts.alert import Alert, AlertKind, AlertState
from engine.alerts.severity import Severity
from engine.store import schema
from engine.store.codec import alert_row
from engine.store.store import Store

YEAR = timedelta(days=365)
SEVERITIES = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
VERDICTS = (None, None, None, "right", "right", "wrong_label", "not_actionable", "duplicate")
BATCH = 5_000


def fill(store: Store, alerts: int, until: datetime, seed: int = 1) -> None:
    """Write alerts that were opened over the year before a moment, the older ones closed."""
    with store.database.write() as connection:
        for rows in batches(alerts, until, seed):
            connection.execute(insert(schema.alert), rows)
    with store.database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    if store.database.dialect == "postgresql":
        _vacuum(store)


def _vacuum(store: Store) -> None:
    """Do what autovacuum does some minutes after so many rows."""
    server = create_engine(store.database.url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("VACUUM alert"))
    server.dispose()


def batches(alerts: int, until: datetime, seed: int) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of alerts, in the order they were opened."""
    chance = random.Random(seed)
    step = YEAR / alerts
    for start in range(0, alerts, BATCH):
        some = range(start, min(alerts, start + BATCH))
        yield [alert_row(_alert(number, until - YEAR + number * step, until, chance), 0) for number in some]


def _alert(number: int, opened_at: datetime, now: datetime, chance: random.Random) -> Alert:
    followed = opened_at + timedelta(hours=chance.expovariate(1 / 12))
    resolved = followed + timedelta(days=chance.expovariate(1 / 2))
    is_followed, is_resolved = followed <= now and chance.random() < 0.97, resolved <= now and chance.random() < 0.95
    team = f"team-{chance.randrange(40)}"
    return Alert(
        id=f"al_{number:024x}",
        fingerprint=f"{number:064x}",
        rule=f"rule-number-{chance.randrange(50)}",
        rule_version="0123456789ab",
        title="An angry complaint about the web site or the app",
        severity=chance.choice(SEVERITIES),
        kind=AlertKind.ALERT,
        state=AlertState.RESOLVED if is_resolved else AlertState.OPEN,
        source="survey",
        feedback_id=f"f{number}",
        sequence=0,
        opened_at=opened_at.astimezone(UTC),
        unit=f"emea/uk/place-{chance.randrange(200)}",
        customer=f"c{chance.randrange(200_000)}",
        reasons=(
            "emotion anger/anger at least 0.80 (found 0.91)",
            "intent complaint (found 0.88)",
            "nps at most 6 (1)",
        ),
        receiver="operators",
        confidence=chance.random(),
        priority=chance.randrange(400),
        holder=f"person-{chance.randrange(500)}",
        team=team,
        follow_up_due=opened_at + timedelta(hours=24),
        close_due=opened_at + timedelta(days=4),
        followed_up_at=followed if is_followed else None,
        resolved_at=resolved if is_resolved and is_followed else None,
        closed_at=resolved if is_resolved and is_followed else None,
        verdict=chance.choice(VERDICTS),
    )
