"""A service to be killed: its store, its program, its receiver, its clock, and those who post to it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from engine.scope import Role
from engine.store.store import Store
from tests.crash.boundaries import CRASH_AT
from tests.crash.load import Load
from tests.crash.nursery import AHEAD, Nursery
from tests.crash.programs import PLAIN, Setup
from tests.crash.receiver import Receiver
from tests.support.artifacts import small_artifact

PATIENCE_S = 120.0
LEASE = timedelta(minutes=6)


@dataclass
class Service:
    """A process that runs `heedful serve`."""

    pid: int
    log: Path
    base: str = ""

    @property
    def lives(self) -> bool:
        """Whether it has not ended; an ended one stays a zombie until it is waited for."""
        with contextlib.suppress(FileNotFoundError):
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        return False

    def kill(self) -> None:
        """Kill it as nothing can be caught."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


@dataclass
class House:
    """Everything that belongs to one store."""

    url: str
    folder: Path
    nursery: Nursery
    receiver: Receiver
    setup: Setup
    load: Load
    services: list[Service] = field(default_factory=list)
    deaths: int = 0
    starts: int = 0

    def start(self, crash_at: str | None = None) -> Service:
        """Start a service; it is not waited for."""
        self.starts += 1
        log = self.folder / f"log-{self.starts}"
        port = str(_free_port())
        arguments = ["serve", "--port", port, "--db", self.url, "--program", "program", "--model", "model"]
        environment = {AHEAD: str(self.folder / "ahead")} | ({CRASH_AT: crash_at} if crash_at else {})
        service = Service(self.nursery.fork(arguments, environment, self.folder, log), log)
        self.services.append(service)
        return service

    def ready(self, service: Service) -> Service:
        """Wait until a service answers, and return it; one that dies before has no address."""

        def answers() -> bool:
            found = re.search(r"listens on (\S+)", service.log.read_text()) if service.log.exists() else None
            if found:
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(f"{found[1]}/livez", timeout=10).status_code == 200:
                        service.base = found[1]
            return bool(service.base) or not service.lives

        wait_until(answers, "the service answers")
        return service

    @contextmanager
    def posting(self, service: Service, posters: int = 2) -> Iterator[None]:
        """Post to a service meanwhile."""
        stop = threading.Event()
        threads = [threading.Thread(target=self.load.run, args=(service.base, stop)) for _ in range(posters)]
        for thread in threads:
            thread.start()
        yield
        stop.set()
        for thread in threads:
            thread.join()

    def bury(self, service: Service) -> int:
        """Wait for a killed service's end, and let the leases of what it had claimed run out."""
        code = self.nursery.wait(service.pid)
        self.services.remove(service)
        self.deaths += 1
        self.pass_time(LEASE)
        return code

    def end(self, service: Service) -> int:
        """End a service in good order."""
        os.kill(service.pid, signal.SIGINT)
        self.services.remove(service)
        return self.nursery.wait(service.pid)

    def pass_time(self, span: timedelta) -> None:
        """Move the service's clock; backwards too."""
        moved = self.ahead + span.total_seconds()
        fresh = self.folder / "ahead.new"
        fresh.write_text(str(moved))
        fresh.replace(self.folder / "ahead")

    @property
    def ahead(self) -> float:
        """By how many seconds the service's clock is ahead."""
        path = self.folder / "ahead"
        return float(path.read_text()) if path.exists() else 0.0

    def settle(self) -> None:
        """Wait until nothing is pending, as time passes by itself."""
        with contextlib.closing(Store(self.url)) as store:
            wait_until(lambda: not store.outbox.counts().get("pending"), "everything is delivered", 0.1)

    def drain(self, store: Store) -> None:
        """Wait until nothing is pending, letting time pass for what waits to be tried again."""

        def drained() -> bool:
            pending = store.outbox.counts().get("pending", 0)
            if pending and pending == before[0]:
                self.pass_time(timedelta(minutes=1))
            before[0] = pending
            return not pending

        before = [0]
        wait_until(drained, "everything is delivered", 0.2)


def wait_until(holds: Callable[[], bool], what: str, every_s: float = 0.01) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"this was waited for in vain: {what}"
        time.sleep(every_s)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _key(url: str) -> str:
    with contextlib.closing(Store(url)) as store:
        store.migrate()
        return store.keys.create("crash", Role.ADMIN, None, datetime.now(UTC))[1]


@contextmanager
def house(
    url: str, folder: Path, nursery: Nursery, receiver: Receiver, setup: Setup = PLAIN, *, migrated: bool = True
) -> Iterator[House]:
    """Make everything that a service needs; whatever still runs in the end is killed.

    Parameters
    ----------
    migrated
        Whether the store is made ready too; else it stays as it is, and nobody can post.
    """
    (folder / "program" / "rules").mkdir(parents=True)
    for name, text in setup.files.items():
        (folder / "program" / name).write_text(text.replace("{url}", receiver.url))
    small_artifact(folder / "model")
    key = _key(url) if migrated else ""
    made = House(url, folder, nursery, receiver, setup, Load(key, setup))
    try:
        yield made
    finally:
        for service in made.services:
            service.kill()
            nursery.wait(service.pid)
