"""Alerts and signals find their destinations at the commit: one notification each, the same in every replay."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from engine.alerts.matching import Matching, Named, subject_from_dict
from engine.alerts.routes import Gathering, Route
from engine.alerts.severity import Severity
from engine.delivery.spec import ReceiverSpec
from engine.feedback import Feedback
from engine.people import Person
from engine.pipeline import Engine
from engine.program import Program, RuleFile
from engine.rules.load import load_rules
from engine.store import schema, schema_delivery
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.engines import feedback
from tests.support.keyword_reader import TAXONOMY, KeywordReader
from tests.support.service import RULES

MANY = """
---
rule: many-menus
status: live
when:
  all:
    - topic: digital
    - count: {at_least: 2, within: 1d, per: unit}
examples:
  fires: [{text: menu, repeat: 2, unit: a}, {text: crash, repeat: 3, unit: a}, {text: menu crash, repeat: 4, unit: a}]
  stays_quiet: [{text: menu, unit: a}, {text: hello}, {text: thanks}]
"""
ROUTES = Route(
    "routes",
    ("operators",),
    routes=(
        Route(
            "digital",
            ("digital", "manager_of: employee", "care"),
            Matching((Named("topic", ("digital",)),)),
            Gathering(("rule", "unit")),
        ),
    ),
)
PEOPLE = (
    Person("eve", "Eve", manager="ann"),
    Person("ann", "Ann", teams=("care",), contacts=(("mail", "ann@x.example"),)),
    Person("dan", "Dan", teams=("care",), contacts=(("mail", "dan@x.example"),)),
)
PROGRAM = Program(
    rule_files=(RuleFile("rules.yaml", RULES + MANY),),
    receivers={name: ReceiverSpec(name, "log") for name in ("operators", "digital", "mail")},
    routes=ROUTES,
)


def run(store: Store, *batch: Feedback, notify: bool = True) -> None:
    loaded = load_rules(PROGRAM, TAXONOMY)
    assert not loaded.errors
    store.people.bring(PEOPLE, NOON)
    Engine(store, KeywordReader(), loaded, StillClock()).process(batch, notify=notify)


def rows(store: Store, rule: str) -> list[Any]:
    table, alert = schema_delivery.notification, schema.alert
    query = select(table, alert.c.holder, alert.c.team, alert.c.route, alert.c.receiver.label("first"))
    query = query.join_from(table, alert).where(alert.c.rule == rule)
    with store.database.read() as connection:
        return list(connection.execute(query.order_by(table.c.id)).mappings())


def test_each_destination_gets_a_notification_of_its_own(store: Store) -> None:
    run(store, feedback(1, "furious menu", employee="eve", unit="emea", channel="chat", attributes={"store": "A"}))
    found = rows(store, "furious")
    first = found[0]["id"]
    assert [(row["id"].removeprefix(first), row["recipient"], row["receiver"], row["address"]) for row in found] == [
        ("", "digital", "digital", None),
        ("_2", "ann", "mail", "ann@x.example"),
        ("_3", "dan", "mail", "dan@x.example"),
    ]
    assert {(row["kind"], row["severity"], row["state"]) for row in found} == {("opened", "high", "pending")}
    assert {(row["holder"], row["route"], row["first"]) for row in found} == {(None, "routes > digital", "digital")}
    message = json.loads(found[1]["message"])
    assert message["group"] == {"by": {"rule": "furious", "unit": "emea"}, "wait_s": 30.0, "interval_s": 300.0}
    subject = subject_from_dict(message["subject"])
    assert (subject.rule, subject.severity, subject.channel) == ("furious", Severity.HIGH, "chat")
    assert subject.labels == {"emotion": ("anger/anger",), "topic": ("digital/ease-of-use",)}
    assert (subject.scores, subject.attributes, subject.employee) == ({"nps": 1.0}, {"store": "A"}, "eve")


def test_a_replay_gives_the_same_ids(store: Store) -> None:
    run(store, feedback(1, "furious menu", employee="eve"))
    before = [row["id"] for row in rows(store, "furious")]
    run(store, feedback(1, "furious menu", employee="eve"))
    assert [row["id"] for row in rows(store, "furious")] == before


def test_a_signal_is_routed_by_what_its_rule_is_about(store: Store) -> None:
    run(store, feedback(1, "menu", unit="emea"), feedback(2, "crash", unit="emea"))
    found = rows(store, "many-menus")
    assert [row["recipient"] for row in found] == ["digital", "operators", "ann", "dan"]
    subject = subject_from_dict(json.loads(found[0]["message"])["subject"])
    assert (subject.kind, subject.unit, subject.labels) == ("signal", "emea", {"topic": ("digital",)})
    assert (subject.source, subject.scores) == (None, {})


def test_what_is_not_told_has_its_rows_with_the_reason_and_reviews_have_none(store: Store) -> None:
    run(store, feedback(1, "furious menu. maybe leaving"), notify=False)
    assert [(row["state"], row["held_reason"]) for row in rows(store, "furious")] == [("held", "notify_off")] * 4
    assert rows(store, "leaving") == []


def test_the_event_says_why_it_went_there(store: Store) -> None:
    run(store, feedback(1, "furious menu", employee="eve"))
    table = schema.alert_event
    with store.database.read() as connection:
        events = [json.loads(data) for data in connection.scalars(select(table.c.data).order_by(table.c.id))]
    assert {"sent_to": ["digital", "ann", "dan"], "because": events[0]["because"]} in events
    assert "ann manages eve" in " ".join(event["because"] for event in events)
