"""Fallbacks: what is undelivered for a tenth of the time until its follow-up is due goes to another receiver too."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from engine.delivery.outbox import Outbox
from engine.delivery.spec import ReceiverSpec
from engine.errors import DeliveryError
from engine.people import Person
from engine.store import schema
from engine.store.schema_delivery import notification
from engine.store.store import Store
from tests.engine.delivery.test_outbox import close, opened, row, rows
from tests.support.clock import StillClock
from tests.support.receivers import HeldReceiver, always

CHAIN = {
    "crm": ReceiverSpec("crm", "log", fallback="chat"),
    "chat": ReceiverSpec("chat", "log", fallback="phone"),
    "phone": ReceiverSpec("phone", "log", fallback="crm"),
    "operators": ReceiverSpec("operators", "log"),
}


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


def due_in(store: Store, clock: StillClock, span: timedelta) -> None:
    with store.database.write() as connection:
        connection.execute(update(schema.alert).values(follow_up_due=clock.now() + span))


def receivers_of(store: Store) -> list[tuple[str, str]]:
    return sorted((one["receiver"], one["kind"]) for one in rows(store) if one["receiver"] != "operators")


@pytest.mark.parametrize(
    ("target", "tenth"),
    [(timedelta(hours=10), timedelta(hours=1)), (timedelta(minutes=20), timedelta(minutes=5))],
    ids=["a-tenth", "at-least-five-minutes"],
)
def test_a_fallback_is_told_after_a_tenth_of_the_target_and_once(
    store: Store, clock: StillClock, target: timedelta, tenth: timedelta
) -> None:
    opened(store, clock, crm=2)
    due_in(store, clock, target)
    clock.move(tenth - timedelta(seconds=1))
    assert store.fallbacks.send(CHAIN, clock.now()) == 0
    clock.move(timedelta(seconds=1))
    assert store.fallbacks.send(CHAIN, clock.now()) == 2
    assert store.fallbacks.send(CHAIN, clock.now()) == 0
    assert receivers_of(store) == [("chat", "fallback")] * 2 + [("crm", "opened")] * 2
    events = store.alerts.one(rows(store)[0]["alert_id"])[1]["events"]
    assert [one["kind"] for one in events] == ["opened", "fallback"]


def test_a_fallback_is_muted_as_others_are_though_the_first_was_asked_for_by_hand(
    store: Store, clock: StillClock
) -> None:
    opened(store, clock, crm=1)
    store.notifications.retry(rows(store)[0]["id"], "ann", clock.now())
    clock.move(timedelta(hours=3))
    assert store.fallbacks.send(CHAIN, clock.now()) == 1
    assert "at_once" in json.loads(row(store, receiver="crm")["message"])
    assert "at_once" not in json.loads(row(store, receiver="chat")["message"])


def test_a_chain_is_followed_once_each(store: Store, clock: StillClock) -> None:
    opened(store, clock, crm=1)
    due_in(store, clock, timedelta(hours=10))
    for _ in range(6):
        clock.move(timedelta(hours=1))
        store.fallbacks.send(CHAIN, clock.now())
    assert receivers_of(store) == [("chat", "fallback"), ("crm", "opened"), ("phone", "fallback")]


def test_what_was_delivered_muted_or_closed_needs_no_fallback(store: Store, clock: StillClock) -> None:
    opened(store, clock, crm=3)
    first, second, _ = rows(store)
    with store.database.write() as connection:
        muted = update(notification).where(notification.c.id == first["id"])
        connection.execute(muted.values(held_reason="quiet_hours", due_at=clock.now() + timedelta(days=1)))
    close(store, second["alert_id"], clock)
    Outbox(store.outbox, {"crm": HeldReceiver()}, clock).run_once()
    clock.move(timedelta(days=1, minutes=-1))
    assert store.fallbacks.send(CHAIN, clock.now()) == 0


@pytest.mark.parametrize(
    ("state", "attempts", "told"),
    [("dead", 1, 1), ("pending", 3, 1), ("pending", 0, 0), ("sent", 1, 0), ("dropped", 1, 0)],
    ids=["given-up", "tried", "not-yet-due", "sent", "dropped"],
)
def test_what_another_message_was_to_tell_of_counts_with_it(
    store: Store, clock: StillClock, state: str, attempts: int, told: int
) -> None:
    opened(store, clock, crm=1)
    (first,) = rows(store)
    carrier = first | {"id": "nt_group_1", "alert_id": None, "kind": "group", "state": state, "attempts": attempts}
    with store.database.write() as connection:
        connection.execute(notification.insert(), carrier)
        held = {"state": "held", "held_reason": "grouping", "carried_by": "nt_group_1"}
        connection.execute(update(notification).where(notification.c.id == first["id"]).values(held))
    clock.move(timedelta(hours=3))
    assert store.fallbacks.send(CHAIN, clock.now()) == told


def test_a_fallback_that_needs_addresses_tells_each_person_at_their_own(store: Store, clock: StillClock) -> None:
    url = "https://x.example/{address}"
    mail, sms = ReceiverSpec("crm", "webhook", url, fallback="sms"), ReceiverSpec("sms", "webhook", url)
    store.people.bring([Person("ann", "Ann", contacts=(("crm", "ann@x.example"), ("sms", "+441")))], clock.now())
    opened(store, clock, crm=1)
    (first,) = rows(store)
    with store.database.write() as connection:
        to_ann = {"recipient": "ann", "address": "ann@x.example"}
        connection.execute(update(notification).values(to_ann))
        connection.execute(
            notification.insert(), first | {"id": "nt_2", "recipient": "bob", "address": "bob@x.example"}
        )
    clock.move(timedelta(hours=3))
    assert store.fallbacks.send({"crm": mail, "sms": sms}, clock.now()) == 2
    assert store.fallbacks.send({"crm": mail, "sms": sms}, clock.now()) == 0
    told = {(one["recipient"], one["address"]) for one in rows(store, receiver="sms")}
    assert told == {("ann", "+441"), ("bob", "bob@x.example")}


def test_what_a_digest_was_to_tell_of_by_its_groups_counts_with_it(store: Store, clock: StillClock) -> None:
    opened(store, clock, crm=1)
    (first,) = rows(store)
    carrier = first | {"alert_id": None, "attempts": 1}
    with store.database.write() as connection:
        digest = carrier | {"id": "nt_digest_1", "kind": "digest", "state": "dead"}
        held = {"state": "held", "held_reason": "budget", "carried_by": "nt_digest_1"}
        connection.execute(notification.insert(), digest | {"held_reason": None, "carried_by": None})
        connection.execute(notification.insert(), carrier | {"id": "nt_group_1", "kind": "group"} | held)
        told = {"state": "held", "held_reason": "grouping", "carried_by": "nt_group_1"}
        connection.execute(update(notification).where(notification.c.id == first["id"]).values(told))
    clock.move(timedelta(hours=3))
    assert store.fallbacks.send(CHAIN, clock.now()) == 1


@pytest.mark.parametrize(
    "problem",
    [
        DeliveryError("answered 500"),
        DeliveryError("answered 404", permanent=True),
        DeliveryError("answered 410", permanent=True, gone=True),
    ],
    ids=["pending", "dead", "stopped"],
)
def test_what_failed_is_told_to_the_fallback(store: Store, clock: StillClock, problem: DeliveryError) -> None:
    opened(store, clock, crm=1)
    chat = HeldReceiver()
    outbox = Outbox(store.outbox, {"crm": always(lambda: problem), "chat": chat, "operators": HeldReceiver()}, clock)
    outbox.run_once()
    clock.move(timedelta(hours=3))
    assert store.fallbacks.send(CHAIN, clock.now()) == 1
    outbox.run_once()
    (message,) = chat.got
    assert message.kind == "fallback"
    assert '"receiver":"crm"' in message.body
