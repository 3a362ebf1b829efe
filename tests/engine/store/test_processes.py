"""Processes that count together, killed again and again: what they raised is what a replay raises."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from engine.alerts.alert import HeldReason
from engine.pipeline import Engine
from engine.store import schema
from engine.store.alert_filter import AlertFilter
from engine.store.store import Store
from tests.engine.store.patterns_worker import BATCHES, FastClock, rules
from tests.engine.store.test_patterns import alerts_of, replayed
from tests.support.clock import StillClock
from tests.support.keyword_reader import KeywordReader

KILLS = 3


@dataclass
class Worker:
    """A process that goes on where it was killed; what it was told is in a file."""

    url: str
    began: float
    number: int
    told: Path

    def committed(self) -> list[int]:
        """Return the batches that it was told are committed; the last line may be cut off."""
        whole, _, _ = self.told.read_bytes().rpartition(b"\n") if self.told.exists() else (b"", b"", b"")
        return [int(line) for line in whole.splitlines()]

    def start(self) -> subprocess.Popen[bytes]:
        """Go on after the last batch that was committed."""
        done = len(self.committed())
        module = "tests.engine.store.patterns_worker"
        command = [sys.executable, "-m", module, self.url, str(self.began), str(self.number), str(done)]
        with self.told.open("ab") as out:
            return subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE)


def test_processes_killed_again_and_again_raise_what_a_replay_raises(url: str, tmp_path: Path) -> None:
    # Two at once where a store is for more than one process.
    together = 2 if url.startswith("postgresql") else 1
    began, chance = time.time(), random.Random(11)
    with closing(Store(url)) as store:
        store.migrate()
        workers = [Worker(url, began, number, tmp_path / f"told-{number}") for number in range(together)]
        for _ in range(KILLS):
            running = [worker.start() for worker in workers]
            until = {worker.told: len(worker.committed()) + chance.randint(3, 7) for worker in workers}
            for worker, process in zip(workers, running, strict=True):
                while process.poll() is None and len(worker.committed()) < until[worker.told]:
                    time.sleep(0.005)
                time.sleep(chance.uniform(0, 0.05))
                process.send_signal(signal.SIGKILL)
                process.communicate()
        for process in [worker.start() for worker in workers]:
            _, said = process.communicate(timeout=120)
            assert process.returncode == 0, said.decode()
        assert [worker.committed() for worker in workers] == [list(range(BATCHES))] * together
        clock = StillClock(FastClock(began).now())
        Engine(store, KeywordReader(), rules(), clock).tick()
        alerts, held = replayed(store, rules(), clock.now())
        assert alerts_of(store) == alerts
        unsent = (HeldReason.STALE, HeldReason.NOTIFY_OFF)
        stored = store.records.at(range(1, store.records.count() + 1))
        kept = [tuple(held for held in one.decision.held_back if held.reason not in unsent) for one in stored]
        assert kept == held
        opened = {alert.rule for alert in store.alerts.page(AlertFilter(), limit=1000).alerts}
        assert opened >= {"many", "store", "wide", "cool"}
        with store.database.read() as connection:
            counted = schema.counted
            net = select(func.sum(counted.c.weight)).group_by(counted.c.counter, counted.c.sequence)
            assert set(connection.scalars(net)) <= {0, 1}
