"""`heedful promote` and `rollback` under load: the service changes its model and fails no request."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import httpx
import pytest

from models.artifact import load_artifact
from tests.acceptance.conftest import Command
from tests.acceptance.serving import DB, Serving
from tests.support.artifacts import small_artifact, variant

STORE = "models"
SENDERS = 4


class Sending:
    """Threads that post feedback one after the other until told to stop."""

    def __init__(self, service: Serving) -> None:
        self._service = service
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(SENDERS)
        self._numbers = count()
        self.models: list[str] = []
        self.failed: list[str] = []
        self._runs = [self._pool.submit(self._send) for _ in range(SENDERS)]

    def _send(self) -> None:
        with httpx.Client(base_url=self._service.client.base_url, headers=self._service.client.headers) as client:
            while not self._stop.is_set():
                number = next(self._numbers)
                body = {"id": f"s{number}", "text": f"Order {number} never came. I am furious.", "scores": {"nps": 1}}
                answer = client.post("/v1/feedback", json=body, timeout=60)
                if answer.status_code == 200:
                    self.models.append(answer.json()["decisions"][0]["model"])
                else:
                    self.failed.append(answer.text)

    def wait_for(self, model: str, timeout_s: float = 60) -> None:
        """Wait until a decision comes from a model that came from none of the last ones."""
        seen, deadline = len(self.models), time.monotonic() + timeout_s
        while model not in self.models[seen:]:
            assert not any(run.done() for run in self._runs), self.failed
            assert time.monotonic() < deadline, (model, set(self.models), self._service.log)
            time.sleep(0.05)

    def stop(self) -> None:
        self._stop.set()
        for run in self._runs:
            run.result(60)
        self._pool.shutdown()


@pytest.fixture
def serving(heedful: Command, low_score: str, tmp_path: Path) -> Iterator[Callable[..., Serving]]:
    made = heedful("keys", "create", "--name", "test", "--role", "admin", "--db", DB)
    started: list[Serving] = []

    def start(*options: str) -> Serving:
        started.append(Serving(tmp_path, low_score, made.stdout.strip(), *options))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)


@pytest.mark.xdist_group("serve")
def test_the_model_changes_under_load_and_no_request_fails(
    heedful: Command, serving: Callable[..., Serving], tmp_path: Path
) -> None:
    one, other = (variant(tmp_path / f"m{threshold}", threshold) for threshold in (0.4, 0.6))
    first, second = load_artifact(one).model, load_artifact(other).model
    assert heedful("promote", str(one), "--store", STORE).returncode == 0
    service = serving("--model", STORE)
    sending = Sending(service)
    sending.wait_for(first)
    done = heedful("promote", str(other), "--store", STORE, "--why", "higher thresholds", "--by", "ann")
    assert f"{second} is the current model of models" in done.stdout, done.stderr
    sending.wait_for(second)
    assert heedful("rollback", "--store", STORE).returncode == 0
    sending.wait_for(first)
    sending.stop()
    assert sending.failed == []
    assert set(sending.models) == {first, second}
    assert service.client.get("/readyz").json()["model"] == first
    assert service.end(signal.SIGINT) == 0, service.log
    assert "Traceback" not in service.log


def test_promote_rollback_and_models_say_what_they_do(heedful: Command, tmp_path: Path) -> None:
    for name in ("one", "two"):
        small_artifact(tmp_path / name, name)
    refused = heedful("promote", "one")
    assert refused.returncode == 2
    assert "lacks labels that the current model has" in refused.stderr
    assert heedful("models").stdout == "current: the model that ships (var/model-store)\n"
    forced = heedful("promote", "one", "--force", "--why", "[bold]ours[/]", "--by", "ann")
    assert "it lacks labels that the model before had: emotion:anger/disapproval" in forced.stderr
    assert "one@" in forced.stdout
    assert "is the current model of var/model-store already" in heedful("promote", "one").stdout
    assert heedful("promote", "two", HEEDFUL_MODELS="var/model-store").returncode == 0
    assert "one@" in heedful("rollback", "--why", "worse").stdout
    listed = heedful("models").stdout
    assert listed.startswith("current: one@")
    assert "[bold]ours[/]" in listed
    told = json.loads(heedful("models", "--json").stdout)
    assert [change["what"] for change in told["changes"]] == ["promoted", "promoted", "rolled back"]
    none = heedful("rollback", "--store", "elsewhere")
    assert none.returncode == 2
    assert "no model before the current one; promote another" in none.stderr
    bad = heedful("promote", "two", "--why", "two\nlines")
    assert bad.returncode == 2
    assert "at most 500 characters on one line" in bad.stderr


def test_read_takes_a_store_for_its_current_model(heedful: Command, tmp_path: Path) -> None:
    model = variant(tmp_path / "mine", 0.5)
    assert heedful("promote", "mine", "--store", STORE).returncode == 0
    read = heedful("read", "-", "--model", STORE, stdin='{"id": "1", "text": "It never came."}\n')
    assert json.loads(read.stdout)["model"] == load_artifact(model).model
    (tmp_path / STORE / "models.json").write_text("{")
    broken = heedful("read", "-", "--model", STORE, stdin="")
    assert broken.returncode == 2
    assert "is not the pointer of a model store" in broken.stderr
    assert "Traceback" not in broken.stderr
