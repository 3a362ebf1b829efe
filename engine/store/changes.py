"""Changes of alerts in the store: the version that was seen, the next one, and an event, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from engine.alerts.alert import Alert, HeldReason
from engine.alerts.attempt import Attempt, AttemptOutcome, Channel
from engine.alerts.change_words import THANKS
from engine.alerts.changes import Action, By, Change, Changed, changed
from engine.alerts.verdict import Verdict
from engine.errors import AlertStateError, ChangeError, HeedfulError, NotFoundError, RefusedError, StaleError
from engine.names import is_storable, show
from engine.scope import EVERYTHING, Scope
from engine.store import schema, schema_delivery, schema_followup
from engine.store.codec import alert_of
from engine.store.database import Database
from engine.store.messages import HELD, PENDING
from engine.store.schema_base import Row
from engine.store.scoping import chunks, in_scope
from engine.store.verdict_rows import latest_verdicts, verdict_row

MOST_AT_ONCE = 1_000
REFUSALS = (AlertStateError, ChangeError, NotFoundError, StaleError)
# What changes of an alert can alter.
ALTERED = (
    *("state", "version", "holder", "team", "followed_up_at", "resolved_at", "closed_at"),
    *("root_cause", "remedy", "verdict", "problem", "watch_at"),
)

Seen = Mapping[str, int | None]


class Changes:
    """The changes of a store's alerts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def apply(self, change: Change, seen: Seen, by: By, now: datetime, scope: Scope = EVERYTHING) -> list[Alert]:
        """Change alerts in one transaction: all of them, or none; see `apply_in`."""
        with self._database.write() as connection:
            return apply_in(connection, change, seen, by, now, scope)


def apply_in(
    connection: Connection, change: Change, seen: Seen, by: By, now: datetime, scope: Scope = EVERYTHING
) -> list[Alert]:
    """Change alerts inside a transaction, and return them as they are now, in the order they were named.

    Notifications of an alert that this closes are not sent any more, unless a worker has them already.

    Parameters
    ----------
    seen
        The alerts, each with the version that was seen; None changes whatever it is now.

    Raises
    ------
    ChangeError, AlertStateError, NotFoundError, StaleError
        Where a single alert is refused.
    RefusedError
        Where one of several is refused: with the reason for each that is.
    """
    if len(seen) > MOST_AT_ONCE:
        raise ChangeError(f"{len(seen):,} alerts are named; at most {MOST_AT_ONCE:,} are changed at once")
    before = _locked(connection, list(seen), scope)
    judged = latest_verdicts(connection, list(before)) if change.verdict is not None else {}
    done: dict[str, Changed] = {}
    refused: dict[str, HeedfulError] = {}
    for alert_id, version in seen.items():
        try:
            alert = _checked(before.get(alert_id), alert_id, version)
            done[alert_id] = _done(connection, alert, change, judged.get(alert_id), now, scope)
        except REFUSALS as problem:
            refused[alert_id] = problem
    if refused:
        raise next(iter(refused.values())) if len(seen) == 1 else RefusedError(refused)
    _write(connection, change, [one for one in done.values() if _is_new(one, before)], by, now)
    return [one.alert for one in done.values()]


def hold_closed(connection: Connection, alert_ids: Sequence[str], now: datetime) -> None:
    """Send no more of what was to be told of alerts that are closed, unless a worker has it already."""
    table = schema_delivery.notification
    for some in chunks(alert_ids):
        waiting = (table.c.alert_id.in_(list(some)), table.c.state == PENDING, table.c.claimed_by.is_(None))
        held = {"state": HELD, "held_reason": str(HeldReason.CLOSED), "finished_at": now}
        # Thanks to the customer are what closed their alert.
        connection.execute(update(table).where(*waiting, table.c.kind != THANKS).values(held))


def attempts_of(connection: Connection, alert_id: str) -> list[Attempt]:
    """Return the attempts to reach the customer of an alert, the first first."""
    table = schema_followup.attempt
    rows = connection.execute(select(table).where(table.c.alert_id == alert_id).order_by(table.c.id)).mappings()
    return [_attempt_of(row) for row in rows]


def _locked(connection: Connection, alert_ids: Sequence[str], scope: Scope) -> dict[str, Alert]:
    """Return alerts that nobody else changes until the transaction ends; always locked in the same order."""
    table = schema.alert
    found: dict[str, Alert] = {}
    for some in chunks(sorted(one for one in alert_ids if is_storable(one))):
        query = select(table).where(table.c.id.in_(list(some)), *in_scope(table, scope)).order_by(table.c.id)
        rows = connection.execute(query.with_for_update()).mappings()
        found |= {row["id"]: alert_of(row) for row in rows}
    return found


