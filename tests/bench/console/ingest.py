"""What open consoles cost those who send feedback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil

from engine.store.alert_filter import AlertFilter
from tests.bench.console.served import House, serving
from tests.bench.data import voc_records

CONSOLES = 50
ROUNDS = 6
RECORDS = 2_400
BATCH, CONNECTIONS = 50, 4
UNITS = ("emea/uk", "emea/ie", "emea/de")
# A round begins when what the one before left behind is done.
PAUSE_S = 1.0


def load(base: str, key: str, number: int) -> float:
    """Post records that were never sent before, and return the seconds it took."""
    records = [
        one | {"id": f"{number}-{one['id']}", "unit": UNITS[place % len(UNITS)], "customer": f"c{place % 500}"}
        for place, one in enumerate(voc_records(RECORDS))
    ]
    batches = [json.dumps(records[start : start + BATCH]).encode() for start in range(0, RECORDS, BATCH)]
    headers = {"authorization": key, "content-type": "application/json"}
    with httpx.Client(base_url=base, headers=headers, timeout=60) as client, ThreadPoolExecutor(CONNECTIONS) as pool:
        started = time.perf_counter()
        for answer in pool.map(lambda body: client.post("/v1/feedback", content=body), batches):
            answer.raise_for_status()
        return time.perf_counter() - started


def wanted_pages(house: House) -> list[tuple[str, str]]:
    """Return so many pages as a team has open: most see the queue, some of a unit, some an alert or the search."""
    anybody = [house.token("agent", None, name) for name in ("Ann", "Ben", "Cy")]
    units = [house.token("agent", unit, "Dee") for unit in UNITS[:2]]
    alerts = [one.id for one in house.store.alerts.page(AlertFilter(), limit=CONSOLES).alerts]
    found = []
    for number in range(CONSOLES):
        kind = number % 10
        if kind < 5:
            found.append(("/", anybody[number % 3]))
        elif kind < 7:
            found.append(("/", units[number % 2]))
        elif kind < 9:
            found.append((f"/alerts/{alerts[number]}", anybody[number % 3]))
        else:
            found.append(("/feedback", anybody[number % 3]))
    return found


@dataclass
class Round:
    """How fast feedback was taken, and what it took: seconds of processor time of the service a thousand records."""

    rate: float
    cpu_s: float


class Open:
    """The process that keeps consoles open."""

    def __init__(self, house: House, pages: list[tuple[str, str]]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.console.open_pages"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"base": house.base, "pages": pages}) + "\n")
        self.process.stdin.flush()
        if self.process.stdout.readline() != "open\n":
            raise SystemExit("the consoles could not be opened")

    def close(self) -> dict[str, Any]:
        """Close them, and return what they were sent."""
        said, _ = self.process.communicate()
        told: dict[str, Any] = json.loads(said)
        return told


@contextmanager
def only(running: int, stopped: int) -> Iterator[psutil.Process]:
    """Let another process stand still meanwhile."""
    os.kill(stopped, signal.SIGSTOP)
    try:
        yield psutil.Process(running)
    finally:
        os.kill(stopped, signal.SIGCONT)


def one_round(house: House, stopped: House, number: int) -> Round:
    """Load one service while the other stands still."""
    with only(house.pid, stopped.pid) as process:
        time.sleep(PAUSE_S)
        before = process.cpu_times()
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.console.ingest", house.base, house.key["authorization"], str(number)],
            check=True,
            capture_output=True,
            text=True,
        )
        after = process.cpu_times()
    used = after.user + after.system - before.user - before.system
    return Round(RECORDS / float(done.stdout), used / RECORDS * 1000)


def measure(filled: Path, folder: Path) -> list[str]:
    """Return the lines of the report: two services over equal stores take turns, one of them with open consoles."""
    without, with_open, told = [], [], []
    with serving(filled, folder / "quiet") as quiet, serving(filled, folder / "watched") as watched:
        pages = wanted_pages(watched)

        def watch(number: int) -> None:
            consoles = Open(watched, pages)
            with_open.append(one_round(watched, quiet, number))
            told.append(consoles.close())

        # What is slow the first time is so for both.
        one_round(quiet, watched, ROUNDS)
        one_round(watched, quiet, ROUNDS)
        for number in range(ROUNDS):
            if number % 2:
                watch(number)
            without.append(one_round(quiet, watched, number))
            if not number % 2:
                watch(number)
    return said(without, with_open, told)


def said(without: list[Round], with_open: list[Round], told: list[dict[str, Any]]) -> list[str]:
    """Return what was measured in words."""
    rates = [sorted(one.rate for one in rounds) for rounds in (without, with_open)]
    cpus = [median(one.cpu_s for one in rounds) for rounds in (without, with_open)]
    costs = sorted(1 - after.rate / before.rate for before, after in zip(without, with_open, strict=True))
    spread = [f"{median(some):,.0f} records a second ({some[0]:,.0f} to {some[-1]:,.0f})" for some in rates]
    seconds, refreshes = sum(RECORDS / one.rate for one in with_open), sum(one["refreshes"] for one in told)
    shortest, middle = min(one["shortest_s"] for one in told), median(one["median_s"] for one in told)
    megabytes, lost = sum(one["bytes"] for one in told) / 1e6, sum(one["lost"] for one in told)
    theirs = sum(one["cpu_s"] for one in told) / ROUNDS
    ingest = (
        f"- Ingest with alerts opening, {ROUNDS} rounds in turns of {RECORDS:,} records each: without a console "
        f"{spread[0]}, with {CONSOLES} open consoles {spread[1]}: a cost of **{median(costs):.1%}** at the median of "
        f"the rounds ({costs[0]:.1%} to {costs[-1]:.1%}). Asked for: less than 10%. The consoles' own end stood on the "
        f"same two cores, and took {theirs:.1f} s of processor time a round, opening the pages included."
    )
    processor = (
        f"- Processor time of the service a thousand records: {cpus[0]:.2f} s without, {cpus[1]:.2f} s with open "
        f"consoles. In {seconds:,.0f} s of load pages were brought up to date {refreshes:,} times, each every "
        f"{middle:.1f} s at the median and never sooner than after **{shortest:.2f} s** (asked for: at most one a "
        f"second), with {megabytes:,.1f} MB sent; {lost} of the connections were lost."
    )
    return [ingest, processor]


if __name__ == "__main__":
    print(load(sys.argv[1], sys.argv[2], int(sys.argv[3])))
