"""Links in messages that come back: what they lead to, and the change they make, once an action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.alerts.alert import Alert
from engine.alerts.changes import Action, By, Change
from engine.alerts.verdict import Labels, Verdict, VerdictKind
from engine.delivery.links import Claim
from engine.errors import LinkError
from engine.store import schema, schema_delivery, schema_followup
from engine.store.changes import apply_in
from engine.store.codec import alert_of
from engine.store.database import Database

WHY = "by a link in a message"


@dataclass(frozen=True, slots=True)
class Standing:
    """The alert that a link leads to, and whether the link was used before."""

    alert: Alert
    used: bool


class LinkUses:
    """The uses of links in a store's messages."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    def look(self, claim: Claim) -> Standing:
        """Return what a link leads to, and change nothing.

        Raises
        ------
        LinkError
            If there is no such alert, it is closed and the link was not used, or who was told has left.
        """
        table = schema_delivery.link_use
        mine = (table.c.link == claim.link, table.c.action == str(claim.action))
        with self._database.read() as connection:
            _check_here(connection, claim)
            used = connection.scalar(select(table.c.at).where(*mine)) is not None
            return Standing(_alert(connection, claim, closed=used, lock=False), used)

    def use(self, claim: Claim, now: datetime) -> Standing:
        """Do what a link is for, in the name of who was told, unless it was done before.

        Use and change are one transaction: of two clicks at the same moment one acts.

        Raises
        ------
        LinkError
            If there is no such alert, it is closed and the link was not used, or who was told has left.
        AlertStateError
            If it cannot be done with the alert as it stands.
        """
        table = schema_delivery.link_use
        row = {"link": claim.link, "action": str(claim.action), "at": now, "who": claim.who}
        with self._database.write() as connection:
            _check_here(connection, claim)
            # What is returned tells, not a count of rows, which PostgreSQL's driver does not keep for inserts.
            using = self._insert(table).on_conflict_do_nothing().returning(table.c.link)
            if connection.execute(using, row).first() is None:
                return Standing(_alert(connection, claim, closed=True), used=True)
            _alert(connection, claim, closed=False)
            (alert,) = apply_in(connection, _change(claim, now), {claim.alert: None}, By(claim.who), now)
            return Standing(alert, used=False)


def _check_here(connection: Connection, claim: Claim) -> None:
    """Refuse who has left since they were told: their mail stays with them."""
    person = schema_followup.person.c
    if connection.scalar(select(person.gone).where(person.id == claim.who)):
        raise LinkError("Whoever it was sent to has left.", ended=True)


def _alert(connection: Connection, claim: Claim, *, closed: bool, lock: bool = True) -> Alert:
    """Return a link's alert.

    Parameters
    ----------
    closed
        Whether a closed one is fine.
    lock
        Whether nobody else may change it until the transaction ends.
    """
    query = select(schema.alert).where(schema.alert.c.id == claim.alert)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise LinkError
    alert = alert_of(row)
    if alert.is_closed and not closed:
        raise LinkError(f"The alert is {alert.state}, and its links have ended with it.", ended=True)
    return alert


def _change(claim: Claim, now: datetime) -> Change:
    kind = claim.action.verdict
    if kind is None:
        return Change(Action.ACKNOWLEDGE, note=WHY)
    # Which labels were wrong a link cannot say: none is judged.
    labels: Labels | None = {} if kind is VerdictKind.WRONG_LABEL else None
    return Change(Action.VERDICT, note=WHY, verdict=Verdict(claim.alert, kind, claim.who, now, labels, WHY))
