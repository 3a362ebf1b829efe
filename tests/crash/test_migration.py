"""Killed within a migration, it migrates at the next start, and what waited is told."""

from __future__ import annotations

import signal
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.store.database import Database
from engine.store.store import Store
from tests.crash.boundaries import MIGRATIONS
from tests.crash.house import house
from tests.crash.nursery import Nursery
from tests.crash.receiver import Receiver
from tests.support import past

OLD = "0006"
TIMES = {"within a migration": (1, 20, 40)}
CASES = [(name, times) for name in MIGRATIONS for times in TIMES.get(name, (1,))]


@pytest.mark.parametrize(("boundary", "times"), CASES)
def test_killed_within_a_migration_it_migrates_at_the_next_start(
    url: str, tmp_path: Path, nursery: Nursery, receiver: Receiver, boundary: str, times: int
) -> None:
    with closing(Database(url)) as database:
        past.migrate(database, OLD)
        past.fill(database, OLD)
    with house(url, tmp_path, nursery, receiver, migrated=False) as home:
        first = home.ready(home.start(f"{times}:{boundary}"))
        assert home.bury(first) == -signal.SIGKILL, first.log.read_text()
        with closing(Database(url)) as database, database.read() as connection:
            at = connection.scalar(text("SELECT version_num FROM alembic_version"))
        assert at == (past.revisions()[-1] if boundary == "after a migration" else OLD)
        second = home.ready(home.start())
        with closing(Store(url)) as store:
            home.drain(store)
            assert store.outbox.counts() == {"sent": 2}
        assert list(receiver.taken) == [past.NOTIFICATION]
        assert home.end(second) == 0, second.log.read_text()
