"""What a silence would keep quiet: tried on the messages of the days before, before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import or_, select

from engine.alerts.matching import Matching, subject_from_dict
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.database import Database
from engine.store.escalations import SILENT
from engine.store.messages import PENDING
from engine.store.schema_delivery import notification as table
from engine.store.scoping import in_scope

SPAN = timedelta(days=7)
MOST = 2_000
MOST_TITLES = 5
# Neither what combines other messages nor what thanks a customer is kept quiet by itself.
ASKED = ("opened", "escalated", "fallback")


@dataclass(frozen=True, slots=True)
class SilenceTrial:
    """What a silence would have kept quiet, had it been there.

    Parameters
    ----------
    of
        How many messages of the last days were looked at, at most `MOST`, the newest.
    fits
        How many of them it would have held back.
    waiting
        How many of these wait to be sent at this moment.
    titles
        The titles of their alerts, the newest first, each once.
    """

    of: int
    fits: int
    waiting: int
    titles: tuple[str, ...]


def try_silence(database: Database, matching: Matching, now: datetime, scope: Scope = EVERYTHING) -> SilenceTrial:
    """Return what a silence would have kept quiet of the messages of the last days."""
    alert = schema.alert
    query = (
        select(table.c.message, table.c.state, alert.c.title)
        .join_from(alert, table, table.c.alert_id == alert.c.id)
        .where(alert.c.opened_at >= now - SPAN, table.c.kind.in_(ASKED), *in_scope(alert, scope))
        # What was never to be sent is no message that a silence keeps back.
        .where(or_(table.c.held_reason.is_(None), table.c.held_reason.not_in(SILENT)))
        .order_by(alert.c.opened_at.desc(), alert.c.id, table.c.id)
        .limit(MOST)
    )
    of = fits = waiting = 0
    titles: dict[str, None] = {}
    with database.read() as connection:
        for row in connection.execute(query):
            of += 1
            subject = orjson.loads(row.message).get("subject")
            if not subject or not matching.fits(subject_from_dict(subject)):
                continue
            fits += 1
            waiting += row.state == PENDING
            titles[row.title] = None
    return SilenceTrial(of, fits, waiting, tuple(titles)[:MOST_TITLES])
