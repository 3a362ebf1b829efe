"""People of a test's store."""

from __future__ import annotations

import json

from engine.store import schema_followup
from engine.store.store import Store
from tests.support.clock import NOON

TEAMS = {"ann": ["care", "phone"], "bob": ["care"], "kim": []}


def employ(store: Store) -> None:
    """Let ann (teams care and phone), bob (care) and kim (no team) be the people of a store."""
    rows = [
        {"id": name, "name": name.title(), "teams": json.dumps(teams), "managed": False, "gone": False}
        | dict.fromkeys(("units", "leads", "contacts"), "[]")
        | {"changed_at": NOON}
        for name, teams in TEAMS.items()
    ]
    with store.database.write() as connection:
        connection.execute(schema_followup.person.insert(), rows)
        connection.execute(schema_followup.directory.delete())
        connection.execute(schema_followup.directory.insert(), {"id": 1, "revision": 1})
