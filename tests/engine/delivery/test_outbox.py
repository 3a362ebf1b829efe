"""The outbox: a lane a receiver, leases, schedules, stops and dead letters."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.delivery.holding import GRACE_S, LEASE
from engine.delivery.outbox import Outbox
from engine.delivery.schedule import FEWEST_TRIES, GIVE_UP_AFTER, LONGEST_REST, WAITS, wait_after
from engine.delivery.spec import ReceiverSpec
from engine.errors import DeliveryError
from engine.store.alerts import AlertFilter
from engine.store.outbox import LONGEST_WAIT
from engine.store.schema_delivery import notification
from engine.store.store import Store
from tests.support.clock import StillClock
from tests.support.engines import engine_on, feedback
from tests.support.receivers import HeldReceiver, always

DAY = timedelta(days=1)
TO_CRM = """
rule: low-score
status: live
when: {nps: {at_most: 2}}
then: {severity: low, send_to: crm}
examples:
  fires: [{text: a, nps: 0}, {text: b, nps: 1}, {text: c, nps: 2}]
  stays_quiet: [{text: a, nps: 3}, {text: b}, {text: c, nps: 10}]
---
rule: unhappy
status: live
when: {nps: {between: [3, 6]}}
then: {severity: low, send_to: chat}
examples:
  fires: [{text: a, nps: 3}, {text: b, nps: 4}, {text: c, nps: 5}]
  stays_quiet: [{text: a, nps: 1}, {text: b}, {text: c, nps: 10}]
