"""A PostgreSQL of a test's own, which it may restart and kill: made with initdb in a folder, and thrown away."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

PLACES = "/usr/lib/postgresql"
KILL_OTHERS = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = :name"
)


def binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl, or None where PostgreSQL is not installed."""
    found = shutil.which("pg_config")
    if found:
        said = subprocess.run([found, "--bindir"], capture_output=True, text=True, check=False).stdout.strip()
        if said and (Path(said) / "initdb").exists():
            return Path(said)
    newest = sorted(Path(PLACES).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0]))
    return newest[-1].parent if newest else None


class Cluster:
    """A server that can be stopped in any way."""

    def __init__(self, bin_folder: Path, folder: Path) -> None:
        self._bin = bin_folder
        self._data = folder / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        # PostgreSQL does not run as root.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._run("initdb", "--pgdata", str(self._data), "--username", "postgres", "--auth", "trust", "--no-sync")
        self.url = f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c shared_buffers=16MB"
        self._control("start", "--options", options, "--log", str(self._data / "log"))

    def stop(self, how: str) -> None:
        """Stop: ``fast``, or ``immediate``, which is like a crash."""
        self._control("stop", "--mode", how)

    def kill_backends(self) -> int:
        """End every connection of others, in the middle of what they do; return how many."""
        engine = create_engine(self.url)
        with engine.begin() as connection:
            ended = connection.scalar(text(KILL_OTHERS), {"name": "postgres"})
        engine.dispose()
        return int(ended or 0)

    def _control(self, action: str, *options: str) -> None:
        self._run("pg_ctl", action, "--pgdata", str(self._data), "--wait", *options)

    def _run(self, program: str, *arguments: str) -> None:
        # Not captured: the server inherits the pipes, and they would never end.
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            user=self._user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == 0, f"{program} {arguments} ended with {done.returncode}"


@contextmanager
def cluster(bin_folder: Path) -> Iterator[Cluster]:
    """A server that runs; it is stopped in the end.

    It has a folder of its own: those of tests are closed to the user that PostgreSQL runs as.
    """
    with tempfile.TemporaryDirectory(prefix="heedful-postgresql-") as folder:
        made = Cluster(bin_folder, Path(folder))
        made.start()
        try:
            yield made
        finally:
            made.stop("immediate")
