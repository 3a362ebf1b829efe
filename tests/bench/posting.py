"""`POST /v1/feedback` in batches of 50 against SQLite, the load generator on the same cores."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil

from tests.bench.data import voc_records

BATCH = 50
CONNECTIONS = 4


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_ready(base: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise SystemExit("the service ended before it was ready")
        try:
            if httpx.get(f"{base}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit("the service was not ready within 30 s")


class PeakMemory(threading.Thread):
    """Samples the resident memory of a process and its children, in MB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.process = psutil.Process(pid)
        self.peak = 0.0
        self.stopped = threading.Event()

    def run(self) -> None:
        """Sample ten times a second until stopped."""
        while not self.stopped.wait(0.1):
            try:
                family = [self.process, *self.process.children(recursive=True)]
                self.peak = max(self.peak, sum(one.memory_info().rss for one in family) / 1e6)
            except psutil.NoSuchProcess:
                return


def load(base: str, key: str) -> dict[str, float]:
    """Post every record once and return the count, the seconds and the latencies' percentiles."""
    records = voc_records(5_000)
    batches = [json.dumps(records[i : i + BATCH]).encode() for i in range(0, len(records), BATCH)]
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    with httpx.Client(base_url=base, headers=headers, timeout=60) as client:

        def post(body: bytes) -> float:
            started = time.perf_counter()
            client.post("/v1/feedback", content=body).raise_for_status()
            return time.perf_counter() - started

        started = time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            latencies = sorted(pool.map(post, batches))
        seconds = time.perf_counter() - started
    return {
        "records": float(len(records)),
        "seconds": seconds,
        "p50": latencies[len(latencies) // 2],
        "p95": latencies[int(len(latencies) * 0.95)],
    }


def commit_ms(base: str, key: str) -> float:
    """Return the mean milliseconds that judging and committing one batch took, as the service counted."""
    text = httpx.get(f"{base}/metrics", headers={"authorization": f"Bearer {key}"}).text
    rows = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("heedful_commit_seconds_"))
    return float(rows["heedful_commit_seconds_sum"]) / float(rows["heedful_commit_seconds_count"]) * 1000


def measure() -> list[str]:
    """Return the lines of the report."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        cli = [sys.executable, "-m", "api.cli"]
        made = subprocess.run(
            [*cli, "keys", "create", "--role", "admin", "--name", "bench", "--db", url],
            check=True,
            capture_output=True,
            text=True,
        )
        key = made.stdout.split()[-1]
        port = _free_port()
        base = f"http://127.0.0.1:{port}"
        log = (Path(folder) / "log").open("wb")
        server = subprocess.Popen(
            [*cli, "serve", "--port", str(port), "--db", url], stdout=log, stderr=log, env=dict(os.environ)
        )
        try:
            _wait_ready(base, server)
            memory = PeakMemory(server.pid)
            memory.start()
            done = subprocess.run(
                [sys.executable, "-m", "tests.bench.posting", base, key], check=True, capture_output=True, text=True
            )
            memory.stopped.set()
            result = json.loads(done.stdout)
            commit = commit_ms(base, key)
        finally:
            server.terminate()
            server.wait(30)
            log.close()
    rate = result["records"] / result["seconds"]
    load_said = f"{result['records']:,.0f} records of voc train in batches of {BATCH} over {CONNECTIONS} connections"
    latency = f"{result['p50'] * 1000:,.0f} ms at the median, {result['p95'] * 1000:,.0f} ms at the 95th percentile"
    return [
        f"- `POST /v1/feedback`, {load_said}, the load generator on the same cores, SQLite (WAL, synchronous=FULL):",
        f"  **{rate:,.0f} records a second**, all durable. Asked for: 400. A batch took {latency}.",
        f"- To judge a batch of {BATCH} and commit it, with its fsync: **{commit:,.0f} ms** on average.",
        f"- Peak resident memory of the service under that load: **{memory.peak:,.0f} MB**. Asked for: below 600 MB.",
    ]


if __name__ == "__main__":
    print(json.dumps(load(sys.argv[1], sys.argv[2])))
