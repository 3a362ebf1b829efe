"""`heedful serve` as an operator meets it: started, killed, started again, ended."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.conftest import ROOT, Command

DB = "sqlite:///store.db"
BATCH = [{"id": f"r{number}", "text": "Your menus are maddening.", "scores": {"nps": 0}} for number in range(50)]


class Serving:
    """A running service."""

    def __init__(self, folder: Path, program: str, key: str) -> None:
        self._log = folder / "log"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HEEDFUL_")}
        command = ["serve", "--port", str(free_port()), "--db", DB, "--program", program]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api.cli", *command],
                cwd=folder,
                env=clean | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + 60
        while not (found := re.search(r"listens on (\S+)", self.log)):
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.05)
        self.client = httpx.Client(base_url=found[1], headers={"authorization": f"Bearer {key}"}, timeout=60)

    @property
    def log(self) -> str:
        return self._log.read_text()

    def end(self, how: signal.Signals) -> int:
        self.client.close()
        self.process.send_signal(how)
        return self.process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def serving(heedful: Command, low_score: str, tmp_path: Path) -> Iterator[Callable[[], Serving]]:
    made = heedful("keys", "create", "--name", "test", "--role", "admin", "--db", DB)
    started: list[Serving] = []

    def start() -> Serving:
        started.append(Serving(tmp_path, low_score, made.stdout.strip()))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)


def posted(service: Serving) -> list[dict[str, Any]]:
    answer = service.client.post("/v1/feedback", json=BATCH)
    assert answer.status_code == 200, answer.text
    decisions: list[dict[str, Any]] = answer.json()["decisions"]
    return decisions


@pytest.mark.xdist_group("serve")
def test_what_was_answered_is_there_after_a_kill_and_ctrl_c_ends_it_cleanly(serving: Callable[[], Serving]) -> None:
    first = serving()
    before = posted(first)
    assert sum(len(decision["alerts"]) for decision in before) > 0
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    second = serving()
    assert posted(second) == before
    listed = second.client.get("/v1/alerts?limit=1000").json()["alerts"]
    opened = {alert["id"] for decision in before for alert in decision["alerts"]}
    assert {alert["id"] for alert in listed} == opened
    assert len(listed) == len(opened)
    assert second.end(signal.SIGINT) == 0, second.log
    assert "Heedful has stopped." in second.log
    assert "Traceback" not in second.log


@pytest.mark.xdist_group("serve")
def test_a_taken_port_is_said_before_anything_is_loaded(heedful: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = heedful("serve", "--port", port, "--db", DB)
    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1, port {port}: Address already in use" in done.stderr
    assert "Heedful listens" not in done.stderr
