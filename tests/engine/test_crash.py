"""`kill -9` at any moment: nothing acknowledged is lost, nothing is opened twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time

from sqlalchemy import func, select, update

from engine.store import schema, schema_delivery
from engine.store.store import Store
from tests.engine.crash_worker import BATCHES, SIZE
from tests.engine.delivery.test_delivery import Hook
from tests.support.clock import NOON

KILLS = 4
ALL = BATCHES * SIZE


def start(url: str, hook: Hook) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.engine.crash_worker", url, hook.url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def test_killed_again_and_again_it_loses_nothing_and_opens_nothing_twice(url: str) -> None:
    hook = Hook()
    server = threading.Thread(target=hook.serve_forever, daemon=True)
    server.start()
    chance, acknowledged = random.Random(5), set[str]()
    for _ in range(KILLS):
        worker = start(url, hook)
        assert worker.stdout is not None
        acknowledged.add(worker.stdout.readline().strip())
        time.sleep(chance.uniform(0.0, 0.3))
        worker.send_signal(signal.SIGKILL)
        acknowledged.update(line.strip() for line in worker.stdout.readlines() if line.endswith("\n"))
        worker.stdout.close()
        worker.wait()
        _end_leases(url)
    last = start(url, hook)
    told, _ = last.communicate(timeout=120)
    assert last.returncode == 0
    assert acknowledged <= set(told.splitlines())
    store = Store(url)
    with store.database.read() as connection:
        for table in (schema.feedback, schema.decision, schema.alert, schema_delivery.notification):
            assert connection.scalar(select(func.count()).select_from(table)) == ALL
        ids = set(connection.scalars(select(schema_delivery.notification.c.id)))
    assert store.outbox.counts() == {"sent": ALL}
    store.close()
    assert {headers["webhook-id"] for headers, _ in hook.got} == ids
    hook.shutdown()
    hook.server_close()
    server.join()


def _end_leases(url: str) -> None:
    """Let the leases of the dead end now, not in five minutes."""
    store = Store(url)
    store.migrate()
    table = schema_delivery.notification
    with store.database.write() as connection:
        connection.execute(update(table).where(table.c.state == "pending").values(due_at=NOON, claimed_by=None))
    store.close()
