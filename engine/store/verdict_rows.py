"""Verdicts as rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from engine.alerts.verdict import Verdict, VerdictKind
from engine.store import schema
from engine.store.schema_base import Row
from engine.store.scoping import chunks


def latest_verdict(connection: Connection, alert_id: str) -> Verdict | None:
    """Return the verdict of an alert that counts, or None."""
    return latest_verdicts(connection, [alert_id]).get(alert_id)


def latest_verdicts(connection: Connection, alert_ids: Sequence[str]) -> dict[str, Verdict]:
    """Return the verdicts that count, by alert."""
    table, found = schema.verdict, dict[str, Verdict]()
    for some in chunks(alert_ids):
        last = select(func.max(table.c.id)).where(table.c.alert_id.in_(list(some))).group_by(table.c.alert_id)
        rows = connection.execute(select(table).where(table.c.id.in_(last))).mappings()
        found |= {row["alert_id"]: verdict_of(row) for row in rows}
    return found


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """Return the row of a verdict."""
    labels = None if verdict.labels is None else json.dumps(verdict.as_dict()["labels"], ensure_ascii=True)
    return {
        "alert_id": verdict.alert_id,
        "at": verdict.at,
        "who": verdict.who,
        "verdict": str(verdict.kind),
        "labels": labels,
        "note": verdict.note,
    }


def verdict_of(row: Row, prefix: str = "") -> Verdict:
    """Return the verdict of a row, whose columns may all be named with a prefix."""
    labels = row[f"{prefix}labels"]
    return Verdict(
        alert_id=row[f"{prefix}alert_id"],
        kind=VerdictKind(row[f"{prefix}verdict"]),
        who=row[f"{prefix}who"],
        at=row[f"{prefix}at"],
        labels=None if labels is None else {task: tuple(names) for task, names in json.loads(labels).items()},
        note=row[f"{prefix}note"],
    )
