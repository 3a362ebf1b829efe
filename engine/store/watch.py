"""What time alone brings to light: sources and rules that are quiet, receivers that fail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from engine.alerts.alert import Alert
from engine.alerts.expectations import Expected, is_failing, listened, said_quiet
from engine.alerts.system import SystemRule
from engine.calendar import Calendar
from engine.program import OPERATORS, Program
from engine.store import schema
from engine.store.database import Database
from engine.store.receiver_states import ReceiverStanding, standings
from engine.store.system_alerts import Trouble, all_of, end, locked, moved, tell

# Since when something is waited for is written so seldom.
WRITTEN_EVERY = timedelta(minutes=1)
Heard = Callable[[Connection, str], datetime | None]


class Watch:
    """Judges what is expected, with the moments that the store has: a restart changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(self, program: Program, live: Collection[str], now: datetime) -> list[Alert]:
        """Open the system alerts of what is quiet or fails, end those that are over, and return what was opened.

        Parameters
        ----------
        live
            The rules that are live; of others no alerts are expected.
        """
        calendars = program.targets.calendars.by_name
        alerts = [one for one in program.expect.alerts if one.subject in live]
        with self._database.write() as connection:
            opened = _listen(connection, SystemRule.QUIET_SOURCE, program.expect.feedback, calendars, now)
            opened += _listen(connection, SystemRule.QUIET_RULE, alerts, calendars, now)
            return opened + _receivers(connection, program.receivers, now)


def _listen(
    connection: Connection,
    rule: SystemRule,
    expected: Collection[Expected],
    calendars: Mapping[str, Calendar],
    now: datetime,
) -> list[Alert]:
    known, opened = all_of(connection, rule), []
    what, heard = HEARD[rule]
    for subject in known.keys() - {one.subject for one in expected}:
        end(connection, rule, subject, "it is not expected any more", now)
    for one in expected:
        trouble = known.get(one.subject) or locked(connection, rule, one.subject, now)
        last = heard(connection, one.subject)
        standing = listened(one, trouble.since, last, calendars.get(one.calendar or ""), now)
        if trouble.alert is not None:
            _ended(connection, trouble, last, f"there is {what} {one.subject} again", now)
        elif standing.is_quiet:
            moved(connection, trouble, standing.since)
            said = said_quiet(f"{what} {one.subject}", standing.since, now)
            opened.append(tell(connection, rule, one.subject, said, now))
        else:
            _follow(connection, trouble, standing.since)
    return [alert for alert in opened if alert is not None]


def _ended(connection: Connection, trouble: Trouble, last: datetime | None, why: str, now: datetime) -> None:
    """End what was quiet once it is heard again, and not before."""
    if trouble.since > now:
        # The clock went back: what is heard from now on is heard again.
        moved(connection, trouble, now)
    elif last is not None and trouble.since < last <= now:
        end(connection, trouble.rule, trouble.subject, why, now)
        locked(connection, trouble.rule, trouble.subject, last)


def _follow(connection: Connection, trouble: Trouble, since: datetime) -> None:
    if abs(since - trouble.since) >= WRITTEN_EVERY:
        moved(connection, trouble, since)


def _receivers(connection: Connection, declared: Collection[str], now: datetime) -> list[Alert]:
    """Tell of receivers that fail; not of the operators, who could not be told."""
    rule, opened = SystemRule.RECEIVER_FAILING, []
    found = {name: one for name, one in standings(connection).items() if name in declared and name != OPERATORS}
    failing = {name: one for name, one in found.items() if _fails(one, now)}
    for name, trouble in all_of(connection, rule).items():
        # Not before it has taken a message again: tries may be hours apart.
        if name not in found or (trouble.alert and found[name].failures == 0 and found[name].stopped is None):
            end(connection, rule, name, "it takes messages again", now)
    for name, one in failing.items():
        said = f"stopped: {one.stopped}" if one.stopped is not None else f"{one.failures} messages failed in a row"
        opened.append(tell(connection, rule, name, said, now))
    return [alert for alert in opened if alert is not None]


def _fails(one: ReceiverStanding, now: datetime) -> bool:
    return is_failing(one.failures, one.failing_since, is_stopped=one.stopped is not None, now=now)


def _last_feedback(connection: Connection, source: str) -> datetime | None:
    table = schema.feedback
    query = select(table.c.received_at).where(table.c.source == source).order_by(table.c.sequence.desc()).limit(1)
    found: datetime | None = connection.scalar(query)
    return found


def _last_alert(connection: Connection, rule: str) -> datetime | None:
    table = schema.alert
    query = select(table.c.opened_at).where(table.c.rule == rule).order_by(table.c.opened_at.desc()).limit(1)
    found: datetime | None = connection.scalar(query)
    return found


HEARD: Mapping[SystemRule, tuple[str, Heard]] = {
    SystemRule.QUIET_SOURCE: ("feedback from", _last_feedback),
    SystemRule.QUIET_RULE: ("alert of", _last_alert),
}
