"""What queries are kept inside: a scope, and a database's limit on parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, func, or_

from engine.scope import Scope

CHUNK = 500


def in_scope(table: Table, scope: Scope) -> list[Any]:
    """Return the conditions that keep a query inside a scope: the unit itself, or a path below it."""
    if scope.unit is None:
        return []
    unit, below = table.c.unit, scope.unit + "/"
    # Not LIKE, which ignores the case of letters on SQLite.
    return [or_(unit == scope.unit, func.substr(unit, 1, len(below)) == below)]


def chunks(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Yield pieces small enough for a database's limit on parameters."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
