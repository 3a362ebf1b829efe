"""How long who sends feedback waits while 50,000 records are erased: `python -m tests.bench.erasing [URL]`.

The erasure runs in the service's way, in a thread of the same process, or with ``--beside`` in another process.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from engine.ports import SystemClock
from engine.privacy.erasing_intake import Wish
from engine.privacy.retention import Erasing
from engine.store.store import Store
from tests.support.engines import engine_on, feedback

BATCH = 500
SAID = "I am furious. Your menu is bad and the app did crash twice. " * 4


def main() -> None:
    """Fill a store, measure how long a commit takes, and again while the erasure runs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url", nargs="?", default=f"sqlite:///{tempfile.mkdtemp()}/erasing.db")
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--how", type=Erasing, default=Erasing.DELETE)
    parser.add_argument("--beside", action="store_true")
    asked = parser.parse_args()
    store = Store(asked.url)
    store.migrate()
    engine = engine_on(store, clock=SystemClock())  # type: ignore[arg-type]
    for start in range(0, asked.records, BATCH):
        some = range(start, min(start + BATCH, asked.records))
        engine.process([feedback(f"m{one}", SAID, customer="c-mine", scores={"nps": one % 11}) for one in some])
    print(f"{asked.records:,} records, {store.database.size() / 1e6:,.0f} MB, {asked.how}, {store.database.dialect}")
    stop = threading.Event()
    took: list[float] = []

    def send() -> None:
        number = 0
        while not stop.is_set():
            begun = time.perf_counter()
            engine.process([feedback(f"n{len(took)}-{number}", SAID, customer=f"c{number % 997}")])
            took.append(time.perf_counter() - begun)
            number += 1
            stop.wait(0.02)

    def measured(name: str, seconds: float | None, work: threading.Thread | None = None) -> None:
        took.clear()
        stop.clear()
        sender = threading.Thread(target=send)
        sender.start()
        begun = time.perf_counter()
        if work is None:
            time.sleep(seconds or 0)
        else:
            work.start()
            work.join()
        spent = time.perf_counter() - begun
        stop.set()
        sender.join()
        p50, p95, p99 = np.percentile(took, (50, 95, 99)) * 1000
        print(
            f"{name}: {spent:.1f} s, {len(took):,} commits, p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms, "
            f"longest {max(took) * 1000:.0f} ms"
        )

    measured("alone", 10)
    begun = store.erasures.begin(Wish("c-mine", asked.how, "bench", rewrite=False), engine.clock.now())

    def erase() -> None:
        if asked.beside:
            command = [sys.executable, "-m", "api.cli", "forget", "--resume", "--db", asked.url]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=Path.cwd())
        else:
            store.erasures.run(begun.id, "bench", engine.clock)

    measured("while it is erased", None, threading.Thread(target=erase))
    done = store.erasures.one(begun.id)
    print(f"erased {done.counts['feedback']:,} records, {sum(done.counts.values()):,} rows")
    if store.database.dialect == "sqlite":
        rewriting = threading.Thread(target=lambda: store.database.purge((), rewrite=True))
        measured("while the file is written anew", None, rewriting)
    store.close()


if __name__ == "__main__":
    main()
