"""Receivers that change while messages go out: none is lost, and each goes where it is to go by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from engine.delivery.outbox import Outbox
from engine.delivery.receivers import UnusableReceiver
from engine.delivery.spec import DEFAULT_RECEIVERS, ReceiverSpec
from engine.errors import DeliveryError
from engine.program import Program
from engine.store.schema_delivery import notification
from engine.store.store import Store
from tests.engine.delivery.test_outbox import close, opened, row, rows, running
from tests.support.clock import StillClock
from tests.support.receivers import HeldReceiver

CRM = ReceiverSpec("crm", "log")
MOVED = replace(CRM, budget=7)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


def test_what_waits_goes_to_the_new_address_and_what_is_being_sent_is_finished(store: Store, clock: StillClock) -> None:
    old, new = HeldReceiver(hangs=True), HeldReceiver()
    opened(store, clock, crm=5)
    outbox = Outbox(store.outbox, {"crm": old}, clock, {"crm": CRM})
    with running(outbox):
        old.wait_for(1)
        outbox.use({"crm": new}, {"crm": MOVED})
        new.wait_for(4)
        old.let_go.set()
    assert (len(old.got), len(new.got), store.outbox.counts()) == (1, 4, {"sent": 5})
    assert not set(old.ids) & set(new.ids)


def test_one_that_hangs_is_given_up_though_it_is_another_by_now(store: Store, clock: StillClock) -> None:
    old, new = HeldReceiver(hangs=True), HeldReceiver()
    opened(store, clock, crm=1)
    quick = timedelta(milliseconds=10)
    outbox = Outbox(store.outbox, {"crm": old}, clock, {"crm": replace(CRM, timeout=quick)}, elapsed=_Steps())
    with running(outbox):
        old.wait_for(1)
        outbox.use({"crm": new}, {"crm": MOVED})
        while not rows(store)[0]["attempts"]:
            outbox.wake()
        clock.move(timedelta(hours=1))
        new.wait_for(1)
        old.let_go.set()
    assert row(store)["state"] == "sent"


class _Steps:
    """Seconds of which each look takes ten."""

    seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 10
        return self.seconds


def test_a_receiver_that_comes_gets_what_waited_for_it(store: Store, clock: StillClock) -> None:
    crm, other = HeldReceiver(), HeldReceiver()
    opened(store, clock, crm=1)
    outbox = Outbox(store.outbox, {"chat": other}, clock)
    assert outbox.run_once() == 1
    assert row(store)["state"] == "pending"
    outbox.use({"crm": crm, "chat": other}, {"crm": CRM})
    clock.move(timedelta(hours=1))
    assert outbox.run_once() == 1
    assert (len(crm.got), row(store)["state"]) == (1, "sent")


def test_one_that_was_stopped_starts_at_its_new_address(store: Store, clock: StillClock) -> None:
    first = HeldReceiver([DeliveryError("gone", gone=True)])
    specs = {"crm": replace(CRM, kind="webhook", url="http://a.example/x", secret="s")}
    opened(store, clock, crm=1)
    outbox = Outbox(store.outbox, {"crm": first}, clock, specs)
    outbox.run_once()
    assert store.receivers.all()["crm"].stopped is not None
    second = HeldReceiver()
    outbox.use({"crm": second}, {"crm": replace(specs["crm"], url="http://b.example/x")})
    outbox.run_once()
    assert store.receivers.all()["crm"].stopped is None


def retired(to: str = "operators") -> Program:
    receivers = {**DEFAULT_RECEIVERS, "chat": ReceiverSpec("chat", "log")}
    return Program(receivers=receivers, retired={"crm": to})


@pytest.mark.parametrize("to", ["operators", "chat"])
def test_what_waits_for_a_retired_receiver_goes_to_another(store: Store, clock: StillClock, to: str) -> None:
    opened(store, clock, crm=3, chat=1)
    first, *_ = rows(store, receiver="crm")
    with store.database.write() as connection:
        # One is being sent at this moment: it may still arrive.
        connection.execute(
            update(notification).where(notification.c.id == first["id"]).values(claimed_by="w", attempts=3)
        )
    clock.move(timedelta(minutes=1))
    assert store.handing_over.send(retired(to), clock.now()) == 2
    moved = [one for one in rows(store, receiver=to) if one["due_at"] == clock.now()]
    assert [(one["recipient"], one["state"]) for one in moved] == [(to, "pending")] * 2
    events = store.alerts.one(moved[0]["alert_id"])[1]["events"]
    assert [one["why"] for one in events if one["kind"] == "fallback"] == [f"crm was retired: {to} is told instead"]
    with store.database.write() as connection:
        connection.execute(update(notification).where(notification.c.id == first["id"]).values(claimed_by=None))
    assert [store.handing_over.send(retired(to), clock.now()) for _ in range(2)] == [1, 0]


def test_what_was_tried_before_is_delivered_by_the_other(store: Store, clock: StillClock) -> None:
    opened(store, clock, crm=2)
    down, there = HeldReceiver([DeliveryError("down"), DeliveryError("down")]), HeldReceiver()
    outbox = Outbox(store.outbox, {"crm": down}, clock)
    assert outbox.run_once() == 2
    outbox.use({"operators": there}, {}, retired=["crm"])
    # Before the ticker comes it is nobody's, and is not given up either.
    clock.move(timedelta(hours=3))
    assert outbox.run_once() == 0
    assert store.handing_over.send(retired(), clock.now()) == 2
    assert outbox.run_once() == 2
    assert [(one["state"], one["attempts"]) for one in rows(store)] == [("sent", 2)] * 2
    assert len(there.got) == 2


def test_what_was_held_for_it_goes_too_and_what_is_over_does_not(store: Store, clock: StillClock) -> None:
    opened(store, clock, crm=3)
    dead, closed, held = rows(store)
    close(store, closed["alert_id"], clock)
    with store.database.write() as connection:
        change = update(notification)
        connection.execute(change.where(notification.c.id == dead["id"]).values(state="dead"))
        stopped = change.where(notification.c.id == held["id"])
        connection.execute(stopped.values(state="held", held_reason="receiver_stopped"))
    assert store.handing_over.send(retired(), clock.now()) == 2
    chat = HeldReceiver()
    Outbox(store.outbox, {"operators": chat}, clock).run_once()
    assert chat.ids == [held["id"]]
    assert row(store, id=closed["id"])["held_reason"] == "closed"


def test_one_that_cannot_be_used_here_keeps_its_messages(store: Store, clock: StillClock) -> None:
    opened(store, clock, crm=1)
    unusable = UnusableReceiver(replace(CRM, problem="the environment variable CRM_URL is not set"))
    outbox = Outbox(store.outbox, {"crm": unusable}, clock)
    assert outbox.run_once() == 1
    assert row(store)["state"] == "pending"
    crm = HeldReceiver()
    outbox.use({"crm": crm}, {})
    clock.move(timedelta(hours=1))
    outbox.run_once()
    assert len(crm.got) == 1
