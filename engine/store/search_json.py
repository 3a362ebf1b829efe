"""Conditions on values in JSON objects, by their names: on SQLite, and on PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Float, and_, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from engine.insights.asked import RangeAsked, ValueAsked

Condition = ColumnElement[bool]
NUMBERS = ("integer", "real")


@dataclass(frozen=True, slots=True)
class Json:
    """Asks columns of JSON text."""

    is_sqlite: bool

    def holds(self, column: Any, asked: RangeAsked | ValueAsked) -> Condition:
        """Return the condition that an object has a value."""
        if isinstance(asked, RangeAsked):
            return self._within(column, asked)
        return or_(*(self._is(column, asked.name, value) for value in _readings(asked)))

    def lacks(self, column: Any, name: str) -> Condition:
        """Return the condition that an object has no such name."""
        if self.is_sqlite:
            return ~self._each(column, name)
        return cast(column, JSONB)[name].is_(None)

    def _within(self, column: Any, asked: RangeAsked) -> Condition:
        if self.is_sqlite:
            entry = _entries(column)
            bounds = [entry.c.type.in_(NUMBERS), *_bounds(entry.c.atom, asked)]
            return _some(entry, asked.name, *bounds)
        value = cast(column, JSONB)[asked.name]
        # What was stored while the program declared it otherwise need not be a number.
        number = case((func.jsonb_typeof(value) == "number", cast(value.astext, Float)))
        return and_(*_bounds(number, asked))

    def _is(self, column: Any, name: str, value: str | float | bool) -> Condition:
        if not self.is_sqlite:
            wanted = orjson.dumps({name: value}).decode()
            return cast(column, JSONB).op("@>", is_comparison=True)(cast(literal(wanted), JSONB))
        entry = _entries(column)
        if isinstance(value, bool):
            return _some(entry, name, entry.c.type == str(value).lower())
        kinds = ("text",) if isinstance(value, str) else NUMBERS
        return _some(entry, name, entry.c.type.in_(kinds), entry.c.atom == value)

    def _each(self, column: Any, name: str) -> Condition:
        return _some(_entries(column), name)


def _entries(column: Any) -> Any:
    return func.json_each(column).table_valued("key", "type", "atom").alias()


def _some(entry: Any, name: str, *wanted: Condition) -> Condition:
    return select(literal(1)).select_from(entry).where(entry.c.key == name, *wanted).exists()


def _bounds(value: Any, asked: RangeAsked) -> list[Condition]:
    found = []
    if asked.low is not None:
        found.append(value >= asked.low)
    if asked.high is not None:
        found.append(value <= asked.high)
    return found


def _readings(asked: ValueAsked) -> list[str | float | bool]:
    """Return what a value may be: where it was not declared when it came, a text, a number or a flag."""
    found: list[str | float | bool] = [asked.value]
    if not isinstance(asked.value, str):
        return found
    if asked.value in ("true", "false"):
        found.append(asked.value == "true")
    try:
        number = float(asked.value)
    except ValueError:
        return found
    # Not every way to write a number: "007" is a name.
    return [*found, number] if repr(number).removesuffix(".0") == asked.value else found
