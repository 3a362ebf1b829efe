"""What the tests of the pages of problems look at: complaints of some weeks, and one that goes away."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from engine.store import schema, schema_followup
from tests.console.browsing import Console

CRASH = "I am furious: the app had a crash again. <b>Eleven</b> times this week!"
CALM = "Thanks, the invoice came in time."
WEEK = timedelta(days=7)


def weeks_of_crashes(console: Console, unit: str = "emea/uk", weeks: int = 4, name: str = "w") -> list[str]:
    """Send crashes and calm feedback of some weeks up to now, and return the alerts of the crashes, oldest first."""
    now, alerts = console.service.engine.clock.now(), list[str]()
    for week in range(weeks, 0, -1):
        at = now - week * WEEK + timedelta(hours=3)
        angry = [
            {"id": f"{name}{week}-{one}", "text": CRASH, "customer": f"c-{name}{one}", "scores": {"nps": 1}}
            for one in range(6)
        ]
        calm = [{"id": f"{name}{week}-calm-{one}", "text": CALM, "scores": {"nps": 9}} for one in range(20)]
        more = {"occurred_at": at.isoformat(), "unit": unit}
        found = console.post(*(one | more for one in (*angry, *calm)))
        ids = [alert["id"] for decision in found for alert in decision["alerts"] if alert["rule"] == "furious"]
        # They came when they occurred: what is sent now is received now.
        with console.service.store.database.write() as connection:
            connection.execute(update(schema.alert).where(schema.alert.c.id.in_(ids)).values(opened_at=at))
        alerts += ids
    return alerts


def opened_since(console: Console, problem_id: str, weeks: float) -> None:
    """Let a problem have been opened so many weeks ago."""
    table = schema_followup.problem
    at = console.service.engine.clock.now() - weeks * WEEK
    with console.service.store.database.write() as connection:
        connection.execute(update(table).where(table.c.id == problem_id).values(created_at=at))