def _checked(alert: Alert | None, alert_id: str, version: int | None) -> Alert:
    if alert is None:
        raise NotFoundError(f"there is no alert {show(alert_id)}, or this key may not see it")
    if version is not None and version != alert.version:
        raise StaleError(
            f"alert {alert.id} was changed meanwhile: you saw version {version}, it is {alert.version} now; "
            "look at it again"
        )
    return alert


def _is_new(one: Changed, before: Mapping[str, Alert]) -> bool:
    return one.alert.version != before[one.alert.id].version


def _done(
    connection: Connection, alert: Alert, change: Change, before: Verdict | None, now: datetime, scope: Scope
) -> Changed:
    """Return what a change makes of an alert; what is said again changes nothing."""
    if change.action is Action.LINK:
        return _linked(connection, alert, change, now, scope)
    if change.verdict is not None:
        return _judged(alert, change, change.verdict, before, now)
    return changed(alert, change, now)


def _judged(alert: Alert, change: Change, given: Verdict, before: Verdict | None, now: datetime) -> Changed:
    verdict = given.of(alert.id)
    if before is not None and verdict.says_the_same(before):
        return Changed(alert, verdict.said)
    return changed(alert, replace(change, verdict=verdict), now)


def _linked(connection: Connection, alert: Alert, change: Change, now: datetime, scope: Scope) -> Changed:
    done = changed(alert, change, now)
    table, link = schema.feedback, schema.alert_feedback
    source, feedback_id = change.feedback or ("", "")
    of_key = (table.c.source == source, table.c.id == feedback_id, *in_scope(table, scope))
    sequence = connection.scalar(select(table.c.sequence).where(*of_key).order_by(table.c.revision.desc()).limit(1))
    if sequence is None:
        raise NotFoundError(f"there is no feedback {show(source)}/{show(feedback_id)}, or this key may not see it")
    there = select(link.c.alert_id).join_from(link, table, table.c.sequence == link.c.sequence)
    if connection.scalar(there.where(link.c.alert_id == alert.id, *of_key).limit(1)) is not None:
        raise AlertStateError(f"feedback {source}/{feedback_id} is linked to alert {alert.id} already")
    connection.execute(link.insert(), {"alert_id": alert.id, "sequence": sequence})
    return done


def _write(connection: Connection, change: Change, done: Sequence[Changed], by: By, now: datetime) -> None:
    if not done:
        return
    table = schema.alert
    setting = update(table).where(table.c.id == bindparam("of")).values({name: bindparam(name) for name in ALTERED})
    connection.execute(setting, [_altered(one.alert) for one in done])
    connection.execute(schema.alert_event.insert(), [_event(change, one, by, now) for one in done])
    if change.verdict is not None:
        connection.execute(schema.verdict.insert(), [verdict_row(change.verdict.of(one.alert.id)) for one in done])
    if change.action is Action.ATTEMPT:
        rows = [_attempt_row(change, one.alert, by, now) for one in done]
        connection.execute(schema_followup.attempt.insert(), rows)
    if change.action in (Action.RESOLVE, Action.DISMISS):
        hold_closed(connection, [one.alert.id for one in done], now)


def _altered(alert: Alert) -> dict[str, Any]:
    return {"of": alert.id} | {name: getattr(alert, name) for name in ALTERED} | {"state": str(alert.state)}


def _event(change: Change, done: Changed, by: By, now: datetime) -> dict[str, Any]:
    data = dict(done.data) | ({"through": by.through} if by.through else {})
    return {
        "alert_id": done.alert.id,
        "at": now,
        "kind": str(change.action),
        "who": by.who,
        "why": done.why,
        "data": json.dumps(data, ensure_ascii=False),
    }


def _attempt_row(change: Change, alert: Alert, by: By, now: datetime) -> dict[str, Any]:
    return {
        "alert_id": alert.id,
        "at": now,
        "who": by.who,
        "channel": str(change.channel),
        "outcome": str(change.outcome),
        "remedy": change.remedy,
        "root_cause": change.root_cause,
        "note": change.note,
    }


def _attempt_of(row: Row) -> Attempt:
    return Attempt(
        at=row["at"],
        who=row["who"],
        channel=Channel(row["channel"]),
        outcome=AttemptOutcome(row["outcome"]),
        remedy=row["remedy"],
        root_cause=row["root_cause"],
        note=row["note"],
    )