"""


class Elapsed:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def elapsed() -> Elapsed:
    return Elapsed()


def opened(store: Store, clock: StillClock, crm: int = 0, chat: int = 0, first: int = 0) -> None:
    """Open alerts whose messages go to two receivers."""
    engine = engine_on(store, clock=clock, rules=TO_CRM, receivers=("crm", "chat"))
    records = [feedback(f"crm{first + n}", "hello") for n in range(crm)]
    records += [feedback(f"chat{first + n}", "hello", scores={"nps": 4}) for n in range(chat)]
    engine.process(records, notify=True)


def row(store: Store, **wanted: str) -> dict[str, Any]:
    (found,) = rows(store, **wanted)
    return found


def rows(store: Store, **wanted: str) -> list[dict[str, Any]]:
    query = select(notification).where(*(notification.c[name] == value for name, value in wanted.items()))
    with store.database.read() as connection:
        return [dict(one) for one in connection.execute(query.order_by(notification.c.id)).mappings()]


def told(store: Store) -> list[Any]:
    """Return the system alerts, the first first."""
    return list(reversed(store.alerts.page(AlertFilter(kind="system")).alerts))


@contextmanager
def running(outbox: Outbox) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=outbox.run, args=(stop, 0.05), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


def test_a_receiver_that_hangs_delays_no_other(store: Store, clock: StillClock) -> None:
    crm, chat = HeldReceiver(hangs=True), HeldReceiver()
    opened(store, clock, crm=60)
    with running(Outbox(store.outbox, {"crm": crm, "chat": chat}, clock)):
        crm.wait_for(1)
        opened(store, clock, chat=20)
        chat.wait_for(20)
        assert len(crm.got) == 1
        crm.let_go.set()
        crm.wait_for(60)
    assert store.outbox.counts() == {"sent": 80}
    assert len(set(crm.ids)) == 60


def test_a_commit_wakes_the_outbox(store: Store, clock: StillClock) -> None:
    crm, stop = HeldReceiver(), threading.Event()
    outbox = Outbox(store.outbox, {"crm": crm}, clock)
    # It would not look again by itself for an hour.
    thread = threading.Thread(target=outbox.run, args=(stop, 3600), daemon=True)
    thread.start()
    for number in range(3):
        opened(store, clock, crm=1, first=number)
        crm.wait_for(number + 1)
    stop.set()
    opened(store, clock, crm=1, first=9)
    thread.join(30)
    assert not thread.is_alive()


def test_a_message_that_hangs_too_long_has_failed_and_the_next_goes_out(
    store: Store, clock: StillClock, elapsed: Elapsed
) -> None:
    crm = HeldReceiver(hangs=True, first=True)
    spec = ReceiverSpec("crm", "log", timeout=timedelta(milliseconds=100))
    opened(store, clock, crm=2)
    outbox = Outbox(store.outbox, {"crm": crm}, clock, {"crm": spec}, elapsed=elapsed)
    with running(outbox):
        crm.wait_for(1)
        while not [one for one in rows(store) if one["attempts"]]:
            elapsed.pass_by(10)
            threading.Event().wait(0.02)
        crm.wait_for(2)
        crm.let_go.set()
    assert sorted(one["state"] for one in rows(store)) == ["pending", "sent"]
    (attempt,) = store.alerts.notifications([row(store, state="pending")["alert_id"]])[0]["attempts"]
    assert attempt["outcome"] == "retry"
    assert attempt["detail"].startswith("crm did not take the message within")


def test_what_was_not_begun_is_given_back_at_the_end(store: Store, clock: StillClock) -> None:
    crm = HeldReceiver(hangs=True)
    opened(store, clock, crm=5)
    stop = threading.Event()
    thread = threading.Thread(target=Outbox(store.outbox, {"crm": crm}, clock).run, args=(stop, 0.05), daemon=True)
    thread.start()
    crm.wait_for(1)
    stop.set()
    while len(rows(store, state="pending")) - len([one for one in rows(store) if one["claimed_by"]]) < 4:
        threading.Event().wait(0.02)
    crm.let_go.set()
    thread.join(30)
    assert store.outbox.counts() == {"sent": 1, "pending": 4}
    assert {one["claimed_by"] for one in rows(store)} == {None}


@pytest.mark.parametrize(("tries", "low", "high"), [(7, 10, 14), (12, 10, 14)])
def test_late_waits_lie_between_ten_and_fourteen_hours(tries: int, low: int, high: int) -> None:
    waits = [wait_after(f"nt_{number}", tries) for number in range(500)]
    assert timedelta(hours=low) <= min(waits) < timedelta(hours=low + 0.1)
    assert timedelta(hours=high - 0.1) < max(waits) <= timedelta(hours=high)


@pytest.mark.parametrize("tries", range(1, 7))
def test_early_waits_are_the_schedule_within_a_tenth_and_the_same_each_time(tries: int) -> None:
    waits = {wait_after(f"nt_{number}", tries) for number in range(100)}
    assert len(waits) > 90
    assert all(abs(wait - WAITS[tries - 1]) <= WAITS[tries - 1] / 10 for wait in waits)
    assert wait_after("nt_1", tries) == wait_after("nt_1", tries)


def test_tries_follow_the_schedule_under_one_id_until_75_hours(store: Store, clock: StillClock) -> None:
    crm = always(lambda: DeliveryError("answered 500"))
    opened(store, clock, crm=1)
    outbox, began = Outbox(store.outbox, {"crm": crm, "operators": HeldReceiver()}, clock), clock.now()
    notification_id = row(store)["id"]
    expected, at = [timedelta(0)], timedelta(0)
    while (at := at + wait_after(notification_id, len(expected))) <= GIVE_UP_AFTER:
        expected.append(at)
    assert outbox.run_once() == 1
    for due in expected[1:]:
        clock.moment = began + due - timedelta(seconds=1)
        assert outbox.run_once() == 0
        clock.moment = began + due
        assert outbox.run_once() == 1
    assert row(store, receiver="crm")["state"] == "dead"
    assert set(crm.ids) == {notification_id}
    assert len(expected) >= FEWEST_TRIES + 3


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        (timedelta(seconds=1), None),
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(days=30), LONGEST_REST),
    ],
    ids=["shorter", "longer", "too-long"],
)
def test_retry_after_is_honoured(store: Store, clock: StillClock, asked: timedelta, waited: timedelta | None) -> None:
    opened(store, clock, crm=1)
    crm = HeldReceiver([DeliveryError("answered 429", retry_after=asked)])
    Outbox(store.outbox, {"crm": crm}, clock).run_once()
    waiting = row(store)
    assert waiting["due_at"] - clock.now() == (waited or wait_after(waiting["id"], 1))


def test_a_receiver_that_is_gone_is_stopped_and_held_for_until_it_is_started(store: Store, clock: StillClock) -> None:
    crm = HeldReceiver([DeliveryError("crm.example answered 410", permanent=True, gone=True)])
    opened(store, clock, crm=3)
    specs = {"crm": ReceiverSpec("crm", "webhook", "https://crm.example/a")}
    outbox = Outbox(store.outbox, {"crm": crm}, clock, specs)
    outbox.run_once()
    opened(store, clock, crm=1, first=5)
    outbox.run_once()
    held = {(one["state"], one["held_reason"]) for one in rows(store) if one["state"] != "sent"}
    assert held == {("held", "receiver_stopped")}
    standing = store.receivers.all()["crm"]
    assert standing.stopped is not None
    assert standing.stopped.startswith("crm.example answered 410")
    waiting = len(rows(store, state="held"))
    assert store.receivers.start("crm", clock.now()) == waiting
    assert outbox.run_once() == waiting
    assert store.outbox.counts() == {"sent": 4}
    assert store.receivers.all()["crm"].stopped is None


@pytest.mark.parametrize(("address", "starts"), [("https://crm.example/a", False), ("https://crm.example/b", True)])
def test_another_address_starts_a_stopped_receiver(store: Store, clock: StillClock, address: str, starts: bool) -> None:
    gone = HeldReceiver([DeliveryError("gone", permanent=True, gone=True)])
    opened(store, clock, crm=1)
    before = {"crm": ReceiverSpec("crm", "webhook", "https://crm.example/a")}
    Outbox(store.outbox, {"crm": gone}, clock, before).run_once()
    crm = HeldReceiver()
    Outbox(store.outbox, {"crm": crm}, clock, {"crm": ReceiverSpec("crm", "webhook", address)}).run_once()
    assert len(crm.got) == starts


def test_dead_letters_of_a_receiver_are_one_alert_to_the_operators(store: Store, clock: StillClock) -> None:
    crm, operators = always(lambda: DeliveryError("answered 404", permanent=True)), HeldReceiver()
    outbox = Outbox(store.outbox, {"crm": crm, "operators": operators}, clock)
    for number in range(3):
        opened(store, clock, crm=1, first=number)
        outbox.run_once()
        outbox.run_once()
    (alert,) = told(store)
    assert (alert.rule, alert.title) == ("heedful-dead-letter", "Messages to crm could not be delivered")
    assert not alert.in_attainment
    events = store.alerts.one(alert.id)[1]["events"]
    assert [one["kind"] for one in events] == ["opened", "again", "again"]
    assert "answered 404" in events[1]["why"]
    assert len(operators.got) == 1


def test_a_new_dead_letter_after_the_alert_was_closed_opens_another(store: Store, clock: StillClock) -> None:
    crm = always(lambda: DeliveryError("answered 404", permanent=True))
    outbox = Outbox(store.outbox, {"crm": crm, "operators": HeldReceiver()}, clock)
    opened(store, clock, crm=1)
    outbox.run_once()
    close(store, told(store)[0].id, clock)
    clock.move(timedelta(hours=1))
    opened(store, clock, crm=1, first=5)
    outbox.run_once()
    assert len(told(store)) == 2


def test_dead_letters_to_the_operators_raise_nothing(store: Store, clock: StillClock) -> None:
    engine_on(store, clock=clock).process([feedback(1, "hello")], notify=True)
    operators = always(lambda: DeliveryError("answered 404", permanent=True))
    Outbox(store.outbox, {"operators": operators}, clock).run_once()
    assert store.outbox.counts() == {"dead": 1}
    assert told(store) == []


def close(store: Store, alert_id: str, clock: StillClock) -> None:
    from engine.store import schema

    with store.database.write() as connection:
        change = update(schema.alert).where(schema.alert.c.id == alert_id)
        connection.execute(change.values(state="resolved", closed_at=clock.now()))


def test_what_tells_of_a_closed_alert_is_held(store: Store, clock: StillClock) -> None:
    crm = HeldReceiver()
    opened(store, clock, crm=2)
    closed = rows(store)[0]
    close(store, closed["alert_id"], clock)
    assert Outbox(store.outbox, {"crm": crm}, clock).run_once() == 1
    assert row(store, state="held")["held_reason"] == "closed"
    assert closed["id"] not in crm.ids


def test_a_dead_worker_s_claims_are_due_again_after_the_lease(
    store: Store, clock: StillClock, elapsed: Elapsed
) -> None:
    opened(store, clock, crm=1)
    (claimed,) = store.outbox.turn("dead", clock.now(), [], {"crm": 10}, LEASE)
    crm = HeldReceiver()
    outbox = Outbox(store.outbox, {"crm": crm}, clock, elapsed=elapsed)
    for _ in range(3):
        elapsed.pass_by(GRACE_S)
        assert outbox.run_once() == 0
    clock.move(LEASE)
    elapsed.pass_by(GRACE_S)
    assert outbox.run_once() == 0
    elapsed.pass_by(GRACE_S)
    assert outbox.run_once() == 1
    assert crm.ids == [claimed.id]


def test_a_clock_that_jumps_ahead_has_nothing_sent_twice(store: Store, clock: StillClock) -> None:
    crm, other = HeldReceiver(hangs=True), HeldReceiver()
    first, second = Elapsed(), Elapsed()
    opened(store, clock, crm=1)
    sender = Outbox(store.outbox, {"crm": crm}, clock, elapsed=first)
    with running(sender):
        crm.wait_for(1)
        taker = Outbox(store.outbox, {"crm": other}, clock, elapsed=second)
        taker.run_once()
        clock.move(30 * DAY)
        for _ in range(5):
            before = row(store)["due_at"]
            first.pass_by(6)
            while row(store)["due_at"] == before and before < clock.now():
                threading.Event().wait(0.01)
            second.pass_by(6)
            assert taker.run_once() == 0
        crm.let_go.set()
    assert (len(crm.got), len(other.got)) == (1, 0)
    assert store.outbox.counts() == {"sent": 1}


@pytest.mark.parametrize("back", [timedelta(minutes=3), timedelta(hours=1), 400 * DAY], ids=str)
def test_a_clock_that_jumps_back_lets_nothing_wait_for_long(
    store: Store, clock: StillClock, elapsed: Elapsed, back: timedelta
) -> None:
    opened(store, clock, crm=1)
    crm = HeldReceiver([DeliveryError("answered 500")])
    outbox = Outbox(store.outbox, {"crm": crm}, clock, elapsed=elapsed)
    assert outbox.run_once() == 1
    clock.move(-back)
    elapsed.pass_by(10)
    opened(store, clock, crm=1, first=5)
    outbox.run_once()
    # What is new goes out at once, whatever the clock said before.
    assert len(set(crm.ids)) == 2
    clock.move(min(back, timedelta(minutes=5)) + timedelta(seconds=10))
    outbox.run_once()
    assert store.outbox.counts() == {"sent": 2}
    assert len(crm.ids) == 3


def test_after_a_restart_nothing_waits_for_a_moment_that_a_wrong_clock_named(store: Store, clock: StillClock) -> None:
    clock.move(400 * DAY)
    opened(store, clock, crm=1)
    Outbox(store.outbox, {"crm": HeldReceiver([DeliveryError("answered 500")])}, clock).run_once()
    clock.move(-400 * DAY)
    assert row(store)["due_at"] > clock.now() + LONGEST_WAIT
    crm = HeldReceiver()
    assert Outbox(store.outbox, {"crm": crm}, clock).run_once() == 1


def test_many_outcomes_are_recorded_together(store: Store, clock: StillClock) -> None:
    crm = HeldReceiver([DeliveryError("answered 500"), None, DeliveryError("answered 404", permanent=True)])
    opened(store, clock, crm=40)
    outbox = Outbox(store.outbox, {"crm": crm, "operators": HeldReceiver()}, clock)
    assert outbox.run_once() == 40
    assert store.outbox.counts() == {"sent": 38, "pending": 2, "dead": 1}
    standing = store.receivers.all()["crm"]
    assert (standing.failures, standing.failing_since, standing.last_sent_at) == (0, None, clock.now())
