"""Mutes at the moment of sending, on real stores: what is held, put off, grouped, put into a digest; and races."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine.alerts.changes import Action, By, Change
from engine.alerts.matching import EVERY_ALERT, Matching, Named
from engine.alerts.routes import Gathering, Route
from engine.alerts.silence import Silence
from engine.delivery.outbox import Outbox
from engine.delivery.receivers import LogReceiver
from engine.delivery.spec import QuietHours, ReceiverSpec
from engine.pipeline import Engine
from engine.program import Program, RuleFile
from engine.rules.load import load_rules
from engine.store import schema_delivery
from engine.store.claims import Claimed, Outcome, Standing
from engine.store.gathering import Mutes
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.engines import feedback
from tests.support.keyword_reader import TAXONOMY, KeywordReader
from tests.support.recognisers import plain_mask
from tests.support.service import RULES

LEASE = timedelta(minutes=1)
GROUPED = Route("routes", ("mail",), EVERY_ALERT, Gathering(("rule", "unit")))
PLAIN = Route("routes", ("mail",))


@dataclass
class World:
    """A store with an engine, and an outbox that asks what mutes."""

    store: Store
    routes: Route = PLAIN
    spec: dict[str, Any] = field(default_factory=dict)
    clock: StillClock = field(default_factory=StillClock)

    def __post_init__(self) -> None:
        receivers = {name: ReceiverSpec(name, "log") for name in ("operators", "mail")}
        receivers["mail"] = replace(receivers["mail"], **self.spec)
        files = (RuleFile("rules.yaml", RULES),)
        self.program = Program(rule_files=files, receivers=receivers, routes=self.routes)
        self.engine = Engine(self.store, KeywordReader(), load_rules(self.program, TAXONOMY), self.clock)
        self.mutes = Mutes(self.store, self.program)

    def say(self, number: int, text: str = "furious", **fields: Any) -> None:
        fields.setdefault("scores", {"nps": 5})
        self.engine.process([feedback(number, text, **fields)], notify=True)

    def deliver(self) -> list[dict[str, Any]]:
        stream = io.StringIO()
        receivers = {name: LogReceiver(spec, plain_mask, stream) for name, spec in self.program.receivers.items()}
        Outbox(self.store.outbox, receivers, self.clock, self.program.receivers, self.mutes.settle).run_once()
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    def claim(self, worker: str, most: int = 50) -> list[Claimed]:
        return self.store.outbox.turn(worker, self.clock.now(), (), {"mail": most}, LEASE, settle=self.mutes.settle)

    def rows(self, **wanted: Any) -> list[Any]:
        table = schema_delivery.notification
        query = select(table).where(*(table.c[name] == value for name, value in wanted.items()))
        with self.store.database.read() as connection:
            return list(connection.execute(query.order_by(table.c.created_at, table.c.id)).mappings())

    def at(self, moment: datetime) -> None:
        self.clock.moment = moment


def told(messages: list[dict[str, Any]]) -> list[Any]:
    """Return the kinds of messages, carriers with how many they tell of."""
    return [(one["message"]["type"], one["message"].get("count")) for one in messages]


def test_a_group_comes_in_one_message_and_keeps_its_interval(store: Store) -> None:
    world = World(store, GROUPED)
    for number in range(3):
        world.say(number, unit="emea/uk")
    world.say(3, unit="apac")
    assert world.deliver() == []
    assert [row["held_reason"] for row in world.rows(kind="opened")] == ["grouping"] * 4
    world.clock.move(timedelta(seconds=30))
    first = world.deliver()
    assert sorted(told(first), key=str) == [("group", 1), ("group", 3)]
    large = max(first, key=lambda one: one["message"]["count"])["message"]
    assert large["by"] == {"rule": "furious", "unit": "emea/uk"}
    assert {one["feedback"]["id"] for one in large["items"]} == {"f0", "f1", "f2"}
    assert not {"subject", "group"} & set(large["items"][0])
    world.clock.move(timedelta(seconds=30))
    world.say(4, unit="emea/uk")
    assert world.deliver() == []
    world.clock.move(timedelta(minutes=4))
    assert world.deliver() == []
    world.clock.move(timedelta(seconds=30))
    assert told(world.deliver()) == [("group", 1)]


def test_a_group_does_not_tell_of_what_was_closed_while_it_waited(store: Store) -> None:
    world = World(store, GROUPED)
    for number in range(3):
        world.say(number, unit="emea/uk")
    world.say(3, unit="apac")
    assert world.deliver() == []
    alerts = {json.loads(row["message"])["feedback"]["id"]: row["alert_id"] for row in world.rows(kind="opened")}
    closed = [alerts["f0"], alerts["f3"]]
    store.changes.apply(Change(Action.DISMISS, note="a test"), dict.fromkeys(closed, None), By("ann"), NOON)
    world.clock.move(timedelta(seconds=30))
    (message,) = world.deliver()
    assert told([message]) == [("group", 2)]
    assert {one["feedback"]["id"] for one in message["message"]["items"]} == {"f1", "f2"}
    assert [
        (row["held_reason"], row["carried_by"]) for row in world.rows(kind="opened") if row["alert_id"] in closed
    ] == [
        ("closed", None),
        ("closed", None),
    ]
    # The other group had nothing left to tell.
    assert sorted((row["state"], row["held_reason"]) for row in world.rows(kind="group")) == [
        ("held", "closed"),
        ("sent", None),
    ]


def test_critical_is_not_grouped_and_a_group_is_as_grave_as_its_gravest(store: Store) -> None:
    world = World(store, Route("routes", ("mail",), EVERY_ALERT, Gathering(("unit",))))
    world.say(1, "leaving")
    assert told(world.deliver()) == [("alert.opened", None)]
    world.say(2, "hello", scores={"nps": 1})
    assert world.deliver() == []
    world.say(3)
    assert world.deliver() == []
    assert [row["severity"] for row in world.rows(kind="group")] == ["high"]


def test_what_is_over_the_budget_comes_in_a_digest(store: Store) -> None:
    world = World(store, PLAIN, {"budget": 2, "zone": ZoneInfo("Europe/London")})
    for number in range(5):
        world.say(number)
    assert told(world.deliver()) == [("alert.opened", None)] * 2
    world.say(5, "leaving")
    assert told(world.deliver()) == [("alert.opened", None)]
    assert [row["held_reason"] for row in world.rows(kind="opened", state="held")] == ["budget"] * 3
    world.at(NOON.replace(day=3, hour=7, minute=59))
    assert world.deliver() == []
    world.say(6)
    world.at(NOON.replace(day=3, hour=8))
    assert sorted(told(world.deliver()), key=str) == [("alert.opened", None), ("digest", 3)]
    world.say(7)
    assert world.deliver() == []


def test_groups_over_the_budget_are_told_of_in_the_digest_with_all_that_is_in_them(store: Store) -> None:
    world = World(store, GROUPED, {"budget": 1})
    for unit in ("a", "b", "c"):
        world.say(ord(unit), unit=unit)
        world.say(ord(unit) + 10, unit=unit)
    world.deliver()
    world.clock.move(timedelta(seconds=30))
    assert told(world.deliver()) == [("group", 2)]
    world.at(NOON.replace(day=3, hour=8))
    assert told(world.deliver()) == [("digest", 4)]


def test_quiet_hours_put_off_and_a_silence_drops(store: Store) -> None:
    world = World(store, PLAIN, {"quiet_hours": QuietHours(time(11), time(14), ZoneInfo("UTC"))})
    world.say(1)
    assert world.deliver() == []
    (row,) = world.rows()
    assert (row["state"], row["held_reason"], row["due_at"]) == ("pending", "quiet_hours", NOON.replace(hour=14))
    matching = Matching((Named("rule", ("furious",)),))
    store.silences.add(Silence("si_1", matching, "ann", "known", NOON, NOON, NOON + timedelta(hours=3)))
    world.at(NOON.replace(hour=14))
    assert world.deliver() == []
    (row,) = world.rows()
    assert (row["state"], row["held_reason"], row["held_by"]) == ("held", "silence", "si_1")
    world.at(NOON.replace(hour=16))
    world.say(2)
    assert told(world.deliver()) == [("alert.opened", None)]


def test_a_carrier_that_is_given_back_says_what_it_said(store: Store) -> None:
    world = World(store, GROUPED)
    world.say(1)
    world.deliver()
    world.clock.move(timedelta(seconds=30))
    (first,) = world.claim("w1")
    store.outbox.release("w1", [first.id], world.clock.now())
    world.say(2)
    (again,) = world.claim("w2")
    assert (again.id, again.message) == (first.id, first.message)
    world.clock.move(timedelta(minutes=6))
    (other,) = world.claim("w3")
    assert [one["feedback"]["id"] for one in json.loads(other.message)["items"]] == ["f2"]


@pytest.mark.parametrize(
    ("routes", "spec", "reason"),
    [
        pytest.param(GROUPED, {}, "grouping", id="grouping"),
        pytest.param(PLAIN, {"budget": 1}, "budget", id="budget"),
        pytest.param(
            PLAIN, {"quiet_hours": QuietHours(time(11), time(14), ZoneInfo("UTC"))}, "quiet_hours", id="quiet"
        ),
    ],
)
def test_what_somebody_asks_for_is_sent_whatever_mutes_it(
    store: Store, routes: Route, spec: dict[str, Any], reason: str
) -> None:
    world = World(store, routes, spec)
    world.say(1)
    world.say(2)
    world.deliver()
    held = world.rows(kind="opened", held_reason=reason)[-1]
    store.notifications.retry(held["id"], "ann", world.clock.now())
    (sent,) = world.deliver()
    assert sent["id"] == held["id"]
    assert not {"subject", "group", "at_once"} & set(sent["message"])
    assert world.rows(id=held["id"])[0]["state"] == "sent"


def test_nothing_is_added_to_a_carrier_that_is_claimed_or_was_tried(store: Store) -> None:
    world = World(store, GROUPED)
    world.say(1)
    world.deliver()
    world.clock.move(timedelta(seconds=30))
    (claimed,) = world.claim("w")
    world.say(2)
    assert world.claim("w") == []
    assert [row["id"] == claimed.id for row in world.rows(kind="group")].count(False) == 1
    again = Outcome(claimed, Standing.RETRY, "no answer", world.clock.now(), world.clock.now() + timedelta(hours=1))
    store.outbox.turn("w", world.clock.now(), [again], {}, LEASE)
    world.say(3)
    world.claim("w")
    world.clock.move(timedelta(hours=1))
    messages = {one.id: json.loads(one.message) for one in world.claim("w")}
    assert messages[claimed.id]["count"] == 1
    assert sorted(one["count"] for one in messages.values()) == [1, 2]


@pytest.mark.parametrize("most", [3, 50], ids=["few at a time", "many at a time"])
def test_workers_at_once_carry_each_notification_once_and_send_each_carrier_whole(
    store: Store, url: str, most: int
) -> None:
    world = World(store, GROUPED)
    others = [World(Store(url), GROUPED, clock=world.clock) for _ in range(3)]
    for number in range(40):
        world.say(number, unit=f"u{number % 4}")
    sent: dict[str, dict[str, Any]] = {}

    def work(number: int) -> list[Claimed]:
        return [one for _ in range(10) for one in others[number].claim(f"w{number}", most)]

    with ThreadPoolExecutor(3) as pool:
        for _ in range(6):
            for claimed in pool.map(work, range(3)):
                for one in claimed:
                    assert one.id not in sent
                    sent[one.id] = json.loads(one.message)
            world.clock.move(timedelta(seconds=10))
            world.say(100 + len(sent), unit="u1")
    for other in others:
        other.store.close()
    items = [item["notification"] for message in sent.values() for item in message["items"]]
    assert len(items) == len(set(items)) >= 40
    for name, message in sent.items():
        assert {row["id"] for row in world.rows(carried_by=name)} == {one["notification"] for one in message["items"]}


def test_a_budget_holds_for_workers_at_once(store: Store, url: str) -> None:
    world = World(store, PLAIN, {"budget": 7})
    others = [World(Store(url), PLAIN, {"budget": 7}, world.clock) for _ in range(3)]
    for number in range(30):
        world.say(number)
    with ThreadPoolExecutor(3) as pool:
        claimed = list(pool.map(lambda one: [c for _ in range(8) for c in one.claim(str(id(one)), 4)], others))
    for other in others:
        other.store.close()
    assert sum(map(len, claimed)) == 7
    assert len(world.rows(kind="digest")) == 1
    assert len(world.rows(carried_by=world.rows(kind="digest")[0]["id"])) == 23
