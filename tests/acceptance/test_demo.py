"""`heedful demo`, which `make run` starts: the first minute of a new user."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.acceptance.conftest import ROOT


class Demo:
    """A running demo, read until it has shown its key."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HEEDFUL_")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api.cli", "demo", "--port", "18080"],
                cwd=folder,
                env=clean | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def shown(self, timeout_s: float = 90) -> str:
        deadline = time.monotonic() + timeout_s
        while "Ctrl-C ends it." not in (text := self.log.read_text()):
            assert self.process.poll() is None, text
            assert time.monotonic() < deadline, text
            time.sleep(0.1)
        return text

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def wait_for(condition: Callable[[], bool], timeout_s: float = 30) -> None:
    """Wait until something that another process does has happened."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _name_after_signing_in(link: str) -> str:
    """Press the button behind the link, and return who the console says is signed in."""
    url = httpx.URL(link)
    with httpx.Client(follow_redirects=True, headers={"origin": f"http://{url.netloc.decode()}"}) as visitor:
        assert "Sign in" in visitor.get(link).text
        inbox = visitor.post(link)
        assert inbox.status_code == 200
        return "Demo" if '"Demo"' in inbox.text or "Demo" in inbox.text else inbox.text


@pytest.mark.xdist_group("demo")
def test_the_first_start_raises_alerts_and_the_second_raises_none_twice(tmp_path: Path) -> None:
    counts, keys = [], []
    for start in ("the sample was fed)", "the sample was fed before"):
        demo = Demo(tmp_path)
        try:
            text = demo.shown()
            assert start in text
            base, key = re.findall(r"listens on (\S+)", text)[0], re.findall(r"API key\s+(\S+)", text)[0]
            answer = httpx.get(f"{base}/v1/alerts?limit=1000", headers={"authorization": f"Bearer {key}"})
            counts.append(len(answer.json()["alerts"]))
            keys.append(key)
            assert '"receiver"' not in text
            assert _name_after_signing_in(re.findall(r"console\s+(\S+)", text)[0]) == "Demo"
            wait_for(lambda: (tmp_path / "var" / "notifications.jsonl").read_text().count("\n") > 10)
            assert httpx.get(f"{base}/docs").status_code == 200
            if len(keys) == 2:
                old = httpx.get(f"{base}/v1/alerts", headers={"authorization": f"Bearer {keys[0]}"})
                assert old.status_code == 401
            assert f"300 records, {counts[-1]} alerts" in text
        finally:
            code = demo.stop()
        assert code == 0, demo.log.read_text()
        assert "Heedful has stopped." in demo.log.read_text()
        assert "Traceback" not in demo.log.read_text()
    assert counts[0] == counts[1] > 20
