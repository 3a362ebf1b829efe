"""Verdicts: appended, never changed; the latest of an alert counts."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from engine.alerts.alert import Alert, AlertKind
from engine.alerts.verdict import Verdict, VerdictKind
from engine.errors import NotFoundError
from engine.names import is_storable
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.codec import Row, alert_of
from engine.store.database import Database
from engine.store.records import in_scope


@dataclass(frozen=True, slots=True)
class Judged:
    """An alert with its latest verdict."""

    alert: Alert
    verdict: Verdict


class Verdicts:
    """The verdicts of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, verdict: Verdict, scope: Scope = EVERYTHING) -> Verdict:
        """Append a verdict and an event of the alert's history, and return the verdict that now counts.

        Who says again what counts already adds nothing, so that a request can be sent twice.

        Raises
        ------
        NotFoundError
            If there is no such alert, or it is out of scope.
        """
        with self._database.write() as connection:
            _check_seen(connection, verdict.alert_id, scope)
            before = latest_verdict(connection, verdict.alert_id)
            if before is not None and verdict.says_the_same(before):
                return before
            event = {"alert_id": verdict.alert_id, "at": verdict.at, "kind": "verdict", "who": verdict.who}
            connection.execute(schema.verdict.insert(), _verdict_row(verdict))
            connection.execute(schema.alert_event.insert(), event | {"why": verdict.said})
        return verdict

    def latest(self, kinds: Collection[VerdictKind] = tuple(VerdictKind)) -> list[Judged]:
        """Return the alerts whose latest verdict is one of some kinds, in the order of their feedback; no signals."""
        alert, verdict = schema.alert, schema.verdict
        last = select(func.max(verdict.c.id)).group_by(verdict.c.alert_id)
        query = (
            select(alert, *(column.label(f"verdict_{column.name}") for column in verdict.c))
            .join_from(alert, verdict, verdict.c.alert_id == alert.c.id)
            .where(verdict.c.id.in_(last), verdict.c.verdict.in_([str(kind) for kind in kinds]))
            .where(alert.c.kind != str(AlertKind.SIGNAL))
            .order_by(alert.c.sequence, alert.c.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings()
            return [Judged(alert_of(row), _verdict_of(row, "verdict_")) for row in rows]

    def kinds(self) -> dict[str, VerdictKind]:
        """Return the latest verdict of every alert that has one, by alert."""
        table = schema.verdict
        query = select(table.c.alert_id, table.c.verdict).order_by(table.c.id)
        with self._database.read() as connection:
            return {row.alert_id: VerdictKind(row.verdict) for row in connection.execute(query)}


def latest_verdict(connection: Connection, alert_id: str) -> Verdict | None:
    """Return the verdict of an alert that counts, or None."""
    table = schema.verdict
    query = select(table).where(table.c.alert_id == alert_id).order_by(table.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return _verdict_of(row) if row else None


def _check_seen(connection: Connection, alert_id: str, scope: Scope) -> None:
    table = schema.alert
    query = select(table.c.id).where(table.c.id == alert_id, *in_scope(table, scope))
    if not is_storable(alert_id) or connection.scalar(query) is None:
        raise NotFoundError(f"there is no alert {alert_id[:60]}, or this key may not see it")


def _verdict_row(verdict: Verdict) -> dict[str, Any]:
    labels = None if verdict.labels is None else json.dumps(verdict.as_dict()["labels"], ensure_ascii=True)
    return {
        "alert_id": verdict.alert_id,
        "at": verdict.at,
        "who": verdict.who,
        "verdict": str(verdict.kind),
        "labels": labels,
        "note": verdict.note,
    }


def _verdict_of(row: Row, prefix: str = "") -> Verdict:
    labels = row[f"{prefix}labels"]
    return Verdict(
        alert_id=row[f"{prefix}alert_id"],
        kind=VerdictKind(row[f"{prefix}verdict"]),
        who=row[f"{prefix}who"],
        at=row[f"{prefix}at"],
        labels=None if labels is None else {task: tuple(names) for task, names in json.loads(labels).items()},
        note=row[f"{prefix}note"],
    )
