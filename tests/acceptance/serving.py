"""`heedful serve` as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.acceptance.conftest import ROOT

DB = "sqlite:///store.db"


class Serving:
    """A running service over the store of its folder."""

    def __init__(self, folder: Path, program: str, key: str, *options: str, **environment: str) -> None:
        self._log = folder / "log"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HEEDFUL_")}
        command = ["serve", "--port", str(free_port()), "--db", DB, "--program", program, *options]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api.cli", *command],
                cwd=folder,
                env=clean | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"} | environment,
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
