"""Published rules: every version of every rule, and one revision of them all."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from engine.errors import NotFoundError
from engine.names import is_storable
from engine.program import text_hash
from engine.shelf.version import RuleDraft, RuleVersion
from engine.store import schema
from engine.store.database import Database
from engine.store.documents import Documents
from engine.store.schema_base import Row
from engine.store.scoping import chunks
from engine.store.setting_versions import SettingVersions
from engine.store.shelf_count import revision_of, step

TABLE = schema.rule_version
PAGE = 100


@dataclass(frozen=True, slots=True)
class RuleFilter:
    """Which published rules are wanted; what is None does not matter.

    Parameters
    ----------
    words
        Each of them is in the rule's name, its title or its author, whatever the case of letters.
    """

    status: str | None = None
    author: str | None = None
    managed: bool | None = None
    retired: bool | None = False
    words: str | None = None


class Shelf:
    """The published rules of a store.

    Attributes
    ----------
    settings
        The published receivers and routes, counted with the rules: a change is checked beside all of them.
    """

    def __init__(self, database: Database, documents: Documents) -> None:
        self._database = database
        self._documents = documents
        self.settings = SettingVersions(database, documents)

    def revision(self) -> int:
        """Return the number of changes so far: it grows with every one."""
        with self._database.read() as connection:
            return revision_of(connection)

    def since(self, revision: int) -> tuple[int, list[RuleVersion]]:
        """Return the revision now, and the latest version of each rule that changed after an earlier one."""
        with self._database.read() as connection:
            now = revision_of(connection)
            changed = and_(TABLE.c.revision > revision, TABLE.c.revision <= now)
            # Of everything, the latest are few; of what is new, all are nearly the latest.
            query = (
                (select(TABLE) if revision else _latest(TABLE.c.revision <= now))
                .where(changed)
                .order_by(TABLE.c.number)
            )
            newest = {version.slug: version for version in self._versions(connection, query)}
            return now, sorted(newest.values(), key=lambda version: version.slug)

    def page(self, wanted: RuleFilter, *, after: str = "", limit: int = PAGE) -> list[RuleVersion]:
        """Return the latest versions of rules in the order of their slugs.

        Parameters
        ----------
        after
            Only those that come after this slug.
        """
        said = {name: value for name, value in asdict(wanted).items() if value is not None and name != "words"}
        if not all(is_storable(str(value)) for value in (*said.values(), after)):
            return []
        conditions = [TABLE.c[name] == value for name, value in said.items()]
        query = _latest().where(TABLE.c.slug > after, *conditions).order_by(TABLE.c.slug)
        with self._database.read() as connection:
            if wanted.words and wanted.words.strip():
                # Not in the database: SQLite folds the case of Latin letters only.
                named = query.with_only_columns(TABLE.c.slug, TABLE.c.title, TABLE.c.author)
                query = query.where(TABLE.c.slug.in_(_found(connection.execute(named), wanted.words, limit)))
            return self._versions(connection, query.limit(limit))

    def counts(self) -> dict[str, int]:
        """Return how many rules stand in each status; those that are retired are counted as such."""
        query = _latest().with_only_columns(TABLE.c.status, TABLE.c.retired, func.count())
        found: dict[str, int] = {}
        with self._database.read() as connection:
            for status, retired, count in connection.execute(query.group_by(TABLE.c.status, TABLE.c.retired)):
                name = "retired" if retired else status
                found[name] = found.get(name, 0) + count
        return found

    def latest(self, slug: str) -> RuleVersion:
        """Return the latest version of a rule, also of a retired one.

        Raises
        ------
        NotFoundError
            If there never was such a rule.
        """
        return self._one(slug, select(TABLE).where(TABLE.c.slug == slug).order_by(TABLE.c.number.desc()).limit(1))

    def version(self, slug: str, number: int) -> RuleVersion:
        """Return one version of a rule.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        return self._one(slug, select(TABLE).where(TABLE.c.slug == slug, TABLE.c.number == number))

    def history(self, slug: str, *, before: int | None = None, limit: int = PAGE) -> list[RuleVersion]:
        """Return versions of a rule, newest first.

        Parameters
        ----------
        before
            Only versions of smaller numbers.

        Raises
        ------
        NotFoundError
            If there never was such a rule.
        """
        self.latest(slug)
        query = select(TABLE).where(TABLE.c.slug == slug)
        if before is not None:
            query = query.where(TABLE.c.number < before)
        with self._database.read() as connection:
            return self._versions(connection, query.order_by(TABLE.c.number.desc()).limit(limit))

    def publish(self, drafts: Sequence[RuleDraft], revision: int, *, who: str, why: str, at: datetime) -> bool:
        """Append a version for each draft, in one transaction, unless the shelf has changed.

        Returns
        -------
        bool
            Whether the shelf still stood at that revision. If not, somebody was faster, and nothing is written:
            look again.
        """
        with self._database.write() as connection:
            if not step(connection, revision):
                return False
            numbers = _numbers(connection, [draft.slug for draft in drafts])
            texts = {text_hash(draft.text): draft.text for draft in drafts}
            self._documents.keep(connection, texts)
            said = {"revision": revision + 1, "who": who, "why": why, "at": at}
            rows = [_row(draft, numbers.get(draft.slug, 0) + 1) | said for draft in drafts]
            connection.execute(TABLE.insert(), rows)
        return True

    def _one(self, slug: str, query: Select[Any]) -> RuleVersion:
        if is_storable(slug):
            with self._database.read() as connection:
                for version in self._versions(connection, query):
                    return version
        raise NotFoundError(f"there is no published rule '{slug[:100]}', or not that version of it")

    def _versions(self, connection: Connection, query: Select[Any]) -> list[RuleVersion]:
        rows = connection.execute(query).mappings().all()
        texts = self._documents.find(connection, {row["sha256"] for row in rows})
        return [_version(row, texts[row["sha256"]]) for row in rows]


