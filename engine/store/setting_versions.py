"""Published receivers and routes: every version of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from engine.errors import NotFoundError
from engine.names import is_storable
from engine.program import text_hash
from engine.shelf.setting import SettingDraft, SettingKind, SettingVersion
from engine.store.database import Database
from engine.store.documents import Documents
from engine.store.schema_base import Row
from engine.store.schema_settings import setting_version
from engine.store.shelf_count import step

TABLE = setting_version
PAGE = 100
Key = tuple[SettingKind, str]


class SettingVersions:
    """The published receivers and routes of a store."""

    def __init__(self, database: Database, documents: Documents) -> None:
        self._database = database
        self._documents = documents

    def all(self) -> dict[Key, SettingVersion]:
        """Return the latest version of each, also of those that are retired."""
        numbers = select(TABLE.c.kind, TABLE.c.name, func.max(TABLE.c.number).label("number"))
        newest = numbers.group_by(TABLE.c.kind, TABLE.c.name).subquery()
        same = and_(*(TABLE.c[name] == newest.c[name] for name in ("kind", "name", "number")))
        query = select(TABLE).join(newest, same).order_by(TABLE.c.kind, TABLE.c.name)
        with self._database.read() as connection:
            return {version.draft.key: version for version in self._versions(connection, query)}

    def latest(self, key: Key) -> SettingVersion:
        """Return the latest version, also of what is retired.

        Raises
        ------
        NotFoundError
            If nothing of that name was ever published.
        """
        return self._one(key, select(TABLE).order_by(TABLE.c.number.desc()).limit(1))

    def version(self, key: Key, number: int) -> SettingVersion:
        """Return one version.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        return self._one(key, select(TABLE).where(TABLE.c.number == number))

    def history(self, key: Key, *, before: int | None = None, limit: int = PAGE) -> list[SettingVersion]:
        """Return versions, newest first.

        Parameters
        ----------
        before
            Only versions of smaller numbers.

        Raises
        ------
        NotFoundError
            If nothing of that name was ever published.
        """
        self.latest(key)
        query = select(TABLE).where(*_of(key))
        if before is not None:
            query = query.where(TABLE.c.number < before)
        with self._database.read() as connection:
            return self._versions(connection, query.order_by(TABLE.c.number.desc()).limit(limit))

    def publish(self, drafts: Sequence[SettingDraft], revision: int, *, who: str, why: str, at: datetime) -> bool:
        """Append a version for each draft, in one transaction, unless the shelf has changed.

        Returns
        -------
        bool
            Whether the shelf still stood at that revision. If not, somebody was faster, and nothing is written.
        """
        with self._database.write() as connection:
            if not step(connection, revision):
                return False
            self._documents.keep(connection, {text_hash(draft.text): draft.text for draft in drafts})
            said = {"revision": revision + 1, "who": who, "why": why, "at": at}
            rows = [_row(draft) | {"number": _number(connection, draft.key) + 1} | said for draft in drafts]
            connection.execute(TABLE.insert(), rows)
        return True

    def _one(self, key: Key, query: Select[Any]) -> SettingVersion:
        if is_storable(key[1]):
            with self._database.read() as connection:
                for version in self._versions(connection, query.where(*_of(key))):
                    return version
        what = "there are no published routes" if key[0] is SettingKind.ROUTES else _no_receiver(key[1])
        raise NotFoundError(f"{what}, or not that version of it")

    def _versions(self, connection: Connection, query: Select[Any]) -> list[SettingVersion]:
        rows = connection.execute(query).mappings().all()
        texts = self._documents.find(connection, {row["sha256"] for row in rows})
        return [_version(row, texts[row["sha256"]]) for row in rows]


def _no_receiver(name: str) -> str:
    return f"there is no published receiver '{name[:100]}'"


def _of(key: Key) -> tuple[ColumnElement[bool], ...]:
    return TABLE.c.kind == str(key[0]), TABLE.c.name == key[1]


def _number(connection: Connection, key: Key) -> int:
    return connection.scalar(select(func.max(TABLE.c.number)).where(*_of(key))) or 0


def _row(draft: SettingDraft) -> dict[str, Any]:
    return {
        "kind": str(draft.kind),
        "name": draft.name,
        "sha256": text_hash(draft.text),
        "managed": draft.managed,
        "retired": draft.retired,
    }


def _version(row: Row, text: str) -> SettingVersion:
    draft = SettingDraft(SettingKind(row["kind"]), row["name"], text, row["managed"], row["retired"])
    return SettingVersion(draft, row["number"], row["revision"], row["who"], row["why"], row["at"])
