"""The people who sign in: entered, looked up, changed, and disabled."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from engine.accounts import Account
from engine.errors import AccountError, NotFoundError, StaleError
from engine.names import is_storable, show
from engine.scope import Role
from engine.store import schema_accounts
from engine.store.database import Database
from engine.store.schema_base import Row

TABLE = schema_accounts.account
# What may be changed of an account, whose sessions all end with it: an open page knows it as it was.
CHANGES = ("name", "role", "unit", "see_private", "person", "subject", "password", "disabled_at")
KEEPS_SESSIONS = frozenset({"name", "subject"})


class Accounts:
    """The accounts of a store; what is said of them must have been admitted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        name: str,
        email: str,
        role: Role,
        now: datetime,
        *,
        unit: str | None = None,
        see_private: bool = False,
        person: str | None = None,
        password_hash: str | None = None,
        subject: str | None = None,
    ) -> Account:
        """Enter somebody who may sign in.

        Raises
        ------
        AccountError
            If the e-mail address has an account already.
        """
        account = Account(
            *(secrets.token_hex(8), name, email, role, unit, see_private, person),
            *(password_hash is not None, subject, now),
        )
        row = {
            **{one: getattr(account, one) for one in ("id", "name", "email", "unit", "see_private", "person")},
            "role": str(role),
            "password": password_hash,
            "subject": subject,
            "created_at": now,
        }
        try:
            with self._database.write() as connection:
                connection.execute(TABLE.insert(), row)
        except IntegrityError as problem:
            raise AccountError(f"{show(email)} has an account already", field="email") from problem
        return account

    def all(self) -> list[Account]:
        """Return every account, disabled ones too, by e-mail."""
        with self._database.read() as connection:
            return [account_of(row) for row in connection.execute(select(TABLE).order_by(TABLE.c.email)).mappings()]

    def by_email(self, email: str) -> tuple[Account, str | None]:
        """Return an account and the hash of its password.

        Raises
        ------
        NotFoundError
            If no account has the address.
        """
        row = self._row(TABLE.c.email == email) if is_storable(email) else None
        if row is None:
            raise NotFoundError(f"there is no account of {show(email)}; 'heedful users list' shows them")
        return account_of(row), row["password"]

    def one(self, account_id: str) -> Account:
        """Return an account.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        row = self._row(TABLE.c.id == account_id) if is_storable(account_id) else None
        if row is None:
            raise NotFoundError(f"there is no account {show(account_id)}")
        return account_of(row)

    def by_subject(self, subject: str) -> Account | None:
        """Return who somebody at the identity provider is here, or None."""
        row = self._row(TABLE.c.subject == subject) if is_storable(subject) else None
        return account_of(row) if row else None

    def change(self, account_id: str, values: Mapping[str, Any], *, seen: Account | None = None) -> Account:
        """Change an account, and end its sessions and links: whoever is signed in signs in again as what they are now.

        Parameters
        ----------
        values
            Some of name, role, unit, see_private, person, subject, password (its hash) and disabled_at.
        seen
            As whoever changes it saw it; None does not ask.

        Raises
        ------
        NotFoundError
            If there is none.
        StaleError
            If it is not any more what was seen.
        AccountError
            If it is the last one that may do everything, and could not any more.
        """
        unknown = set(values) - set(CHANGES)
        if unknown:
            raise ValueError(f"not changed of an account: {unknown}")
        row = {name: str(value) if isinstance(value, Role) else value for name, value in values.items()}
        with self._database.write() as connection:
            # In one order, so that two administrators cannot disable each other at once.
            query = select(TABLE).order_by(TABLE.c.id).with_for_update()
            accounts = {one["id"]: account_of(one) for one in connection.execute(query).mappings()}
            if account_id not in accounts:
                raise NotFoundError(f"there is no account {show(account_id)}")
            if seen is not None and accounts[account_id] != seen:
                raise StaleError
            connection.execute(update(TABLE).where(TABLE.c.id == account_id).values(row))
            if set(row) - KEEPS_SESSIONS:
                end_sessions(connection, account_id)
            found = connection.execute(select(TABLE).where(TABLE.c.id == account_id)).mappings().one()
            account = account_of(found)
            _refuse_last(accounts, account)
        return account

    def _row(self, condition: Any) -> Row | None:
        with self._database.read() as connection:
            return connection.execute(select(TABLE).where(condition)).mappings().first()


def end_sessions(connection: Connection, account_id: str) -> None:
    """Sign an account out everywhere, inside a transaction, and void the links that could sign it in."""
    for table in (schema_accounts.session, schema_accounts.sign_in_link):
        connection.execute(delete(table).where(table.c.account_id == account_id))


def account_of(row: Row) -> Account:
    """Return the account of a row."""
    plain = {name: row[name] for name in ("id", "name", "email", "unit", "see_private", "person", "subject")}
    return Account(
        **plain,
        role=Role(row["role"]),
        has_password=row["password"] is not None,
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
    )


def _refuse_last(before: Mapping[str, Account], after: Account) -> None:
    def rules_all(account: Account) -> bool:
        return account.role is Role.ADMIN and account.unit is None and account.disabled_at is None

    if rules_all(before[after.id]) and not rules_all(after):
        others = [one for one in before.values() if one.id != after.id and rules_all(one)]
        if not others:
            raise AccountError("this is the last account that may do everything; make another one first", field="role")
