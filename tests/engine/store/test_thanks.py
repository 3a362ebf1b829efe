"""Thanks by themselves: once a customer in 30 days, in the transaction that opens the alert."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.feedback import Feedback
from engine.pipeline import Engine
from engine.privacy.policy import Action, Policy
from engine.program import OPERATORS, Program, ReceiverSpec, RuleFile
from engine.rules.load import LoadedRules, load_rules
from engine.store import schema_delivery
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.engines import feedback
from tests.support.keyword_reader import TAXONOMY, KeywordReader
from tests.support.recognisers import redactor_of

RULE = """
rule: happy
status: live
if_unsure: {unsure}
when: {{intent: praise}}
then: {{auto: thank, severity: low}}
examples:
  fires: [{{text: great}}, {{text: so great}}, {{text: great.}}]
  stays_quiet: [{{text: a}}, {{text: b}}, {{text: c}}]
"""
LETTERS = ReceiverSpec("letters", "webhook", "https://x.example/{address}", to_customer=True, address_attribute="email")
GATEWAY = ReceiverSpec("letters", "webhook", "https://x.example/", to_customer=True)
BOTH = {OPERATORS: ReceiverSpec(OPERATORS, "log"), "letters": LETTERS}


def rules(receivers: dict[str, ReceiverSpec] = BOTH, unsure: str = "skip") -> LoadedRules:
    program = Program(rule_files=(RuleFile("r.yaml", RULE.format(unsure=unsure)),), receivers=receivers)
    return load_rules(program, TAXONOMY)


def engine(store: Store, clock: StillClock | None = None, **options: Any) -> Engine:
    loaded = rules(**options)
    assert not loaded.errors
    return Engine(store, KeywordReader(), loaded, clock or StillClock())


def praise(number: int, customer: str | None = "c1", email: Any = "c1@x.example", **fields: Any) -> Feedback:
    attributes = {} if email is None else {"email": email}
    text = fields.pop("text", "great")
    return feedback(number, text, customer=customer, attributes=attributes, scores={}, **fields)


def messages(store: Store) -> list[tuple[str, str, str, str | None]]:
    table = schema_delivery.notification
    with store.database.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.kind, table.c.id)).all()
    return [(row.kind, row.receiver, row.state, row.address) for row in rows]


def test_a_customer_is_thanked_and_the_alert_is_resolved(store: Store) -> None:
    (decision,) = engine(store).process([praise(1)], notify=True)
    alert, detail = store.alerts.one(decision.alerts[0].id)
    assert (alert.state, alert.remedy, alert.resolved_at, alert.version) == ("resolved", "thanks", NOON, 3)
    assert alert.followed_up_at == NOON, "the message is a try to reach the customer"
    assert [one["kind"] for one in detail["events"]] == ["opened", "attempt", "resolve"]
    assert {one["who"] for one in detail["events"]} == {"heedful"}
    assert [(one["channel"], one["outcome"]) for one in detail["attempts"]] == [("other", "sent")]
    assert messages(store) == [
        ("opened", "operators", "held", None),
        ("thanks", "letters", "pending", "c1@x.example"),
    ]
    (claimed,) = store.outbox.turn("w", NOON, (), {"letters": 9, "operators": 9}, timedelta(minutes=5))
    told = json.loads(claimed.message)
    assert (told["template"], told["alert"]["id"], told["feedback"]["text"]) == ("thank", alert.id, "great")


def test_a_receiver_that_finds_the_customer_needs_no_address(store: Store) -> None:
    receivers = {**BOTH, "letters": GATEWAY}
    (decision,) = engine(store, receivers=receivers).process([praise(1, email=None)], notify=True)
    assert store.alerts.one(decision.alerts[0].id)[0].state == "resolved"
    assert messages(store)[1] == ("thanks", "letters", "pending", None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"customer": None}, "names no customer", id="no customer"),
        pytest.param({"email": None}, "no attribute email", id="no address"),
        pytest.param({"email": " "}, "no attribute email", id="a blank address"),
        pytest.param({"email": 5}, "no attribute email", id="a number"),
    ],
)
def test_who_cannot_be_thanked_leaves_an_open_alert_with_a_note(
    store: Store, fields: dict[str, Any], said: str
) -> None:
    (decision,) = engine(store).process([praise(1, **fields)], notify=True)
    alert, detail = store.alerts.one(decision.alerts[0].id)
    assert (alert.state, alert.version, len(detail["events"])) == ("open", 2, 2)
    assert said in detail["events"][1]["why"]
    assert messages(store) == [("opened", "operators", "pending", None)]


def test_what_stands_in_place_of_an_address_is_none(store: Store) -> None:
    grateful = engine(store)
    grateful.redactor = redactor_of()
    (decision,) = grateful.process([praise(1)], notify=True)
    _, detail = store.alerts.one(decision.alerts[0].id)
    assert "no attribute email" in detail["events"][1]["why"]
    assert messages(store) == [("opened", "operators", "pending", None)]
    grateful.redactor = redactor_of(Policy(fields={"attributes.email": Action.KEEP}))
    grateful.process([praise(2, customer="c2")], notify=True)
    assert ("thanks", "letters", "pending", "c1@x.example") in messages(store)


@pytest.mark.parametrize(
    ("days", "states"),
    [
        pytest.param(0, ["resolved", "open"], id="in one batch"),
        pytest.param(29, ["resolved", "open"], id="29 days later"),
        pytest.param(30, ["resolved", "resolved"], id="30 days later"),
    ],
)
def test_once_in_thirty_days(store: Store, days: int, states: list[str]) -> None:
    clock = StillClock()
    own = engine(store, clock)
    batches = [[praise(1), praise(2)]] if not days else [[praise(1)], [praise(2)]]
    opened = []
    for batch in batches:
        opened += [decision.alerts[0].id for decision in own.process(batch, notify=True)]
        clock.move(timedelta(days=days))
    assert [store.alerts.one(alert)[0].state for alert in opened] == states
    # Another customer is another matter.
    (other,) = own.process([praise(3, "c2")], notify=True)
    assert store.alerts.one(other.alerts[0].id)[0].state == "resolved"


@pytest.mark.parametrize(
    ("options", "fields", "notify"),
    [
        pytest.param({}, {}, False, id="nothing is to be sent"),
        pytest.param({}, {"occurred_at": (NOON - timedelta(days=5)).isoformat()}, True, id="stale"),
        pytest.param({"unsure": "review"}, {"text": "maybe great"}, True, id="a review"),
    ],
)
def test_who_is_not_to_be_told_is_not_thanked(
    store: Store, options: dict[str, Any], fields: dict[str, Any], notify: bool
) -> None:
    (decision,) = engine(store, **options).process([praise(1, **fields)], notify=notify)
    assert [store.alerts.one(alert.id)[0].state for alert in decision.alerts] == ["open"]
    assert all(kind != "thanks" for kind, *_ in messages(store))


def test_of_two_processes_one_thanks(url: str, store: Store) -> None:
    barrier = threading.Barrier(2)

    def run(number: int) -> None:
        own = Store(url)
        barrier.wait()
        for turn in range(5):
            engine(own).process([praise(10 * number + turn)], notify=True)
        own.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(kind == "thanks" for kind, *_ in messages(store)) == 1


def test_an_explanation_still_reads_the_rules_of_then(store: Store) -> None:
    engine(store).process([praise(1)], notify=True)
    (stored,) = store.records.at([1])
    assert not store.versions.ruleset(stored.decision.ruleset).errors


@pytest.mark.parametrize(
    ("text", "receivers", "said"),
    [
        pytest.param("when: {nps: 9}\nthen: {auto: thank}", {}, "to_customer: true", id="no receiver to customers"),
        pytest.param("when: {nps: 9}\nthen: {auto: thanks}", BOTH, "did you mean 'thank'", id="a misspelt word"),
        pytest.param(
            "when: {count: {at_least: 2, within: 1h}}\nthen: {auto: thank}",
            BOTH,
            "a signal is about many",
            id="a signal",
        ),
    ],
)
def test_what_cannot_thank(text: str, receivers: dict[str, ReceiverSpec], said: str) -> None:
    program = Program(rule_files=(RuleFile("r.yaml", f"rule: r\n{text}\n"),), receivers=receivers)
    (error,) = load_rules(program, TAXONOMY).errors
    assert said in error.message
    assert error.line == 3
