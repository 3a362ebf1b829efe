"""How much is stored of a customer: what is said before they are forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from engine.names import is_storable
from engine.store import schema
from engine.store.database import Database


@dataclass(frozen=True, slots=True)
class StoredOf:
    """How much there is under the names of a customer; a feedback that was revised counts once."""

    feedback: int
    alerts: int
    open_alerts: int


def stored_of(database: Database, names: Sequence[str]) -> StoredOf:
    """Return how much is stored of a customer, under each name that the customer may be stored by."""
    known = [name for name in names if is_storable(name)]
    feedback, alert = schema.feedback, schema.alert
    records = select(feedback.c.source, feedback.c.id).where(feedback.c.customer.in_(known)).distinct().subquery()
    alerts = select(func.count()).select_from(alert).where(alert.c.customer.in_(known))
    with database.read() as connection:
        return StoredOf(
            connection.scalar(select(func.count()).select_from(records)) or 0,
            connection.scalar(alerts) or 0,
            connection.scalar(alerts.where(alert.c.closed_at.is_(None))) or 0,
        )
