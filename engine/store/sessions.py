"""Sessions and the links that begin one: random tokens, of which the store keeps the SHA-256."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from engine.accounts import ABSOLUTE, IDLE, LINK_LASTS, Account
from engine.errors import LinkError
from engine.store import schema_accounts
from engine.store.accounts import account_of, end_sessions
from engine.store.database import Database
from engine.store.keys import digest
from engine.store.scoping import chunks

SESSION, LINK, ACCOUNT = schema_accounts.session, schema_accounts.sign_in_link, schema_accounts.account
# A sign of life is written so seldom.
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in, and by which session."""

    account: Account
    session: str


class Sessions:
    """The sessions of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, account_id: str, now: datetime) -> str:
        """Sign an account in and return the token of the session; what has expired long ago is cleared away."""
        with self._database.write() as connection:
            connection.execute(delete(SESSION).where(or_(SESSION.c.expires_at <= now, SESSION.c.seen_at <= now - IDLE)))
            connection.execute(delete(LINK).where(LINK.c.expires_at <= now - ABSOLUTE))
            return _begun(connection, account_id, now)

    def find(self, token: str, now: datetime, *, lives: bool = True) -> SignedIn | None:
        """Return who is signed in with a token, or None; now and then it writes that they were seen.

        Parameters
        ----------
        lives
            Whether it is a sign of life that the token is shown.
        """
        sha256 = digest(token)
        query = select(*ACCOUNT.c, SESSION.c.seen_at).join_from(SESSION, ACCOUNT).where(SESSION.c.sha256 == sha256)
        with self._database.read() as connection:
            row = connection.execute(query.where(_is_valid(now))).mappings().first()
        if row is None:
            return None
        if lives and row["seen_at"] <= now - SEEN_EVERY:
            self.seen([sha256], now)
        return SignedIn(account_of(row), sha256)

    def valid(self, sessions: Collection[str], now: datetime) -> frozenset[str]:
        """Return which of some sessions still are valid."""
        found: set[str] = set()
        with self._database.read() as connection:
            for some in chunks(list(sessions)):
                query = select(SESSION.c.sha256).join_from(SESSION, ACCOUNT).where(SESSION.c.sha256.in_(some))
                found.update(connection.scalars(query.where(_is_valid(now))))
        return frozenset(found)

    def seen(self, sessions: Collection[str], now: datetime) -> None:
        """Write that sessions gave a sign of life."""
        with self._database.write() as connection:
            for some in chunks(list(sessions)):
                dated = and_(SESSION.c.sha256.in_(some), SESSION.c.seen_at < now)
                connection.execute(update(SESSION).where(dated).values(seen_at=now))

    def end(self, session: str) -> None:
        """Sign out of one session; of one that is over already, nothing happens."""
        with self._database.write() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.sha256 == session))

    def end_all(self, account_id: str) -> None:
        """Sign an account out everywhere, and void its links."""
        with self._database.write() as connection:
            end_sessions(connection, account_id)

    def link(self, account_id: str, now: datetime) -> str:
        """Return the token of a link that signs an account in once, within a quarter of an hour."""
        token = secrets.token_urlsafe(32)
        row = {"sha256": digest(token), "account_id": account_id, "expires_at": now + LINK_LASTS}
        with self._database.write() as connection:
            connection.execute(LINK.insert(), row)
        return token

    def look(self, token: str, now: datetime) -> Account:
        """Return whom a link would sign in, without using it.

        Raises
        ------
        LinkError
            If it is none, was used, or has expired, or the account is disabled.
        """
        query = select(*ACCOUNT.c, LINK.c.used_at, LINK.c.expires_at).join_from(LINK, ACCOUNT)
        with self._database.read() as connection:
            row = connection.execute(query.where(LINK.c.sha256 == digest(token))).mappings().first()
        if row is None or row["disabled_at"] is not None:
            raise LinkError
        if row["used_at"] is not None or row["expires_at"] <= now:
            raise LinkError("the link was used before, or is too old", ended=True)
        return account_of(row)

    def use(self, token: str, now: datetime) -> tuple[Account, str]:
        """Use a link: return whom it signs in, and the token of the session; of two at once, one gets it.

        Raises
        ------
        LinkError
            If it is none, was used, or has expired, or the account is disabled.
        """
        account = self.look(token, now)
        unused = and_(LINK.c.sha256 == digest(token), LINK.c.used_at.is_(None))
        with self._database.write() as connection:
            if connection.execute(update(LINK).where(unused).values(used_at=now)).rowcount == 0:
                raise LinkError("the link was used before, or is too old", ended=True)
            return account, _begun(connection, account.id, now)


def _begun(connection: Connection, account_id: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    row = {"sha256": digest(token), "account_id": account_id, "created_at": now, "seen_at": now}
    connection.execute(SESSION.insert(), row | {"expires_at": now + ABSOLUTE})
    return token


def _is_valid(now: datetime) -> ColumnElement[bool]:
    return and_(SESSION.c.expires_at > now, SESSION.c.seen_at > now - IDLE, ACCOUNT.c.disabled_at.is_(None))
