"""System alerts in the store: one for each trouble that goes on, however often it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.alerts.addressing import Addressed, Destination
from engine.alerts.alert import Alert
from engine.alerts.changes import HEEDFUL, Action, By, Change
from engine.alerts.matching import subject_of
from engine.alerts.system import SystemRule, system_alert
from engine.program_files import OWN
from engine.store import schema, schema_delivery
from engine.store.changes import apply_in
from engine.store.codec import alert_row
from engine.store.messages import opened_rows, write_notifications

table = schema_delivery.expectation


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is waited for: since when, and the alert that says it does not come, if there is one.

    Parameters
    ----------
    rule, subject
        What it is about: a rule of the service's own, and a receiver, a source or a rule.
    since
        Since when it is waited for; of a trouble that is told, since when it goes on.
    """

    rule: SystemRule
    subject: str
    since: datetime
    alert: str | None


def locked(connection: Connection, rule: SystemRule, subject: str, now: datetime) -> Trouble:
    """Return what is known of a trouble, made now if there was nothing; nobody else changes it meanwhile."""
    insert_ = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    new = insert_(table).values(kind=_kind(rule), subject=subject, since=now, alert_id=None)
    connection.execute(new.on_conflict_do_nothing())
    row = connection.execute(select(table).where(*_is(rule, subject)).with_for_update()).mappings().one()
    return Trouble(rule, subject, row["since"], row["alert_id"])


def all_of(connection: Connection, rule: SystemRule) -> dict[str, Trouble]:
    """Return what is known of every subject of a rule of the service's own."""
    rows = connection.execute(select(table).where(table.c.kind == _kind(rule))).mappings()
    return {row["subject"]: Trouble(rule, row["subject"], row["since"], row["alert_id"]) for row in rows}


def tell(connection: Connection, rule: SystemRule, subject: str, reason: str, now: datetime) -> Alert | None:
    """Open the alert of a trouble, unless it is told already; what is told goes on until `end`."""
    trouble = locked(connection, rule, subject, now)
    if trouble.alert is not None:
        return None
    return _open(connection, trouble, reason, now)


def gather(connection: Connection, rule: SystemRule, subject: str, reason: str, now: datetime) -> None:
    """Add to the open alert of a trouble, as an event of it; open one where there is none, or it was closed."""
    trouble = locked(connection, rule, subject, now)
    alert = schema.alert
    is_open = select(alert.c.id).where(alert.c.id == trouble.alert, alert.c.closed_at.is_(None))
    if trouble.alert is None or connection.execute(is_open).first() is None:
        _open(connection, trouble, reason, now)
        return
    row = {"alert_id": trouble.alert, "at": now, "kind": "again", "who": HEEDFUL, "why": reason}
    connection.execute(insert(schema.alert_event), row)


def end(connection: Connection, rule: SystemRule, subject: str, why: str, now: datetime) -> None:
    """End a trouble: its alert is resolved by the service, unless a person has closed it."""
    trouble = locked(connection, rule, subject, now)
    connection.execute(delete(table).where(*_is(rule, subject)))
    if trouble.alert is None:
        return
    alert = schema.alert
    unclosed = (alert.c.id == trouble.alert, alert.c.closed_at.is_(None))
    if connection.execute(update(alert).where(*unclosed).values(ended_at=now)).rowcount:
        apply_in(connection, Change(Action.RESOLVE, note=why), {trouble.alert: None}, By(HEEDFUL), now)


def moved(connection: Connection, trouble: Trouble, since: datetime) -> None:
    """Wait for something since another moment."""
    connection.execute(update(table).where(*_is(trouble.rule, trouble.subject)).values(since=since))


def _open(connection: Connection, trouble: Trouble, reason: str, now: datetime) -> Alert:
    alert = system_alert(trouble.rule, trouble.subject, reason, now)
    connection.execute(insert(schema.alert), alert_row(alert, alert.sequence))
    event = {"alert_id": alert.id, "at": now, "kind": "opened", "who": HEEDFUL, "why": reason}
    connection.execute(insert(schema.alert_event), event)
    told = Addressed(alert, subject_of(alert), (Destination(alert.receiver, alert.receiver),), reason)
    write_notifications(connection, opened_rows(told, None, {}))
    connection.execute(update(table).where(*_is(trouble.rule, trouble.subject)).values(alert_id=alert.id))
    return alert


def _is(rule: SystemRule, subject: str) -> tuple[ColumnElement[bool], ...]:
    return table.c.kind == _kind(rule), table.c.subject == subject


def _kind(rule: SystemRule) -> str:
    return rule.removeprefix(OWN)
