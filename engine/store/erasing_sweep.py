"""What is left of a customer outside of records: in what people wrote, in conditions, in counts, in signals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Column, ColumnElement, Connection, bindparam, delete, false, or_, select, update

from engine.alerts.alert import AlertKind
from engine.delivery.stages import DIGEST, GROUP
from engine.privacy.naming import Names, mapped
from engine.store import schema, schema_accounts, schema_delivery, schema_followup, schema_privacy, schema_search
from engine.store.erasing_alerts import Manner, erase_in_signals
from engine.store.erasing_counts import Keys
from engine.store.erasing_messages import ERASED, let_go
from engine.store.schema_delivery import notification
from engine.store.scoping import chunks

AT_ONCE = 500
CARRIERS = (GROUP, DIGEST)
# What people wrote, wherever it stands: a name in it is written over.
PROSE: tuple[Column[Any], ...] = (
    schema_followup.problem.c.title,
    schema_followup.problem.c.cause,
    schema_followup.problem_event.c.why,
    schema_delivery.silence.c.reason,
    schema.alert_event.c.why,
    schema.alert.c.remedy,
    schema.alert.c.root_cause,
    schema.verdict.c.note,
    schema_followup.attempt.c.note,
    schema_followup.attempt.c.remedy,
    schema_followup.attempt.c.root_cause,
    schema_delivery.receiver_state.c.reason,
    schema_delivery.notification_attempt.c.detail,
    schema_privacy.private_view.c.why,
    schema_search.coaching_note.c.note,
    schema_privacy.erasure.c.why,
    schema_accounts.audit.c.subject,
)
# The same in JSON.
JSON: tuple[Column[Any], ...] = (
    schema_followup.problem_event.c.data,
    schema.alert_event.c.data,
    schema.decision.c.found,
    schema_delivery.notification.c.message,
    schema_accounts.audit.c.data,
)
# Conditions of alerts: there a token takes the name's place, which no alert has.
MATCHING: tuple[Column[Any], ...] = (schema_delivery.silence.c.matching, schema_followup.problem.c.inhibits)


@dataclass(frozen=True)
class Sweep:
    """One erasure's last look.

    Parameters
    ----------
    last
        The last commit that it is about.
    requested_at
        What is younger is of a new customer.
    """

    manner: Manner
    last: int
    requested_at: datetime

    @property
    def names(self) -> Names:
        """The names of the customer."""
        return self.manner.names

    def steps(self) -> Iterator[Callable[[Connection], Counter[str]]]:
        """Yield what is to be done, each in a transaction of its own; all of it can be done again."""
        yield self._signals
        yield self._thanks
        yield self._counts
        for column in PROSE:
            yield self._over(column, self._prose)
        for column in JSON:
            yield self._over(column, self._json)
        for column in MATCHING:
            yield self._over(column, self._matching)
        yield self._carriers

    def _signals(self, connection: Connection) -> Counter[str]:
        alert = schema.alert
        theirs = (alert.c.customer.in_(self.names.names), alert.c.opened_at <= self.requested_at)
        ids = connection.scalars(select(alert.c.id).where(*theirs, alert.c.kind == str(AlertKind.SIGNAL))).all()
        keys = Keys(self.names, (), false)
        return erase_in_signals(connection, ids, keys, (), self.manner)

    def _thanks(self, connection: Connection) -> Counter[str]:
        table = schema_followup.thanked
        theirs = (table.c.customer.in_(self.names.names), table.c.at <= self.requested_at)
        return Counter({table.name: connection.execute(delete(table).where(*theirs)).rowcount})

    def _counts(self, connection: Connection) -> Counter[str]:
        """Rename what was counted of records that went before the customer did."""
        table, keys = schema.counted, Keys(self.names, (), false)
        folded = [name.casefold() for name in self.names.names]
        within = [table.c.key.contains(name, autoescape=True) for name in folded]
        theirs = or_(table.c.value.in_(folded), *within)
        rows = connection.execute(select(table).where(theirs, table.c.sequence <= self.last)).mappings().all()
        changes = [
            {"which": row["id"], "new_key": keys.known(row["key"]), "new_value": keys.known(row["value"])}
            for row in rows
        ]
        changes = [
            one
            for one, row in zip(changes, rows, strict=True)
            if (one["new_key"], one["new_value"]) != (row["key"], row["value"])
        ]
        if changes:
            setting = update(table).where(table.c.id == bindparam("which"))
            connection.execute(setting.values(key=bindparam("new_key"), value=bindparam("new_value")), changes)
        return Counter({table.name: len(changes)})

    def _over(self, column: Column[Any], clean: Callable[[str], str]) -> Callable[[Connection], Counter[str]]:
        """Return what cleans a column of a table."""
        table = column.table
        key = list(table.primary_key)

        def step(connection: Connection) -> Counter[str]:
            if not self.names.needles:
                return Counter()
            rows = connection.execute(select(*key, column.label("said")).where(self._has(column))).mappings().all()
            changed = 0
            for row in rows:
                after = clean(row["said"])
                if after != row["said"]:
                    these = [one == row[one.name] for one in key]
                    connection.execute(update(table).where(*these).values({column.name: after}))
                    changed += 1
            return Counter({table.name: changed})

        return step

    def _has(self, column: Column[Any]) -> ColumnElement[bool]:
        found = or_(*(column.icontains(one, autoescape=True) for one in self.names.needles))
        if column.table is notification:
            # Others' messages say what others said.
            return found & notification.c.kind.in_(CARRIERS)
        if column.table is schema.alert_event:
            return found & (schema.alert_event.c.at <= self.requested_at)
        return found & (schema.decision.c.sequence <= self.last) if column.table is schema.decision else found

    def _prose(self, text: str) -> str:
        return self.names.cleaned(text)

    def _json(self, text: str) -> str:
        value = orjson.loads(text)
        after = self.names.cleaned_json(value)
        return text if after == value else orjson.dumps(after).decode()

    def _matching(self, text: str) -> str:
        value = orjson.loads(text)
        after = mapped(value, lambda said: self.names.token(said) if said in self.names else self.names.cleaned(said))
        return text if after == value else orjson.dumps(after).decode()

    def _carriers(self, connection: Connection) -> Counter[str]:
        """Take erased messages out of those that combined others, where nothing leads there any more."""
        done: Counter[str] = Counter()
        filled = (notification.c.kind.in_(CARRIERS), notification.c.message.contains('"items"'))
        after = ""
        while True:
            query = select(notification.c.id, notification.c.message).where(*filled, notification.c.id > after)
            rows = connection.execute(query.order_by(notification.c.id).limit(AT_ONCE)).all()
            if not rows:
                return done
            after = rows[-1].id
            told = {one["notification"] for row in rows for one in orjson.loads(row.message).get("items", ())}
            gone = told - _still_there(connection, sorted(told))
            if gone:
                done += let_go(connection, [row.id for row in rows], gone, self.requested_at)


def _still_there(connection: Connection, ids: list[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(ids):
        whole = or_(notification.c.held_reason.is_(None), notification.c.held_reason != ERASED)
        found.update(connection.scalars(select(notification.c.id).where(notification.c.id.in_(list(some)), whole)))
    return found
