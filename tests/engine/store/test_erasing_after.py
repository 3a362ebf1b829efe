"""What goes on after a customer was forgotten: counts, signals, attainment, explanations; and the customer is new."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.alerts.alert import AlertKind, AlertState
from engine.alerts.attainment import Question
from engine.errors import ConflictError, ErasureError, NotFoundError
from engine.privacy.erasing_intake import Wish
from engine.privacy.retention import Erasing
from engine.rules.replay import Replay
from engine.scope import EVERYTHING, Scope
from engine.store import schema, schema_delivery, schema_followup
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.forgotten import NAME, OTHER, WORD, Town, holding

HOW = pytest.mark.parametrize("how", list(Erasing))
DAY = timedelta(days=1)
ASKED = Question(since=NOON - DAY, until=NOON + DAY)


@pytest.fixture
def town(store: Store) -> Town:
    return Town(store)


@HOW
def test_no_message_about_a_forgotten_customer_goes_out(town: Town, how: Erasing) -> None:
    town.say(1, f"furious {WORD} bad")
    town.say(2, f"bad again {WORD}")
    town.say(3, "furious", customer=OTHER)
    town.deliver()
    town.forget(how)
    town.clock.move(timedelta(hours=1))
    told = [message for _ in range(3) for message in town.deliver()]
    assert {item["feedback"]["id"] for one in told for item in one["message"]["items"]} == {"f3"}
    assert not any(WORD in str(one) or NAME in str(one) for one in told)
    town.engine.escalate()
    assert holding(town.store, NAME, WORD) == set()


@HOW
def test_what_was_erased_is_never_sent_at_somebodys_wish(town: Town, how: Erasing) -> None:
    town.say(1, f"furious {WORD}")
    (waiting,) = town.store.alerts.notifications([town.alerts()[0].id])
    town.forget(how)
    with pytest.raises(ConflictError if how is Erasing.ANONYMISE else NotFoundError):
        town.store.notifications.retry(waiting["id"], "ann", town.clock.now())


def test_what_was_promised_counts_as_before_once_alerts_are_anonymised(town: Town) -> None:
    town.fill()
    before = town.store.attainment.report(ASKED, town.clock.now())
    town.forget(Erasing.ANONYMISE)
    assert town.store.attainment.report(ASKED, town.clock.now()) == before
    assert {one.state for one in town.alerts(customers=(OTHER,))} == {AlertState.OPEN}
    mine = [one for one in town.alerts() if one.customer is None and one.kind is not AlertKind.SYSTEM]
    assert {one.is_closed for one in mine if one.rule != "wide"} == {True}


@HOW
def test_counts_and_signals_about_everybody_go_on(town: Town, how: Erasing) -> None:
    # Two customers at one gate are a signal, and a third row of it goes on.
    gate = {"attributes": {"gate": "north"}}
    town.say(1, f"bad {WORD}", **gate)
    town.say(2, "bad", customer=OTHER, **gate)
    (signal,) = town.alerts(rule="wide")
    town.forget(how)
    (after,) = town.alerts(rule="wide")
    assert (after.id, after.state, after.key, after.ended_at) == (signal.id, AlertState.OPEN, "north", None)
    town.say(3, "bad", customer="c-third", **gate)
    held = town.engine.stored("default", "f3").decision.held_back
    assert ("wide", "signal_open", signal.id) in [(one.rule, str(one.reason), one.alert) for one in held]
    found = town.engine.stored("default", "f3").decision.found["wide"]
    assert found.found.startswith("3")
    # Time ends it, as it would have.
    town.clock.move(3 * DAY)
    town.engine.tick()
    assert town.alerts(rule="wide")[0].ended_at is not None


@HOW
def test_a_forgotten_customer_who_writes_again_is_a_new_one(town: Town, how: Erasing) -> None:
    for number in (1, 2):
        town.say(number, "furious bad")
    assert len(town.alerts(rule="furious")) == 1
    assert len(town.alerts(rule="often")) == 1
    with closing(Store(str(town.store.database.url.render_as_string(hide_password=False)))) as second:
        # Another process, whose patterns are in memory.
        other = Town(second, town.clock)
        other.say(8, "hello", customer="c-else")
        town.forget(how)
        other.say(3, "furious bad")
        decision = other.engine.stored("default", "f3").decision
    assert [alert.rule for alert in decision.alerts] == ["furious"]
    assert decision.found["often"].found.startswith("1")
    town.say(4, "furious bad")
    assert {alert.rule for alert in town.engine.stored("default", "f4").decision.alerts} == {"often"}


@HOW
def test_what_comes_while_a_customer_is_forgotten_is_of_a_new_one(town: Town, how: Erasing) -> None:
    town.fill()
    wish = Wish(NAME, how, "kim")
    begun = town.store.erasures.begin(wish, town.clock.now())
    said = iter(range(100, 103))

    def meanwhile(_took: float) -> None:
        number = next(said, None)
        if number is not None:
            town.clock.move(timedelta(seconds=1))
            town.say(number, "furious again")

    town.store.erasures.run(begun.id, "here", town.clock, rest=meanwhile)
    for number in range(100, 103):
        stored = town.engine.stored("default", f"f{number}")
        assert (stored.feedback.customer, stored.feedback.text) == (NAME, "furious again")
    assert holding(town.store, WORD) == set()


@pytest.mark.parametrize("revise", [False, True])
def test_a_record_that_is_sent_again_does_not_bring_its_words_back(town: Town, revise: bool) -> None:
    town.say(1, f"furious {WORD}")
    first = town.engine.stored("default", "f1").decision
    town.forget(Erasing.ANONYMISE)
    town.say(1, f"furious {WORD}", revise=revise)
    again = town.engine.stored("default", "f1")
    assert (again.decision.sequence, again.decision.revision) == (first.sequence, 1)
    assert again.erased_at == town.clock.now()
    assert holding(town.store, WORD) == set()


@HOW
def test_explanations_and_replays_survive(town: Town, how: Erasing) -> None:
    town.fill()
    town.forget(how)
    everything, rules = list(town.store.records.each()), town.engine.rules
    cases = [town.engine.phrases.case(rules, one.feedback, one.decision.reading) for one in everything]
    outcomes = Replay(rules).take(cases, [one.received_at for one in everything])
    assert len([alert for outcome in outcomes for alert in outcome.alerts]) > 1
    ids = [stored.feedback.key for stored in town.store.records.each()]
    assert len(set(ids)) == (2 if how is Erasing.DELETE else 6)
    for source, one in ids:
        assert town.engine.explain(source, one).as_dict()
        assert town.engine.explain(source, one, today=True).as_dict()
    assert [one.id for one in town.store.readings.each()] == ["f5", "f6"]


def test_only_one_process_works_at_an_erasure(town: Town) -> None:
    town.say(1, "furious")
    begun = town.store.erasures.begin(Wish(NAME, Erasing.DELETE, "kim"), town.clock.now())
    seen: list[type[Exception]] = []

    def other(_took: float) -> None:
        with pytest.raises(ConflictError):
            town.store.erasures.run(begun.id, "there", town.clock, rest=lambda _: None)
        seen.append(ConflictError)
        assert town.store.erasures.unfinished(town.clock.now()) == []

    assert town.store.erasures.run(begun.id, "here", town.clock, rest=other).finished_at
    assert seen


def test_with_anywhere_the_records_of_others_in_which_the_name_stands_go_too(town: Town) -> None:
    town.say(1, f"furious at {NAME}.", customer=OTHER)
    town.say(2, f"furious at {NAME}-b", customer=OTHER)
    receipt = town.forget(Erasing.DELETE, anywhere=True)
    assert receipt.counts["feedback"] == 1
    assert [one.feedback.id for one in town.store.records.each()] == ["f2"]


def test_a_customer_is_forgotten_by_what_they_are_stored_as_too(town: Town) -> None:
    town.say(1, "furious", customer="[EMAIL 3f9a0c12d4e5]")
    town.say(2, f"furious, as {NAME} would be")
    receipt = town.forget(Erasing.DELETE, stored=("[EMAIL 3f9a0c12d4e5]",))
    assert receipt.counts["feedback"] == 2
    assert holding(town.store, "3f9a0c12d4e5", NAME) == set()


def test_a_problem_says_how_many_of_its_alerts_were_erased(town: Town) -> None:
    town.fill()
    town.forget(Erasing.DELETE)
    with town.store.database.read() as connection:
        query = select(schema.alert.c.problem).where(schema.alert.c.problem.is_not(None))
        assert connection.scalars(query).all() == []
    (page,) = town.store.problems.page(limit=5).problems
    with town.store.database.write() as connection:
        connection.execute(schema_followup.problem.update().values(unit="emea/uk"))
    for scope in (EVERYTHING, Scope("emea/uk")):
        _, more = town.store.problems.one(page.id, scope)
        assert [one["data"]["alerts"] for one in more["events"] if one["kind"] == "alerts_erased"] == [1]


@pytest.mark.parametrize("customer", ["", "  ", "x" * 201, "a\x00b"])
def test_what_cannot_be_a_customer_is_refused(town: Town, customer: str) -> None:
    with pytest.raises(ErasureError):
        town.store.erasures.begin(Wish(customer, Erasing.DELETE, "kim"), NOON)


def test_a_customer_whom_nobody_knows_has_an_empty_receipt(town: Town) -> None:
    town.say(1, "furious", customer=OTHER)
    receipt = town.forget(Erasing.DELETE)
    assert receipt.counts == {}
    assert town.store.records.count() == 1
    with town.store.database.read() as connection:
        assert connection.scalars(select(schema_delivery.notification.c.state)).all() == ["pending"]
