"""Wrong passwords, counted by account and by address, so that guessing takes longer and longer."""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.accounts import FORGOTTEN_AFTER, FREE_FOR_ACCOUNT, FREE_FOR_ADDRESS, email_key, wait_after
from engine.store import schema_accounts
from engine.store.database import Database

TABLE = schema_accounts.guess


class Guesses:
    """The wrong passwords of a store; a restart forgets none."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    def begin(self, email: str, address: str, now: datetime, browser: str | None = None) -> timedelta:
        """Count a try before it is known to be right, and return how long it must wait; nothing lets it through.

        Tries that come at once are counted one after the other, and so none slips through. A try that has to wait is
        not counted: waiting it out is enough.

        Parameters
        ----------
        browser
            Of one that the account has signed in with before: its tries are counted apart, so that nobody who guesses
            elsewhere keeps the owner out.
        """
        if browser is not None:
            limits = [(browser_key(browser), FREE_FOR_ACCOUNT)]
        else:
            limits = sorted({account_key(email): FREE_FOR_ACCOUNT, address_key(address): FREE_FOR_ADDRESS}.items())
        with self._database.write() as connection:
            connection.execute(delete(TABLE).where(TABLE.c.last_at <= now - FORGOTTEN_AFTER))
            known = {subject: self._known(connection, subject, now) for subject, _ in limits}
            wait = max(until for _, until in known.values()) - now
            if wait > timedelta(0):
                return wait
            for subject, free in limits:
                failures = known[subject][0] + 1
                self._write(connection, subject, failures, now, now + wait_after(failures, free))
        return timedelta(0)

    def was_right(self, email: str, address: str, browser: str | None = None) -> None:
        """Forget the wrong passwords of an account after a right one, and take back the try of the address.

        Of a known browser only its own are forgotten: who guesses elsewhere gets no new tries by it.
        """
        with self._database.write() as connection:
            if browser is not None:
                connection.execute(delete(TABLE).where(TABLE.c.subject == browser_key(browser)))
                return
            connection.execute(delete(TABLE).where(TABLE.c.subject == account_key(email)))
            theirs = TABLE.c.subject == address_key(address)
            row = connection.execute(select(TABLE).where(theirs).with_for_update()).mappings().first()
            if row is not None:
                back = {"failures": max(0, row["failures"] - 1), "wait_until": row["last_at"]}
                connection.execute(TABLE.update().where(theirs).values(back))

    def _known(self, connection: Connection, subject: str, now: datetime) -> tuple[int, datetime]:
        """Return how often a subject failed and until when it waits; nobody else counts it meanwhile."""
        row = {"subject": subject, "failures": 0, "last_at": now, "wait_until": now}
        connection.execute(self._insert(TABLE).values(row).on_conflict_do_nothing())
        found = connection.execute(select(TABLE).where(TABLE.c.subject == subject).with_for_update()).mappings().one()
        return found["failures"], found["wait_until"]

    def _write(self, connection: Connection, subject: str, failures: int, now: datetime, until: datetime) -> None:
        values = {"failures": failures, "last_at": now, "wait_until": until}
        connection.execute(TABLE.update().where(TABLE.c.subject == subject).values(values))


def account_key(email: str) -> str:
    """Return what an account's tries are counted under; also those of an account that does not exist."""
    return "account:" + hashlib.sha256(email_key(email).encode("utf-8", "replace")).hexdigest()


def browser_key(browser: str) -> str:
    """Return what the tries of a known browser are counted under."""
    return "browser:" + hashlib.sha256(browser.encode()).hexdigest()


def address_key(address: str) -> str:
    """Return what an address's tries are counted under: of IPv6 the network, which one customer has all of."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "address:" + address[:80].encode("ascii", "replace").decode()
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return f"address:{found.ipv4_mapped}"
        return f"address:{ipaddress.ip_network((found, 64), strict=False)}"
    return f"address:{found}"
