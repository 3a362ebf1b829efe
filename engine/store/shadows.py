"""What shadow rules would have opened: matches that were held back as such, as they stand in the decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from engine.alerts.alert import HeldReason
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.codec import held_of
from engine.store.database import Database
from engine.store.scoping import in_scope

# So many decisions are looked through, the newest ones, however much is stored.
MOST_LOOKED_AT = 100_000


@dataclass(frozen=True, slots=True)
class ShadowMatch:
    """A feedback that a shadow rule held for."""

    sequence: int
    source: str
    feedback_id: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ShadowResults:
    """What a shadow rule would have opened among the newest feedback.

    Parameters
    ----------
    matches
        The newest of them.
    count
        How many there are among `of` feedback.
    since
        When the first of that feedback came; None where there is none.
    """

    matches: tuple[ShadowMatch, ...]
    count: int
    of: int
    since: datetime | None


class Shadows:
    """The shadow results of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(
        self, rule: str, since: datetime, scope: Scope = EVERYTHING, *, limit: int = 10, most: int = MOST_LOOKED_AT
    ) -> ShadowResults:
        """Return what a rule would have opened since some moment, of the feedback in scope.

        Parameters
        ----------
        limit
            So many matches are returned at most; all are counted.
        most
            Only so many feedback are looked at, the newest ones.
        """
        decision, feedback = schema.decision, schema.feedback
        newest = (
            select(feedback.c.sequence, feedback.c.source, feedback.c.id, feedback.c.received_at, feedback.c.ordinal)
            .where(feedback.c.received_at >= since, *in_scope(feedback, scope))
            .order_by(feedback.c.sequence.desc())
            .limit(most)
            .subquery()
        )
        named = f'"{rule}"'
        held = (
            select(newest.c.sequence, newest.c.source, newest.c.id, newest.c.received_at, decision.c.held_back)
            .join(
                decision,
                (decision.c.sequence == newest.c.sequence) & (decision.c.ordinal == newest.c.ordinal),
            )
            .where(decision.c.held_back.contains(named, autoescape=True))
            .order_by(newest.c.sequence.desc())
        )
        found: list[ShadowMatch] = []
        count = 0
        with self._database.read() as connection:
            size, first = connection.execute(select(func.count(), func.min(newest.c.received_at))).one()
            for row in connection.execute(held):
                if any(one.rule == rule and one.reason is HeldReason.SHADOW for one in held_of(row.held_back)):
                    count += 1
                    if len(found) < limit:
                        found.append(ShadowMatch(row.sequence, row.source, row.id, row.received_at))
        return ShadowResults(tuple(found), count, size, first)
