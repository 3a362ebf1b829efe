"""What people change in the settings, in real databases: paused receivers, trials, and two at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.alerts.matching_loader import matching_of_json
from engine.delivery.outbox import Outbox
from engine.delivery.spec import ReceiverSpec
from engine.errors import FeedbackError, StaleError
from engine.people import Person
from engine.program import Program
from engine.scope import Role, Scope
from engine.store.keys import admit_key_name
from engine.store.silence_trial import SilenceTrial, try_silence
from engine.store.store import Store
from engine.store.stored_of import StoredOf, stored_of
from tests.engine.delivery.test_outbox import opened, rows
from tests.support.clock import NOON, StillClock
from tests.support.engines import engine_on, feedback
from tests.support.keyword_reader import TAXONOMY
from tests.support.receivers import HeldReceiver


def test_what_is_for_a_paused_receiver_is_held_until_somebody_starts_it(store: Store) -> None:
    clock, taken = StillClock(), HeldReceiver()
    store.receivers.pause("crm", "ann", "it moves", clock.now())
    opened(store, clock, crm=2)
    Outbox(store.outbox, {"crm": taken}, clock).run_once()
    assert taken.got == []
    assert {(one["state"], one["held_reason"]) for one in rows(store)} == {("held", "receiver_stopped")}
    # Neither a start of the service nor another address starts it.
    assert store.receivers.start_moved({"crm": "another"}, clock.now()) == []
    assert store.receivers.all()["crm"].is_paused
    assert store.receivers.start("crm", clock.now()) == 2
    Outbox(store.outbox, {"crm": taken}, clock).run_once()
    assert len(taken.got) == 2


def test_a_paused_receiver_is_told_of_and_its_fallback_gets_what_waits(store: Store) -> None:
    clock = StillClock()
    specs = {"crm": ReceiverSpec("crm", "log", fallback="chat"), "chat": ReceiverSpec("chat", "log")}
    store.receivers.pause("crm", "ann", "it moves", clock.now())
    opened(store, clock, crm=1)
    Outbox(store.outbox, {"crm": HeldReceiver()}, clock).run_once()
    clock.move(timedelta(hours=9))
    assert store.fallbacks.send(specs, clock.now()) == 1


@pytest.mark.parametrize(
    ("matching", "scope", "fits"),
    [
        pytest.param({"rule": "furious"}, Scope(), 3, id="a rule"),
        pytest.param({"unit": "emea/uk"}, Scope(), 2, id="a unit"),
        pytest.param({"unit": "emea/uk", "customer": "c1"}, Scope(), 1, id="a unit and a customer"),
        pytest.param({"topic": "billing/accuracy"}, Scope(), 0, id="what nobody spoke of"),
        pytest.param({"rule": "furious"}, Scope("apac"), 1, id="within the unit of who asks"),
    ],
)
def test_a_silence_is_tried_on_the_messages_before_it(
    store: Store, matching: dict[str, str], scope: Scope, fits: int
) -> None:
    engine_on(store).process(
        [
            feedback(1, unit="emea/uk", customer="c1", scores={"nps": 5}),
            feedback(2, unit="emea/uk/leeds", scores={"nps": 5}),
            feedback(3, unit="apac", scores={"nps": 5}),
        ],
        notify=True,
    )
    wanted = matching_of_json(matching, Program(), TAXONOMY)
    of = 3 if scope.unit is None else 1
    titles = ("A furious customer",) if fits else ()
    assert try_silence(store.database, wanted, NOON, scope) == SilenceTrial(of, fits, fits, titles)
    assert try_silence(store.database, wanted, NOON + timedelta(days=8), scope).of == 0


def test_what_is_stored_of_a_customer_is_counted_under_all_names(store: Store) -> None:
    engine_on(store).process([feedback(1, customer="c1", scores={"nps": 5}), feedback(2, customer="x1", text="hello")])
    assert stored_of(store.database, ("c1", "x1", "a\x00b")) == StoredOf(2, 2, 2)
    assert stored_of(store.database, ("nobody",)) == StoredOf(0, 0, 0)


def test_of_two_who_change_the_same_at_once_the_slower_is_told(store: Store) -> None:
    account = store.accounts.add("Ann", "ann@example.com", Role.AGENT, NOON)
    store.accounts.change(account.id, {"unit": "emea"}, seen=account)
    with pytest.raises(StaleError):
        store.accounts.change(account.id, {"role": Role.VIEWER}, seen=account)
    assert (store.accounts.one(account.id).unit, store.accounts.one(account.id).role) == ("emea", Role.AGENT)
    person = Person("ann", "Ann")
    store.people.put(person, NOON)
    store.people.put(replace(person, units=("emea",)), NOON, seen=person)
    with pytest.raises(StaleError):
        store.people.put(replace(person, name="Anna"), NOON, seen=person)
    assert store.people.one("ann").units == ("emea",)


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "two\nlines", "a\x00b"], ids=repr)
def test_a_key_has_a_name_that_can_be_read(name: str) -> None:
    with pytest.raises(FeedbackError, match="one line of 1 to 100"):
        admit_key_name(name)


def test_marks_and_migrations_say_how_far_a_store_is(store: Store) -> None:
    assert store.marks.committed_at(0) is None
    engine_on(store).process([feedback(1)])
    assert store.marks.committed_at(store.marks.look().feedback) == NOON
    assert store.database.revision() >= "0011"
