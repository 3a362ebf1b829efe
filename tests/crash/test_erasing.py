"""`kill -9` at every step of an erasure: taken up again, it leaves nothing out, and its receipt counts right."""

from __future__ import annotations

import json
import signal
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.privacy.retention import Erasing
from engine.store.store import Store
from tests.crash.boundaries import CRASH_AT, ERASURES
from tests.crash.nursery import AHEAD, Nursery
from tests.support.clock import StillClock
from tests.support.forgotten import NAME, WORD, Town, holding

LEASE = timedelta(minutes=3)


def row(name: str) -> str:
    return json.dumps({"id": name, "source": "default", "revision": 1, "text": WORD}) + "\n"


def test_killed_at_every_step_it_is_taken_up_and_finished(url: str, tmp_path: Path, nursery: Nursery) -> None:
    # Each way on one kind of database; both on both are cut off in one process elsewhere.
    how = Erasing.ANONYMISE if url.startswith("sqlite") else Erasing.DELETE
    with closing(Store(url)) as store:
        store.migrate()
        Town(store, StillClock(datetime.now(UTC) - timedelta(hours=2))).fill()
    (tmp_path / "labels.jsonl").write_text(row("f2") + row("f5"))
    ahead = tmp_path / "ahead"

    def run(place: str | None, number: int) -> int:
        """Ask for the erasure the first two times, since the first is killed before it is known; then take it up."""
        asked = ["--customer", NAME, "--yes", "--data", "labels.jsonl"] + ["--delete"] * (how is Erasing.DELETE)
        arguments = ["forget", *(asked if number < 2 else ["--resume"]), "--db", url]
        environment = {AHEAD: str(ahead)} | ({CRASH_AT: f"1:{place}"} if place else {})
        code = nursery.wait(nursery.fork(arguments, environment, tmp_path, tmp_path / f"log-{number}"))
        ahead.write_text(str((number + 1) * LEASE.total_seconds()))
        return code

    for number, place in enumerate(ERASURES):
        assert run(place, number) == -signal.SIGKILL, (place, (tmp_path / f"log-{number}").read_text())
    assert run(None, len(ERASURES)) == 0, (tmp_path / f"log-{len(ERASURES)}").read_text()
    with closing(Store(url)) as store:
        (receipt,) = store.erasures.page()
        assert receipt.finished_at is not None
        assert (receipt.counts["feedback"], receipt.counts["reading"]) == (5, 5)
        assert [one["records"] for one in receipt.files] == [1]
        assert holding(store, NAME, WORD) == set()
    assert (tmp_path / "labels.jsonl").read_text() == row("f5")
    raw = b"".join(one.read_bytes() for one in tmp_path.glob("store.db*"))
    assert NAME.encode() not in raw
    assert WORD.encode() not in raw
