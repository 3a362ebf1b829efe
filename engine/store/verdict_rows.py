"""Verdicts as rows."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from engine.alerts.verdict import Verdict, VerdictKind
from engine.store import schema
from engine.store.codec import Row


def latest_verdict(connection: Connection, alert_id: str) -> Verdict | None:
    """Return the verdict of an alert that counts, or None."""
    table = schema.verdict
    query = select(table).where(table.c.alert_id == alert_id).order_by(table.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return verdict_of(row) if row else None


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
