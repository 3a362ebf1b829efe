"""Alerts: opened with their notifications, told of soon, and found among a million; on every store there is."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from api.cli.output import log_to_stderr
from engine.delivery.holding import LEASE
from engine.delivery.message import Message
from engine.delivery.outbox import Outbox
from engine.intake import admit
from engine.pipeline import Engine
from engine.ports import SystemClock
from engine.store.alert_filter import AlertFilter, Sort
from engine.store.store import Store
from tests.bench.patterns import PROGRAM, loaded
from tests.bench.stores import stores
from tests.support.clock import NOON
from tests.support.keyword_reader import KeywordReader

OPENED, BATCH = 20_000, 500
A_SECOND, SECONDS = 100, 20
PENDING, CLAIMED = 5_000, 50
LOOKS = 20
RULES = "rule: low\ntitle: A low score\nstatus: shadow\nwhen: {nps: {at_most: 6}}\nthen: {severity: high}\n"
# What stands in a store of a year beside its alerts: how each was opened, and that somebody was told of it.
BESIDE = (
    (
        "INSERT INTO alert_event (alert_id, at, kind, who, why, data) "
        "SELECT id, opened_at, 'opened', 'heedful', 'rule ' || rule || ' matched', '{}' FROM alert"
    ),
    (
        "INSERT INTO notification (id, alert_id, kind, severity, recipient, receiver, state, message, created_at, "
        "due_at, attempts, finished_at) "
        "SELECT 'nt_' || substr(id, 4), id, 'opened', severity, holder, 'operators', 'sent', "
        '\'{"type":"alert.opened"}\', opened_at, opened_at, 1, opened_at FROM alert'
    ),
    (
        "UPDATE notification SET state = 'pending', attempts = 0, finished_at = NULL WHERE alert_id IN "
        "(SELECT id FROM alert ORDER BY opened_at DESC LIMIT 5000)"
    ),
    (
        "INSERT INTO notification_attempt (notification_id, number, at, outcome, detail) "
        "SELECT id, 1, created_at, 'sent', 'answered 200' FROM notification WHERE state = 'sent'"
    ),
)


@dataclass
class Noting:
    """A receiver that notes when a message was first tried."""

    tried: dict[str, float] = field(default_factory=dict)

    def send(self, message: Message) -> str:
        """Note the moment."""
        self.tried.setdefault(message.id, time.perf_counter())
        return "taken"


def _engine(store: Store) -> Engine:
    return Engine(store, KeywordReader(), loaded([RULES]), SystemClock())


def _feedback(first: int, count: int) -> list[Any]:
    said = {"text": "I am furious. Bad.", "scores": {"nps": 1}, "channel": "app", "unit": "emea/uk/leeds"}
    now = SystemClock().now()
    return [
        admit({"id": f"f{n}", "customer": f"c{n % 5_000}"} | said, PROGRAM, now) for n in range(first, first + count)
    ]


def opened(store: Store) -> float:
    """Return how many alerts a second are opened with their notifications, durable, in batches; readings are ready."""
    engine = _engine(store)
    feedback = _feedback(0, OPENED)
    readings = dict(zip([one.key for one in feedback], engine.read(feedback), strict=True))
    began = time.perf_counter()
    for start in range(0, OPENED, BATCH):
        engine.decide(feedback[start : start + BATCH], readings)
    return OPENED / (time.perf_counter() - began)


def told(store: Store) -> tuple[float, float]:
    """Return the milliseconds from a commit to the first try to tell of it: the median, and the 99th percentile."""
    _settled(store)
    engine, noting, stop = _engine(store), Noting(), threading.Event()
    outbox = Outbox(store.outbox, {"operators": noting}, SystemClock())
    thread = threading.Thread(target=outbox.run, args=(stop,))
    thread.start()
    committed: dict[str, float] = {}
    feedback = _feedback(OPENED, A_SECOND * SECONDS)
    readings = dict(zip([one.key for one in feedback], engine.read(feedback), strict=True))
    began = time.perf_counter()
    for number, one in enumerate(feedback):
        time.sleep(max(0.0, began + number / A_SECOND - time.perf_counter()))
        (decision,) = engine.decide([one], readings)
        committed[decision.alerts[0].id] = time.perf_counter()
    while len(noting.tried) < len(committed):
        time.sleep(0.05)
    stop.set()
    thread.join()
    with store.database.read() as connection:
        of = {row.alert_id: row.id for row in connection.execute(text("SELECT alert_id, id FROM notification"))}
    waits = sorted(max(0.0, noting.tried[of[alert]] - moment) * 1000 for alert, moment in committed.items())
    return waits[len(waits) // 2], waits[int(len(waits) * 0.99)]


def _settled(store: Store) -> None:
    """Take what waits from before as sent."""
    with store.database.write() as connection:
        connection.execute(text("UPDATE notification SET state = 'sent'"))


def found_among(alerts: int, name: str, store: Store) -> str:
    """Return a line of the report: how long the queue page and a claim take in a store that has many alerts."""
    for statement in BESIDE:
        with store.database.write() as connection:
            connection.execute(text(statement))
    with store.database.write() as connection:
        connection.execute(text("ANALYZE"))
    page = _median(lambda: store.alerts.page(AlertFilter(), sort=Sort.PRIORITY, limit=100))
    claim = _median(lambda: store.outbox.turn("bench", NOON, (), {"operators": CLAIMED}, LEASE))
    return (
        f"- {alerts:,} alerts of a year and as many messages on {name}, {PENDING:,} of them due: the queue page "
        f"**{page:,.0f} ms**, a claim of {CLAIMED} **{claim:,.0f} ms**. Asked for: below 50 ms each, as attainment."
    )


def _median(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[LOOKS // 2]


def measure() -> list[str]:
    """Return the lines of the report."""
    # Not a line a message.
    log_to_stderr(logging.WARNING)
    found = []
    with stores() as made:
        for name, store in made.items():
            store.migrate()
            found += _lines(name, store)
    return found


def _lines(name: str, store: Store) -> list[str]:
    rate = opened(store)
    median, late = told(store)
    return [
        (
            f"- {name}, fsync on, batches of {BATCH} with readings ready: **{rate:,.0f} alerts a second** opened, each "
            "with its notification. Asked for: 3,000."
        ),
        (
            f"- {name}, {A_SECOND} alerts a second, each committed alone: from its commit to the first try to send "
            f"**{median:,.0f} ms** at the median, **{late:,.0f} ms** at the 99th percentile. Asked for: below 200 ms."
        ),
    ]
