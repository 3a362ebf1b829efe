"""Rulesets and taxonomies are kept, so that yesterday's decision can be explained tomorrow."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import NotFoundError
from engine.program import program_from_dict
from engine.rules.load import LoadedRules, load_rules
from engine.store import schema
from engine.store.database import Database
from engine.taxonomy import Taxonomy, taxonomy_from_dict


class Versions:
    """The rulesets and taxonomies of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._taxonomies: dict[str, Taxonomy] = {}
        self._rulesets: dict[str, LoadedRules] = {}
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    def keep(self, rules: LoadedRules, now: datetime) -> None:
        """Store a ruleset with its taxonomy, unless it is there."""
        taxonomy = rules.taxonomy
        rows = (
            (schema.taxonomy, {"version": taxonomy.version, "content": _text(taxonomy.as_dict())}),
            (
                schema.ruleset,
                {
                    "version": rules.version,
                    "taxonomy": taxonomy.version,
                    "created_at": now,
                    "content": _text(rules.program.as_dict()),
                },
            ),
        )
        with self._database.write() as connection:
            for table, row in rows:
                connection.execute(self._insert(table).values(row).on_conflict_do_nothing())
        self._taxonomies[taxonomy.version] = taxonomy
        self._rulesets[rules.version] = rules

    def keep_taxonomy(self, connection: Connection, taxonomy: Taxonomy) -> None:
        """Store a taxonomy inside a running transaction, unless it is known to be there."""
        if taxonomy.version in self._taxonomies:
            return
        row = {"version": taxonomy.version, "content": _text(taxonomy.as_dict())}
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
        if version not in self._rulesets:
            table = schema.ruleset
            with self._database.read() as connection:
                row = connection.execute(select(table).where(table.c.version == version)).mappings().first()
                if row is None:
                    raise NotFoundError(f"the store has no ruleset {version}")
                taxonomy = self.taxonomy(connection, row["taxonomy"])
            self._rulesets[version] = load_rules(program_from_dict(json.loads(row["content"])), taxonomy)
        return self._rulesets[version]


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=True)
