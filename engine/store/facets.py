"""Facets: how often each label, channel, unit and so on stands among the newest feedback that fits a search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Select, select

from engine.insights.asked import ValueAsked, said_value
from engine.program import Program
from engine.store.schema_search import search_entry

# So much of what fits is looked at: a facet is a way on, not a report.
MOST_LOOKED = 2_000
MOST_VALUES = 12
# An attribute with more values than this names things rather than sorting them.
MOST_DIFFERENT = 60
MOST_ATTRIBUTES = 12
# Texts, and flags and numbers inside of a tuple: True and 1 are the same in a counter, and no text is a number.
Value = str | tuple[Any]
COLUMNS = ("source", "channel", "language", "status", "unit")


@dataclass(frozen=True, slots=True)
class Facet:
    """A value of feedback.

    Parameters
    ----------
    condition
        As a search asks for it, such as ``topic:digital/ease-of-use``.
    """

    value: str
    condition: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What stands among some feedback.

    Parameters
    ----------
    looked
        How many were looked at: the newest.
    more
        Whether more fit.
    labels
        By task; of every task those that hold the most often.
    columns
        By the name of the parameter.
    attributes
        By name.
    """

    looked: int
    more: bool
    labels: Mapping[str, Sequence[Facet]]
    columns: Mapping[str, Sequence[Facet]]
    attributes: Mapping[str, Sequence[Facet]]


def facets_of(connection: Connection, query: Select[Any], program: Program) -> Facets:
    """Return the facets of what a query of commits finds."""
    (key,) = query.selected_columns
    newest = query.order_by(key.desc()).limit(MOST_LOOKED + 1)
    columns = [search_entry.c[name] for name in (*COLUMNS, "labels", "attributes")]
    rows = connection.execute(select(*columns).where(search_entry.c.sequence.in_(newest))).all()
    labels = Counter(label for row in rows for label in row.labels.splitlines())
    return Facets(
        min(len(rows), MOST_LOOKED),
        len(rows) > MOST_LOOKED,
        _labels(labels),
        {name: _columns(Counter(getattr(row, name) for row in rows)) for name in COLUMNS},
        _attributes([row.attributes for row in rows], program),
    )


def _labels(counts: Counter[str]) -> dict[str, list[Facet]]:
    found: dict[str, list[Facet]] = {}
    for label, count in counts.most_common():
        task, _, path = label.partition(":")
        some = found.setdefault(task, [])
        if len(some) < MOST_VALUES:
            some.append(Facet(path, label, count))
    return found


def _columns(counts: Counter[str | None]) -> list[Facet]:
    counts.pop(None, None)
    return [Facet(value, value, count) for value, count in counts.most_common(MOST_VALUES) if value]


def _attributes(rows: Sequence[str], program: Program) -> dict[str, list[Facet]]:
    """Return the attributes that sort feedback: numbers and names of single things do not."""
    counts: dict[str, Counter[Value]] = {}
    for text, many in Counter(rows).items():
        for name, value in orjson.loads(text).items():
            counts.setdefault(name, Counter())[value if isinstance(value, str) else (value,)] += many
    kept = [(name, some) for name, some in counts.items() if _sorts(name, some, program)]
    kept.sort(key=lambda one: (-one[1].total(), one[0]))
    return {name: _values(name, some, program) for name, some in sorted(kept[:MOST_ATTRIBUTES], key=itemgetter(0))}


def _sorts(name: str, counts: Counter[Value], program: Program) -> bool:
    spec = program.attributes.get(name)
    if spec is None and ":" in name:
        # A condition ends the name of an undeclared attribute at its first colon.
        return False
    numbers = any(not isinstance(value, str) and not isinstance(value[0], bool) for value in counts)
    return not numbers and len(counts) <= MOST_DIFFERENT and (spec is None or spec.kind != "number")


def _values(name: str, counts: Counter[Value], program: Program) -> list[Facet]:
    declared = name in program.attributes
    found = []
    for stored, count in counts.most_common(MOST_VALUES):
        value = stored if isinstance(stored, str) else stored[0]
        found.append(Facet(said_value(value), str(ValueAsked(name, value, declared)), count))
    return found
