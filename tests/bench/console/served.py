"""A service over a store with much in it, and who is signed in there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGTERM
from typing import Any

import httpx
import orjson
from sqlalchemy import func, select

from engine.alerts.matching import subject_of
from engine.scope import Role
from engine.store import schema
from engine.store.alert_filter import AlertFilter
from engine.store.bulk import insert_rows
from engine.store.messages import SENT
from engine.store.schema_delivery import notification
from engine.store.store import Store
from models.taxonomy import default_taxonomy
from tests.acceptance.serving import Serving
from tests.bench.data import ROOT
from tests.bench.much_feedback import fill

PROGRAM = ROOT / "samples" / "program"
FEEDBACK = 100_000
# Of so many feedback one has an alert, about.
ONE_IN = 11
PAGE = 1_000


def filled(folder: Path) -> tuple[Path, int]:
    """Make a store with feedback, alerts and their messages, and return it with the number of its alerts."""
    found = folder / "filled.db"
    with closing(Store(f"sqlite:///{found}")) as store:
        store.migrate()
        fill(store, FEEDBACK, datetime.now(UTC), default_taxonomy(), one_in=ONE_IN)
        _add_messages(store)
        with store.database.read() as connection:
            return found, connection.scalar(select(func.count()).select_from(schema.alert)) or 0


def _add_messages(store: Store) -> None:
    """Write a message that was sent for each alert, as long as real ones."""
    cursor = None
    while True:
        page = store.alerts.page(AlertFilter(), limit=PAGE, cursor=cursor)
        said = store.words.of([one.sequence for one in page.alerts])
        rows = [_message_row(one.id, one, said[one.sequence].as_dict()) for one in page.alerts]
        with store.database.write() as connection:
            insert_rows(connection, notification, rows)
        cursor = page.cursor
        if cursor is None:
            return


def _message_row(alert_id: str, alert: Any, feedback: dict[str, Any]) -> dict[str, Any]:
    body = {
        "type": "alert.opened",
        "alert": alert.as_dict(),
        "feedback": feedback,
        "subject": subject_of(alert).as_dict(),
    }
    return {
        "id": f"nt_{alert_id}",
        "alert_id": alert_id,
        "kind": "opened",
        "severity": str(alert.severity),
        "recipient": "operators",
        "receiver": "operators",
        "state": SENT,
        "message": orjson.dumps(body).decode(),
        "created_at": alert.opened_at,
        "due_at": alert.opened_at,
        "attempts": 1,
        "finished_at": alert.opened_at,
    }


@dataclass
class House:
    """A running service with its store.

    Parameters
    ----------
    key
        The header of a key that may do everything.
    """

    base: str
    store: Store
    pid: int
    key: dict[str, str]
    tokens: dict[tuple[str, str | None], str] = field(default_factory=dict)

    def token(self, role: str = "admin", unit: str | None = None, name: str = "Ann") -> str:
        """Return the session of somebody of a role and a unit."""
        known = (f"{role} {name}", unit)
        if known not in self.tokens:
            now = datetime.now(UTC)
            email = f"{name}-{len(self.tokens)}@example.com".lower()
            account = self.store.accounts.add(name, email, Role(role), now, unit=unit)
            self.tokens[known] = self.store.sessions.begin(account.id, now)
        return self.tokens[known]

    def post(self, *records: dict[str, Any]) -> list[dict[str, Any]]:
        """Send feedback over HTTP and return its decisions."""
        answer = httpx.post(f"{self.base}/v1/feedback", json=records, headers=self.key, timeout=60)
        answer.raise_for_status()
        decisions: list[dict[str, Any]] = answer.json()["decisions"]
        return decisions


@contextmanager
def serving(filled_store: Path, folder: Path) -> Iterator[House]:
    """Serve a copy of a store in a process of its own."""
    folder.mkdir()
    copied = folder / "store.db"
    shutil.copyfile(filled_store, copied)
    with closing(Store(f"sqlite:///{copied}")) as store:
        _, secret = store.keys.create("bench", Role.ADMIN, None, datetime.now(UTC))
        served = Serving(folder, str(PROGRAM), secret)
        try:
            wait_read(served.client)
            key = {"authorization": f"Bearer {secret}"}
            yield House(str(served.client.base_url).rstrip("/"), store, served.process.pid, key)
        finally:
            served.end(SIGTERM)


def wait_read(client: httpx.Client) -> None:
    """Wait until the reader is there."""
    while client.get("/readyz").status_code != 200:
        client.get("/livez")
