"""The engine on real databases: one transaction a batch, each record decided once, explained for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import func, select

from engine.alerts.alert import AlertKind
from engine.errors import ConflictError, NotFoundError, ReaderUnavailableError
from engine.scope import Scope
from engine.store import schema, schema_delivery
from engine.store.alert_filter import AlertFilter
from engine.store.store import Store
from tests.support.clock import StillClock
from tests.support.engines import engine_on, feedback
from tests.support.keyword_reader import KeywordReader
from tests.support.service import RULES


def rows(store: Store) -> dict[str, int]:
    with store.database.read() as connection:
        tables = (schema.feedback, schema.reading, schema.decision, schema.alert, schema_delivery.notification)
        return {t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def test_a_batch_is_one_transaction(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_on(store)

    def broken(*_: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr("engine.store.records.notification_rows", broken)
    with pytest.raises(RuntimeError):
        engine.process([feedback(1), feedback(2)])
    assert set(rows(store).values()) == {0}


def test_decisions_come_back_as_they_were(store: Store) -> None:
    engine = engine_on(store)
    first = engine.process([feedback(1, "I am furious. maybe leaving"), feedback(2, "hello")])
    again = engine_on(store).process([feedback(2, "hello"), feedback(1, "I am furious. maybe leaving")])
    assert [one.as_dict() for one in again] == [one.as_dict() for one in reversed(first)]
    for before, after in zip(reversed(first), again, strict=True):
        for name in ("spans", "confidence", "standing", "embedding"):
            np.testing.assert_array_equal(getattr(before.reading, name), getattr(after.reading, name))


def test_sequence_numbers_follow_the_order_of_commits(store: Store) -> None:
    engine = engine_on(store)
    numbers = [one.sequence for batch in ([3, 1], [2], [5, 4]) for one in engine.process([feedback(n) for n in batch])]
    assert numbers == [1, 2, 3, 4, 5]


def test_a_conflict_writes_nothing_of_its_batch(store: Store) -> None:
    engine = engine_on(store)
    engine.process([feedback(1)])
    with pytest.raises(ConflictError, match="default/f1 came before with other content") as caught:
        engine.process([feedback(2), feedback(1, "thanks")])
    assert caught.value.position == 1
    assert rows(store)["feedback"] == 1


def test_a_revision_opens_only_alerts_that_do_not_exist(store: Store) -> None:
    engine = engine_on(store)
    (first,) = engine.process([feedback(1)])
    (second,) = engine.process([feedback(1, "furious. leaving")], revise=True)
    assert second.revision == 2
    assert {alert.rule for alert in first.alerts} == {"furious", "low-score"}
    assert {alert.rule for alert in second.alerts} == {"leaving"}
    assert {(held.rule, str(held.reason)) for held in second.held_back} >= {("furious", "already_open")}
    assert rows(store)["alert"] == 3


def test_racing_engines_decide_each_record_once(store: Store) -> None:
    engines = [engine_on(store) for _ in range(4)]
    batch = [feedback(number) for number in range(15)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda engine: engine.process(batch), engines))
    told = [[one.as_dict() for one in answer] for answer in answers]
    assert all(one == told[0] for one in told)
    assert rows(store) == {"feedback": 15, "reading": 15, "decision": 15, "alert": 30, "notification": 30}


def test_yesterday_is_explained_by_yesterday_s_rules(store: Store) -> None:
    engine_on(store).process([feedback(1)])
    tomorrow = engine_on(
        store, rules=RULES.replace("rule: furious", "rule: enraged").replace("at_most: 6", "at_most: 0")
    )
    then = {rule.rule: rule for rule in tomorrow.explain("default", "f1").rules}
    assert then["furious"].outcome.startswith("opened al_")
    assert then["furious"].notifications[0]["state"] == "held"
    today = {rule.rule: rule for rule in tomorrow.explain("default", "f1", today=True).rules}
    assert "furious" not in today
    assert today["enraged"].outcome == "did not hold"


def test_a_fresh_process_explains_from_the_store_alone(url: str) -> None:
    store = Store(url)
    store.migrate()
    engine_on(store).process([feedback(1)])
    store.close()
    again = Store(url)
    found = engine_on(again, rules="rule: other\nwhen: {nps: 1}\n").explain("default", "f1")
    assert [rule.rule for rule in found.rules] == ["furious", "leaving", "watched", "low-score"]
    again.close()


def test_scope_bounds_what_is_found(store: Store) -> None:
    engine = engine_on(store)
    engine.process([feedback(1, unit="emea/uk/leeds"), feedback(2, unit="emea/ukraine"), feedback(3)])
    assert engine.stored("default", "f1", Scope("emea/uk")).feedback.unit == "emea/uk/leeds"
    for hidden in ("f2", "f3"):
        with pytest.raises(NotFoundError):
            engine.stored("default", hidden, Scope("emea/uk"))
    found = store.alerts.page(AlertFilter(), scope=Scope("emea/uk")).alerts
    assert {alert.feedback_id for alert in found} == {"f1"}


def test_unread_feedback_is_refused_unless_the_program_accepts_it(store: Store) -> None:
    reader = KeywordReader()
    reader.down = True
    with pytest.raises(ReaderUnavailableError):
        engine_on(store, reader=reader).process([feedback(1)])
    assert rows(store)["feedback"] == 0


def test_unread_feedback_is_read_later_and_opens_what_was_missing(store: Store) -> None:
    reader, clock = KeywordReader(), StillClock()
    engine = engine_on(store, reader=reader, clock=clock, degrade=True)
    reader.down = True
    (first,) = engine.process([feedback(1, "furious. leaving")], notify=True)
    assert {(alert.rule, alert.kind) for alert in first.alerts} == {
        ("low-score", AlertKind.ALERT),
        ("leaving", AlertKind.REVIEW),
    }
    assert engine.read_later() == 0
    reader.down = False
    clock.move(timedelta(minutes=5))
    assert engine.read_later() == 1
    assert engine.read_later() == 0
    (second,) = engine.process([feedback(1, "furious. leaving")])
    assert second.reading.status == "read"
    assert second.sequence == first.sequence
    assert {alert.rule for alert in store.alerts.of_feedback("default", "f1")} == {"low-score", "leaving", "furious"}
    states = {told["receiver"]: told["state"] for told in store.alerts.notifications([a.id for a in second.alerts])}
    assert states == {"operators": "pending"}


def test_two_processes_read_later_once(store: Store) -> None:
    reader = KeywordReader()
    reader.down = True
    engines = [engine_on(store, reader=reader, degrade=True) for _ in range(3)]
    engines[0].process([feedback(number) for number in range(10)])
    reader.down = False
    with ThreadPoolExecutor(3) as pool:
        done = sum(pool.map(lambda engine: engine.read_later(), engines))
    assert done == 10
    assert rows(store) == {"feedback": 10, "reading": 20, "decision": 20, "alert": 30, "notification": 20}


def test_an_empty_batch_is_nothing(store: Store) -> None:
    assert engine_on(store).process([]) == []


def test_a_stored_ruleset_keeps_which_rules_must_not_lose_an_alert(store: Store) -> None:
    rules = RULES.replace("rule: leaving\n", "rule: leaving\nmust_not_lose: true\n")
    version = engine_on(store, rules=rules).process([feedback(1)])[0].ruleset
    again = Store(store.database.url.render_as_string(hide_password=False))
    kept = again.versions.ruleset(version)
    again.close()
    assert {rule.slug for rule in kept.rules if rule.must_not_lose} == {"leaving"}
