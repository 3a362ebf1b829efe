"""Rulesets and taxonomies are kept, so that yesterday's decision can be explained tomorrow."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import NotFoundError
from engine.program import Program, program_from_dict
from engine.rules.load import LoadedRules, load_rules
from engine.store import schema
from engine.store.database import Database
from engine.store.documents import Documents
from engine.taxonomy import Taxonomy, taxonomy_from_dict

MOST_LOADED = 8


class Versions:
    """The rulesets and taxonomies of a store.

    A ruleset names lists of rules, and they the texts of the rules; lists and texts are kept once.
    """

    def __init__(self, database: Database, documents: Documents) -> None:
        self._database = database
        self._documents = documents
        self._taxonomies: dict[str, Taxonomy] = {}
        self._rulesets: dict[str, LoadedRules] = {}
        self._remembering = threading.Lock()
        self._there: set[str] = set()
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    def keep(self, rules: LoadedRules, now: datetime) -> None:
        """Store a ruleset with its taxonomy, unless it is there."""
        taxonomy, program = rules.taxonomy, rules.program
        fresh: dict[str, str] = {}
        for one in rules.lists:
            if one.sha256 not in self._there:
                fresh |= {file.sha256: file.text for file in one.files if file.sha256 not in self._there}
                fresh[one.sha256] = one.text
        content = _text(program.settings() | {"lists": [one.sha256 for one in rules.lists]})
        row = {"version": rules.version, "taxonomy": taxonomy.version, "created_at": now, "content": content}
        with self._database.write() as connection:
            self._documents.keep(connection, fresh)
            for table, values in ((schema.taxonomy, _taxonomy_row(taxonomy)), (schema.ruleset, row)):
                connection.execute(self._insert(table).values(values).on_conflict_do_nothing())
        self._there.update(fresh)
        self._taxonomies[taxonomy.version] = taxonomy
        self._remember(rules)

    def keep_taxonomy(self, connection: Connection, taxonomy: Taxonomy) -> None:
        """Store a taxonomy inside a running transaction, unless it is known to be there."""
        if taxonomy.version not in self._taxonomies:
            row = _taxonomy_row(taxonomy)
            connection.execute(self._insert(schema.taxonomy).values(row).on_conflict_do_nothing())

    def taxonomy(self, connection: Connection, version: str) -> Taxonomy:
        """Return a taxonomy by version.

        Raises
        ------
        NotFoundError
            If the store has none of that version.
        """
        if version not in self._taxonomies:
            table = schema.taxonomy
            content = connection.scalar(select(table.c.content).where(table.c.version == version))
            if content is None:
                raise NotFoundError(f"the store has no taxonomy {version}")
            self._taxonomies[version] = taxonomy_from_dict(json.loads(content))
        return self._taxonomies[version]

    def ruleset(self, version: str) -> LoadedRules:
        """Return a ruleset as it was, by version.

        Raises
        ------
        NotFoundError
            If the store has none of that version.
        """
        known = self._rulesets.get(version)
        if known is not None:
            return known
        table = schema.ruleset
        with self._database.read() as connection:
            row = connection.execute(select(table).where(table.c.version == version)).mappings().first()
            if row is None:
                raise NotFoundError(f"the store has no ruleset {version}")
            taxonomy = self.taxonomy(connection, row["taxonomy"])
            program = self._program(connection, row["content"])
        loaded = load_rules(program, taxonomy, self._alike(taxonomy))
        return self._remember(replace(loaded, kept_as=None if loaded.version == version else version))

    def newest_program(self) -> Program | None:
        """Return what the newest ruleset's program is set up with, without its rules; None if there is no ruleset."""
        table = schema.ruleset
        with self._database.read() as connection:
            content = connection.scalar(select(table.c.content).order_by(table.c.created_at.desc()).limit(1))
        return None if content is None else program_from_dict(json.loads(content) | {"rules": []})

    def _program(self, connection: Connection, content: str) -> Program:
        record = json.loads(content)
        lists = record.pop("lists")
        texts = self._documents.find(connection, lists)
        named = [pair for sha256 in lists for pair in json.loads(texts[sha256])]
        texts = self._documents.find(connection, {sha256 for _, sha256 in named})
        return program_from_dict(record | {"rules": [[name, texts[sha256]] for name, sha256 in named]})

    def _alike(self, taxonomy: Taxonomy) -> LoadedRules | None:
        """Return the latest ruleset under the same label trees, of which most files may be the same."""
        with self._remembering:
            alike = [rules for rules in self._rulesets.values() if rules.taxonomy.version == taxonomy.version]
        return alike[-1] if alike else None

    def _remember(self, rules: LoadedRules) -> LoadedRules:
        with self._remembering:
            self._rulesets.pop(rules.version, None)
            self._rulesets[rules.version] = rules
            for version in list(self._rulesets)[:-MOST_LOADED]:
                del self._rulesets[version]
        return rules


def _taxonomy_row(taxonomy: Taxonomy) -> dict[str, str]:
    return {"version": taxonomy.version, "content": _text(taxonomy.as_dict())}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=True)
