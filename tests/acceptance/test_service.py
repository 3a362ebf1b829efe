"""`heedful serve` as an operator meets it: started, killed, started again, ended."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Command
from tests.acceptance.serving import DB, Serving

BATCH = [{"id": f"r{number}", "text": "Your menus are maddening.", "scores": {"nps": 0}} for number in range(50)]


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
