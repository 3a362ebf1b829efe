"""Thanks: what a rule with ``auto: thank`` does by itself, inside the transaction that opens its alert.

Commits run one after the other, so that whoever looks here whether a customer was thanked is the only one to look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from engine.alerts.alert import Alert, AlertKind
from engine.alerts.attempt import AttemptOutcome, Channel
from engine.alerts.change_words import THANKS
from engine.alerts.changes import HEEDFUL, Action, By, Change
from engine.decision import Decision, Draft
from engine.delivery.contents import feedback_told
from engine.feedback import Feedback
from engine.names import is_storable
from engine.program import Program, ReceiverSpec
from engine.rules.rule import Auto
from engine.store import schema_followup
from engine.store.changes import apply_in
from engine.store.messages import PENDING, silenced, write_notifications
from engine.store.scoping import chunks

ONCE_IN = timedelta(days=30)
TEMPLATE = "thank"
BY = By(HEEDFUL)
NOTE = "the customer is thanked by a message"
# The message is a try to reach the customer: it meets the follow-up clock, and closes the alert.
BY_A_MESSAGE = (
    Change(Action.ATTEMPT, channel=Channel.OTHER, outcome=AttemptOutcome.SENT, remedy=THANKS, note=NOTE),
    Change(Action.RESOLVE, remedy=THANKS, note=NOTE),
)


@dataclass(frozen=True, slots=True)
class Grateful:
    """An alert whose customer is to be thanked, if that can be."""

    alert: Alert
    feedback: Feedback
    receiver: ReceiverSpec | None

    @property
    def address(self) -> str | None:
        """Where the customer is reached; None where the receiver finds that out, or it is not known."""
        named = self.receiver.address_attribute if self.receiver else None
        # What stands in place of an address is none.
        taken = any(one.field == f"attributes.{named}" for one in self.feedback.redactions)
        value = self.feedback.attributes.get(named) if named and not taken else None
        return value.strip() or None if isinstance(value, str) and is_storable(value) else None

    def why_not(self, thanked_at: datetime | None) -> str | None:
        """Return why the customer is not thanked, or None if nothing speaks against it.

        Parameters
        ----------
        thanked_at
            When the customer was thanked last, within the time in which that is enough.
        """
        if self.receiver is None:
            return "nobody is thanked: no receiver has to_customer: true"
        if self.feedback.customer is None:
            return "nobody is thanked: the feedback names no customer"
        if self.address is None and self.receiver.takes_address:
            wanted = self.receiver.address_attribute or "address"
            return f"nobody is thanked: the feedback has no attribute {wanted} that names an address"
        if thanked_at is not None:
            return f"not thanked again within {ONCE_IN.days} days: the customer was thanked on {thanked_at:%Y-%m-%d}"
        return None


def thank(connection: Connection, made: Sequence[tuple[Decision, Draft]], moment: datetime) -> None:
    """Thank the customers of alerts that were just opened, where their rules say so, and resolve these alerts.

    A customer is thanked at most once in 30 days. The alert of one who cannot be thanked stays open, with a note.
    """
    grateful = [one for decision, draft in made for one in _grateful(decision, draft)]
    if not grateful:
        return
    last = _thanked(connection, [one.feedback.customer for one in grateful if one.feedback.customer], moment)
    thanked: list[Grateful] = []
    for one in grateful:
        customer = one.feedback.customer or ""
        why_not = one.why_not(last.get(customer))
        if why_not is None:
            thanked.append(one)
            last[customer] = moment
        else:
            apply_in(connection, Change(Action.NOTE, note=why_not), {one.alert.id: None}, BY, moment)
    _write(connection, thanked, moment)


def _grateful(decision: Decision, draft: Draft) -> Iterator[Grateful]:
    quiet = silenced(decision.held_back)
    for alert in decision.alerts:
        rule = draft.rules.by_slug[alert.rule]
        if rule.auto is Auto.THANK and alert.kind is AlertKind.ALERT and alert.rule not in quiet:
            yield Grateful(alert, draft.feedback, _receiver(draft.rules.program))


def _receiver(program: Program) -> ReceiverSpec | None:
    return next((receiver for receiver in program.receivers.values() if receiver.to_customer), None)


def _thanked(connection: Connection, customers: Sequence[str], moment: datetime) -> dict[str, datetime]:
    """Return when customers were thanked last, as far as that keeps them from being thanked now."""
    table, found = schema_followup.thanked, dict[str, datetime]()
    for some in chunks(sorted(set(customers))):
        query = select(table.c.customer, func.max(table.c.at)).where(
            table.c.customer.in_(list(some)), table.c.at > moment - ONCE_IN
        )
        found |= {row.customer: row[1] for row in connection.execute(query.group_by(table.c.customer))}
    return found


def _write(connection: Connection, thanked: Sequence[Grateful], moment: datetime) -> None:
    if not thanked:
        return
    rows = [{"alert_id": one.alert.id, "customer": one.feedback.customer, "at": moment} for one in thanked]
    connection.execute(schema_followup.thanked.insert(), rows)
    write_notifications(connection, [_message(one, moment) for one in thanked])
    for some in chunks(thanked):
        for change in BY_A_MESSAGE:
            apply_in(connection, change, dict.fromkeys((one.alert.id for one in some), None), BY, moment)


def _message(one: Grateful, moment: datetime) -> dict[str, Any]:
    receiver = one.receiver.name if one.receiver else ""
    body = {"type": "customer.thanks", "template": TEMPLATE, "alert": one.alert.as_dict()}
    return {
        "id": f"nt_{one.alert.id.removeprefix('al_')}_{THANKS}",
        "alert_id": one.alert.id,
        "kind": THANKS,
        "severity": str(one.alert.severity),
        "recipient": receiver,
        "receiver": receiver,
        "address": one.address,
        "state": PENDING,
        "message": orjson.dumps(body | {"feedback": feedback_told(one.feedback)}).decode(),
        "created_at": moment,
        "due_at": moment,
        "attempts": 0,
    }
