"""Escalations of a store: steps that are due are taken, each once, with their messages, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, insert, select, update

from engine.alerts.addressing import Destination, reach
from engine.alerts.alert import Alert, HeldReason
from engine.alerts.changes import HEEDFUL
from engine.alerts.escalation import Planned, StepKey, plan, say_late, waiting
from engine.people import Directory
from engine.rules.load import LoadedRules
from engine.store import schema, schema_delivery, schema_followup
from engine.store.codec import alert_of
from engine.store.database import Database
from engine.store.messages import OF_ONE, PENDING, write_notifications
from engine.store.people import People
from engine.targets import Clock

AT_ONCE = 200
ESCALATED = "escalated"
# Nobody was told that such an alert is there, or nothing is left of it: nobody is told that it is late.
SILENT = frozenset({str(HeldReason.NOTIFY_OFF), str(HeldReason.STALE), str(HeldReason.ERASED)})
Place = tuple[str, str | None]


class Escalations:
    """What is late in a store."""

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people

    def take(self, rules: LoadedRules, now: datetime) -> int:
        """Take the steps that are due, and return how many were.

        Several processes share the work: an alert that one looks at, the others pass over.

        Parameters
        ----------
        rules
            By whose steps, and by whose program, it is escalated.
        """
        taken = 0
        while True:
            with self._database.write() as connection:
                alerts = _due(connection, now)
                taken += self._take(connection, alerts, rules, now)
            if len(alerts) < AT_ONCE:
                return taken

    def _take(self, connection: Connection, alerts: Sequence[Alert], rules: LoadedRules, now: datetime) -> int:
        if not alerts:
            return 0
        ids = [alert.id for alert in alerts]
        before, bodies = _taken(connection, ids), _bodies(connection, ids)
        directory = self._people.directory_on(connection)
        due: dict[str, list[Planned]] = {}
        watch: list[dict[str, Any]] = []
        for alert in alerts:
            planned = plan(alert, rules.by_slug.get(alert.rule), rules.program)
            left = waiting(alert, planned, before.get(alert.id, ())) if alert.id in bodies else []
            due[alert.id] = [one for one in left if one.at <= now]
            watch.append({"of": alert.id, "next": next((one.at for one in left if one.at > now), None)})
        late = [_Late(alert, due[alert.id], bodies[alert.id], now) for alert in alerts if due[alert.id]]
        _write(connection, late, rules, directory)
        table = schema.alert
        setting = update(table).where(table.c.id == bindparam("of")).values(watch_at=bindparam("next"))
        connection.execute(setting, watch)
        return sum(len(one.steps) for one in late)


class _Late:
    """An alert with the steps that are due, and whom they tell."""

    def __init__(self, alert: Alert, steps: Sequence[Planned], body: Mapping[str, Any], now: datetime) -> None:
        self.alert = alert
        self.steps = steps
        self._body = body
        self._now = now

    @property
    def says(self) -> list[str]:
        return [say_late(self.alert, one, self._now) for one in Clock if any(p.step.clock is one for p in self.steps)]

    def told(self, rules: LoadedRules, directory: Directory) -> tuple[dict[Place, Destination], list[str]]:
        """Return where messages go, each place once, and why there."""
        places: dict[Place, Destination] = {}
        why: list[str] = []
        for name in dict.fromkeys(name for one in self.steps for name in one.step.to):
            reached = reach(name, self.alert, rules.program, directory)
            why += reached.why
            for to in reached.destinations:
                places.setdefault((to.receiver, to.address), to)
        return places, why

    def message(self) -> str:
        body = {name: value for name, value in self._body.items() if name not in OF_ONE}
        steps = [one.as_dict() for one in self.steps]
        told = {"late": self.says, "steps": steps}
        return orjson.dumps(
            body | {"type": "alert.escalated", "alert": self.alert.as_dict(), "escalation": told}
        ).decode()

    def rows(self, places: Iterable[Destination]) -> list[dict[str, Any]]:
        """Return the rows of its notifications, one a place."""
        first, message = self.steps[0], self.message()
        of = f"nt_{self.alert.id.removeprefix('al_')}_{first.step.clock[0]}{first.number + 1}"
        return [
            {
                "id": f"{of}_{number}",
                "alert_id": self.alert.id,
                "kind": ESCALATED,
                "severity": str(self.alert.severity),
                "recipient": to.recipient,
                "receiver": to.receiver,
                "address": to.address,
                "state": PENDING,
                "message": message,
                "created_at": self._now,
                "due_at": self._now,
                "attempts": 0,
            }
            for number, to in enumerate(places, start=1)
        ]

    def event(self, places: Iterable[Destination], why: Sequence[str]) -> dict[str, Any]:
        sent_to = list(dict.fromkeys(to.recipient for to in places))
        data = {"steps": [one.as_dict() for one in self.steps], "sent_to": sent_to, "because": "; ".join(why)}
        said = f"{' and '.join(self.says)}: {', '.join(sent_to)} told"
        at = {"alert_id": self.alert.id, "at": self._now, "kind": ESCALATED, "who": HEEDFUL, "why": said}
        return at | {"data": orjson.dumps(data).decode()}

    def taken(self, places: Iterable[Destination]) -> list[dict[str, Any]]:
        told = orjson.dumps(list(dict.fromkeys(to.recipient for to in places))).decode()
        return [
            {"alert_id": self.alert.id, "clock": str(one.step.clock), "step": one.number, "at": self._now, "told": told}
            for one in self.steps
        ]


def _write(connection: Connection, late: Sequence[_Late], rules: LoadedRules, directory: Directory) -> None:
    if not late:
        return
    steps, events, rows = [], [], []
    for one in late:
        places, why = one.told(rules, directory)
        steps += one.taken(places.values())
        events.append(one.event(places.values(), why))
        rows += one.rows(places.values())
    connection.execute(insert(schema_followup.escalation), steps)
    connection.execute(insert(schema.alert_event), events)
    write_notifications(connection, rows)


def _due(connection: Connection, now: datetime) -> list[Alert]:
    """Return alerts of which a step may be due; nobody else changes them until the transaction ends."""
    table = schema.alert
    query = select(table).where(table.c.watch_at <= now).order_by(table.c.watch_at, table.c.id).limit(AT_ONCE)
    return [alert_of(row) for row in connection.execute(query.with_for_update(skip_locked=True)).mappings()]


def _taken(connection: Connection, alert_ids: Sequence[str]) -> dict[str, set[StepKey]]:
    table = schema_followup.escalation
    found: dict[str, set[StepKey]] = {}
    for row in connection.execute(select(table).where(table.c.alert_id.in_(alert_ids))):
        found.setdefault(row.alert_id, set()).add((Clock(row.clock), row.step))
    return found


def _bodies(connection: Connection, alert_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what the first messages of alerts told, of those of which somebody was to be told."""
    table = schema_delivery.notification
    query = select(table.c.alert_id, table.c.message, table.c.held_reason)
    query = query.where(table.c.alert_id.in_(alert_ids), table.c.kind == "opened").order_by(table.c.id.desc())
    rows = connection.execute(query)
    return {row.alert_id: orjson.loads(row.message) for row in rows if row.held_reason not in SILENT}
