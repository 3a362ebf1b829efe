"""The database goes away under load: restarted, its connections ended, its disk full. Nothing acknowledged is lost."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.crash.cluster import Cluster, binaries, cluster
from tests.crash.house import House, house, wait_until
from tests.crash.killing import finish
from tests.crash.nursery import Nursery
from tests.crash.receiver import Receiver

BINARIES = binaries()
SMALL_MB, LARGE_MB = 4, 64


@pytest.fixture
def server() -> Iterator[Cluster]:
    if BINARIES is None:
        pytest.skip("initdb and pg_ctl of PostgreSQL are not installed")
    with cluster(BINARIES) as made:
        yield made


def more(home: House, records: int = 50) -> None:
    """Wait until some more are acknowledged."""
    before = len(home.load.acknowledged)
    wait_until(lambda: len(home.load.acknowledged) >= before + records, "more is acknowledged")


def test_postgresql_is_restarted_and_its_connections_end_under_load(
    server: Cluster, tmp_path: Path, nursery: Nursery, receiver: Receiver
) -> None:
    with house(server.url, tmp_path / "house", nursery, receiver) as home:
        service = home.ready(home.start())
        with home.posting(service):
            more(home)
            for _ in range(3):
                assert server.kill_backends() > 0
                more(home)
            for how in ("fast", "immediate"):
                server.stop(how)
                refused = home.load.refused
                wait_until(lambda refused=refused: home.load.refused > refused, "the sender is told to come later")  # type: ignore[misc]
                assert service.lives
                server.start()
                more(home)
        assert finish(home, service).wrong == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own that is soon full."""
    place = tmp_path / "disk"
    place.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_MB}m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(options, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk cannot be mounted here: that takes root, and leave to mount")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_said_and_nothing_acknowledged_is_lost(
    small_disk: Path, tmp_path: Path, nursery: Nursery, receiver: Receiver
) -> None:
    with house(f"sqlite:///{small_disk / 'store.db'}", tmp_path / "house", nursery, receiver) as home:
        service = home.ready(home.start())
        with home.posting(service):
            wait_until(lambda: home.load.refused > 3, "the disk is full")
            answer = httpx.get(f"{service.base}/livez")
            assert answer.status_code == 200
            before = len(home.load.acknowledged)
            subprocess.run(["mount", "-o", f"remount,size={LARGE_MB}m", str(small_disk)], check=True)
            more(home)
            assert len(home.load.acknowledged) > before
        assert home.load.said == {"urn:heedful:problem:store-unavailable"}
        assert any("the disk is full" in detail for detail in home.load.details)
        assert finish(home, service).wrong == []