def _found(rows: Iterable[Any], words: str, limit: int) -> list[str]:
    """Return the names of the first rules that have all the words."""
    wanted = _folded(words).split()
    texts = ((row[0], _folded(" ".join(part for part in row if part))) for row in rows)
    return list(islice((slug for slug, text in texts if all(word in text for word in wanted)), limit))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _numbers(connection: Connection, slugs: Sequence[str]) -> dict[str, int]:
    """Return the latest number of each rule that has a version."""
    found: dict[str, int] = {}
    for some in chunks(slugs):
        query = (
            select(TABLE.c.slug, func.max(TABLE.c.number)).where(TABLE.c.slug.in_(list(some))).group_by(TABLE.c.slug)
        )
        found.update((slug, number) for slug, number in connection.execute(query))
    return found


def _latest(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Return the query of the latest versions of all rules, among the versions that meet some conditions."""
    numbers = select(TABLE.c.slug, func.max(TABLE.c.number).label("number"))
    newest = numbers.where(*conditions).group_by(TABLE.c.slug).subquery()
    return select(TABLE).join(newest, and_(TABLE.c.slug == newest.c.slug, TABLE.c.number == newest.c.number))


def _row(draft: RuleDraft, number: int) -> dict[str, Any]:
    return {
        "slug": draft.slug,
        "number": number,
        "sha256": text_hash(draft.text),
        "file": draft.file,
        "title": draft.title,
        "author": draft.author,
        "status": draft.status,
        "managed": draft.managed,
        "retired": draft.retired,
    }


def _version(row: Row, text: str) -> RuleVersion:
    draft = RuleDraft(
        slug=row["slug"],
        text=text,
        file=row["file"],
        title=row["title"],
        author=row["author"],
        status=row["status"],
        managed=row["managed"],
        retired=row["retired"],
    )
    return RuleVersion(draft, row["number"], row["revision"], row["who"], row["why"], row["at"])
