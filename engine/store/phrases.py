"""The vectors of phrases, by the model that read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from engine.rules.case import Vector
from engine.store import schema
from engine.store.database import Database
from engine.store.scoping import chunks


class PhraseRows:
    """The phrases of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    def find(self, model: str, texts: Sequence[str]) -> dict[str, Vector]:
        """Return the (d,) vectors that a model gave some phrases, those that are stored."""
        table, found = schema.phrase, {}
        with self._database.read() as connection:
            for some in chunks(texts):
                chosen = table.c.text.in_(list(some))
                rows = connection.execute(select(table.c.text, table.c.vector).where(table.c.model == model, chosen))
                found.update({text: np.frombuffer(vector, "<f4").astype(np.float32) for text, vector in rows})
        return found

    def keep(self, model: str, vectors: Mapping[str, Vector]) -> None:
        """Store what a model made of phrases; what is there already stays."""
        rows = [
            {"model": model, "text": text, "vector": vector.astype("<f4").tobytes()} for text, vector in vectors.items()
        ]
        if rows:
            with self._database.write() as connection:
                connection.execute(self._insert(schema.phrase).on_conflict_do_nothing(), rows)
