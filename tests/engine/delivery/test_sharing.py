"""Processes that deliver from one PostgreSQL: they share the work, and send nothing twice."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter

import pytest

from engine.ports import SystemClock
from engine.store.store import Store
from tests.engine.delivery.test_outbox import opened
from tests.support.clock import StillClock

ALERTS = 400


def start(url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.engine.delivery.sharing_worker", url]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("together", [2, 4])
def test_processes_share_the_work_and_send_nothing_twice(store: Store, url: str, together: int) -> None:
    if not url.startswith("postgresql"):
        pytest.skip("SQLite is for one process")
    workers = [start(url) for _ in range(together)]
    clock = StillClock(SystemClock().now())
    for first in range(0, ALERTS, 20):
        opened(store, clock, crm=10, chat=10, first=first)
    pause = threading.Event()
    while store.outbox.counts() != {"sent": ALERTS}:
        assert all(worker.poll() is None for worker in workers)
        pause.wait(0.05)
    told: Counter[str] = Counter()
    for worker in workers:
        said, problems = worker.communicate("stop\n", timeout=60)
        assert worker.returncode == 0, problems
        told.update(line.split()[1] for line in said.splitlines())
    assert len(told) == ALERTS
    assert set(told.values()) == {1}
