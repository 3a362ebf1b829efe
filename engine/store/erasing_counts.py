"""What patterns counted of records that are erased: the counts stay, under keys that name nobody.

What happened is not made undone: a count that was reached stays reached, and no signal opens or ends because of an
erasure. Who keeps the patterns in memory reads them again once the erasure is through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from engine.privacy.naming import Names
from engine.rules.grouping import key_from, values_of
from engine.store import schema
from engine.store.scoping import chunks

# A condition of commits that are not of the customer, or None where those at hand are all.
Others = Callable[[], ColumnElement[bool]]


@dataclass
class Keys:
    """Which values of some records name somebody, and what stands in their place in keys.

    Parameters
    ----------
    personal
        Case-folded texts that the records say of themselves in attributes; they name somebody where nobody else
        counts under them.
    others
        The condition of rows that other records counted.
    """

    names: Names
    personal: Collection[str]
    others: Callable[[], ColumnElement[bool]]
    _shared: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)

    def key(self, connection: Connection, counter: str, key: str) -> str:
        """Return a key without what names somebody."""
        values = [self._value(connection, counter, "key", key, one) for one in values_of(key)] if key else []
        after = key_from(values)
        if after != key:
            self.changed[key] = after
        return after

    def value(self, connection: Connection, counter: str, value: str) -> str:
        """Return a value that is counted once, without what names somebody."""
        return self._value(connection, counter, "value", value, value) if value else value

    def known(self, key: str) -> str:
        """Return what became of a key that was counted under, or that has a name of the customer in it."""
        if key in self.changed:
            return self.changed[key]
        return key_from([self.names.token(one) if one in self.names else one for one in values_of(key)]) if key else key

    def _value(self, connection: Connection, counter: str, column: str, whole: str, one: str) -> str:
        if one in self.names:
            return self.names.token(one)
        if one.casefold() not in self.personal or self._is_shared(connection, counter, column, whole):
            return one
        return self.names.token(one)

    def _is_shared(self, connection: Connection, counter: str, column: str, whole: str) -> bool:
        asked = (counter, column, whole)
        if asked not in self._shared:
            table = schema.counted
            query = select(table.c.id).where(table.c.counter == counter, table.c[column] == whole, self.others())
            self._shared[asked] = connection.execute(query.limit(1)).first() is not None
        return self._shared[asked]


def erase_counts(connection: Connection, keys: Keys, sequences: Sequence[int]) -> int:
    """Take what names somebody out of what some records counted, and return how many rows that changed."""
    table = schema.counted
    changes: list[dict[str, Any]] = []
    for some in chunks(sequences):
        rows = connection.execute(select(table).where(table.c.sequence.in_(list(some)))).mappings().all()
        for row in rows:
            after = {
                "new_key": keys.key(connection, row["counter"], row["key"]),
                "new_value": keys.value(connection, row["counter"], row["value"]),
            }
            if (after["new_key"], after["new_value"]) != (row["key"], row["value"]):
                changes.append({"which": row["id"]} | after)
    if changes:
        setting = update(table).where(table.c.id == bindparam("which"))
        connection.execute(setting.values(key=bindparam("new_key"), value=bindparam("new_value")), changes)
    return len(changes)


def personal_texts(record: Mapping[str, Any]) -> set[str]:
    """Return the texts of a record's attributes, and its customer, as keys have them."""
    found = [value for value in record.get("attributes", {}).values() if isinstance(value, str)]
    return {value.casefold() for value in (*found, record.get("customer")) if value}


def read_again(connection: Connection) -> None:
    """Have every process read the patterns again before it raises anything."""
    table = schema.progress
    connection.execute(update(table).values(erased=table.c.erased + 1, changes=table.c.changes + 1))


def rename_signals(connection: Connection, keys: Keys, alert_ids: Sequence[str]) -> Counter[str]:
    """Take what names somebody out of the keys of alerts, and of the courses of signals."""
    done: Counter[str] = Counter()
    for table, column in ((schema.alert, schema.alert.c.id), (schema.episode, schema.episode.c.alert_id)):
        for some in chunks(alert_ids):
            query = select(column.label("which"), table.c.key).where(column.in_(list(some)), table.c.key.is_not(None))
            rows = [
                (row.which, keys.known(row.key)) for row in connection.execute(query) if keys.known(row.key) != row.key
            ]
            for which, after in rows:
                connection.execute(update(table).where(column == which).values(key=after))
            done[table.name] += len(rows)
    return done
