"""API keys: 256 random bits, of which the store keeps the SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from engine.errors import FeedbackError, NotFoundError
from engine.names import is_storable
from engine.scope import Role
from engine.store import schema
from engine.store.database import Database
from engine.store.schema_base import Row

PREFIX = "hk_"
MOST_NAME = 100


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What the store knows of a key; not the key itself.

    ``see_private`` is whether its holder may see what was taken out of feedback; no role implies that.
    """

    id: str
    name: str
    role: Role
    unit: str | None
    created_at: datetime
    revoked_at: datetime | None
    see_private: bool = False


class Keys:
    """The API keys of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, name: str, role: Role, unit: str | None, now: datetime, *, see_private: bool = False
    ) -> tuple[ApiKey, str]:
        """Make a key and return it with its secret, which is shown only this once."""
        secret = PREFIX + secrets.token_urlsafe(32)
        key = ApiKey(secrets.token_hex(6), name, role, unit, now, None, see_private)
        row = {
            "id": key.id,
            "name": name,
            "sha256": digest(secret),
            "role": str(role),
            "unit": unit,
            "created_at": now,
            "see_private": see_private,
        }
        with self._database.write() as connection:
            connection.execute(schema.api_key.insert(), row)
        return key, secret

    def find(self, secret: str) -> ApiKey | None:
        """Return the valid key of a secret, or None."""
        table = schema.api_key
        query = select(table).where(table.c.sha256 == digest(secret), table.c.revoked_at.is_(None))
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return _key(row) if row else None

    def all(self) -> list[ApiKey]:
        """Return every key, revoked ones too, oldest first."""
        table = schema.api_key
        with self._database.read() as connection:
            rows = connection.execute(select(table).order_by(table.c.created_at, table.c.id)).mappings().all()
        return [_key(row) for row in rows]

    def revoke(self, key_id: str, now: datetime) -> None:
        """End a key.

        Raises
        ------
        NotFoundError
            If there is no such valid key.
        """
        table = schema.api_key
        change = update(table).where(table.c.id == key_id, table.c.revoked_at.is_(None)).values(revoked_at=now)
        with self._database.write() as connection:
            if connection.execute(change).rowcount == 0:
                raise NotFoundError(f"there is no valid key {key_id[:40]}; 'heedful keys list' shows them")


def admit_key_name(name: str) -> str:
    """Return a valid name of a key.

    Raises
    ------
    FeedbackError
        If it is empty, long, or not one line of text.
    """
    said = name.strip()
    if not 1 <= len(said) <= MOST_NAME or not said.isprintable() or not is_storable(said):
        raise FeedbackError(f"a key's name is one line of 1 to {MOST_NAME} characters", field="name")
    return said


def digest(secret: str) -> str:
    """Return the SHA-256 of a key, in hex. Keys are random, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _key(row: Row) -> ApiKey:
    return ApiKey(
        *(row["id"], row["name"], Role(row["role"]), row["unit"], row["created_at"], row["revoked_at"]),
        see_private=bool(row["see_private"]),
    )
