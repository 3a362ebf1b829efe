"""Escalation: each step once, only while an alert is late, to the people it names."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.alerts.attempt import AttemptOutcome, Channel
from engine.alerts.changes import Action, By, Change
from engine.alerts.system import SystemRule
from engine.people import Person
from engine.pipeline import Engine
from engine.program import Program, ReceiverSpec, RuleFile
from engine.rules.load import load_rules
from engine.store import schema_delivery
from engine.store.store import Store
from engine.store.system_alerts import tell
from engine.targets import Clock, Step, Targets
from engine.time_limit import parse_limit
from tests.support.clock import StillClock
from tests.support.engines import feedback
from tests.support.keyword_reader import TAXONOMY, KeywordReader

HOUR = timedelta(hours=1)
RULE = """
rule: furious
status: live
when: {emotion: anger}
then: THEN
examples:
  fires: [{text: furious, nps: 1}, {text: furious, nps: 2}, {text: furious, nps: 3}]
  stays_quiet: [{text: hello}, {text: fine, nps: 9}, {text: thanks, nps: 1}]
"""
PEOPLE = (
    Person("ann", "Ann", manager="mia", units=("emea/uk",), teams=("care",), contacts=(("mail", "ann@x"),)),
    Person("mia", "Mia", units=("emea",), leads=("emea",), contacts=(("mail", "mia@x"),)),
    Person("bo", "Bo", manager="mia", teams=("care",), contacts=(("mail", "bo@x"),)),
)
RECEIVERS = {name: ReceiverSpec(name, "log") for name in ("operators", "mail", "board")}


def step(to: str | tuple[str, ...], after: str | None = None, clock: Clock = Clock.FOLLOW_UP) -> Step:
    return Step(clock, (to,) if isinstance(to, str) else to, parse_limit(after) if after else None)


STEPS = (step("manager_of: holder", "25h"), step("lead_of: unit", "48h"), step("board", None, Clock.CLOSE))


def engine_on(store: Store, clock: StillClock, then: str = "{send_to: operators}", steps: Any = STEPS) -> Engine:
    program = Program(
        rule_files=(RuleFile("rules.yaml", RULE.replace("THEN", then)),),
        receivers=RECEIVERS,
        targets=Targets(steps=steps),
    )
    loaded = load_rules(program, TAXONOMY)
    assert not loaded.errors
    return Engine(store, KeywordReader(), loaded, clock)


def told(store: Store) -> list[tuple[str, str | None]]:
    """Return who was told that something is late, in the order of the messages."""
    table = schema_delivery.notification
    query = select(table).where(table.c.kind == "escalated").order_by(table.c.created_at, table.c.id)
    with store.database.read() as connection:
        return [(row["recipient"], row["address"]) for row in connection.execute(query).mappings()]


def alert_of(engine: Engine, notify: bool = True, **fields: Any) -> str:
    record = {"unit": "emea/uk", "text": "furious"} | fields
    decision = engine.process([feedback(1, **record)], notify=notify)[0]
    return decision.alerts[0].id


def change(store: Store, clock: StillClock, alert: str, action: Action, **fields: Any) -> None:
    store.changes.apply(Change(action, **fields), {alert: None}, By("ann"), clock.now())


def assigned(store: Store, clock: StillClock, alert: str, holder: str) -> None:
    change(store, clock, alert, Action.ASSIGN, holder=holder)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def engine(store: Store, clock: StillClock) -> Engine:
    store.people.bring(PEOPLE, clock.now())
    return engine_on(store, clock)


def test_steps_are_taken_one_after_the_other_and_each_once(engine: Engine, clock: StillClock) -> None:
    alert = alert_of(engine)
    assigned(engine.store, clock, alert, "ann")
    seen = []
    for _ in range(120):
        clock.move(HOUR)
        taken = engine.escalate()
        if taken:
            seen.append((clock.now() - StillClock().now()) // HOUR)
    # After 25 and 48 hours; and when it should have been closed, after 4 days.
    assert seen == [25, 48, 96]
    assert told(engine.store) == [("mia", "mia@x"), ("mia", "mia@x"), ("board", None)]


def test_a_step_is_never_taken_before_the_alert_is_late(store: Store, clock: StillClock) -> None:
    engine = engine_on(store, clock, "{follow_up_within: 3d}", (step("board", "1h"),))
    alert_of(engine)
    clock.move(72 * HOUR - timedelta(seconds=1))
    assert engine.escalate() == 0
    clock.move(timedelta(seconds=1))
    assert engine.escalate() == 1


@pytest.mark.parametrize(
    ("action", "fields", "left"),
    [
        pytest.param(
            Action.ATTEMPT,
            {"channel": Channel.PHONE, "outcome": AttemptOutcome.REACHED},
            ["board"],
            id="an attempt stops the first clock",
        ),
        pytest.param(Action.RESOLVE, {}, [], id="a resolve stops both"),
        pytest.param(Action.DISMISS, {"note": "spam"}, [], id="a dismissal stops both"),
        pytest.param(Action.ACKNOWLEDGE, {}, ["mia", "board"], id="an acknowledgement stops nothing"),
    ],
)
def test_what_stops_an_escalation(
    engine: Engine, clock: StillClock, action: Action, fields: Mapping[str, Any], left: list[str]
) -> None:
    alert = alert_of(engine, unit="emea/uk")
    change(engine.store, clock, alert, action, **fields)
    for _ in range(5):
        clock.move(24 * HOUR)
        engine.escalate()
    assert [name for name, _ in told(engine.store)] == left


def test_a_late_start_takes_all_missed_steps_at_once_with_one_message_a_target(
    engine: Engine, clock: StillClock
) -> None:
    alert = alert_of(engine)
    assigned(engine.store, clock, alert, "ann")
    clock.move(200 * HOUR)
    assert engine.escalate() == 3
    assert sorted(told(engine.store)) == [("board", None), ("mia", "mia@x")]
    assert engine.escalate() == 0
    events = [one for one in engine.store.alerts.one(alert)[1]["events"] if one["kind"] == "escalated"]
    assert len(events) == 1
    assert "not followed up by 2026-03-03 12:00 UTC, 7d 8h ago" in events[0]["why"]


def test_reopened_after_it_should_have_been_closed_it_escalates_soon(engine: Engine, clock: StillClock) -> None:
    alert = alert_of(engine)
    change(engine.store, clock, alert, Action.RESOLVE)
    clock.move(200 * HOUR)
    assert engine.escalate() == 0
    change(engine.store, clock, alert, Action.REOPEN, note="again")
    assert engine.escalate() == 3


def test_nobody_is_told_that_what_the_service_tells_of_itself_is_late(engine: Engine, clock: StillClock) -> None:
    with engine.store.database.write() as connection:
        alert = tell(connection, SystemRule.QUIET_SOURCE, "survey", "no feedback from survey", clock.now())
    assert alert is not None
    change(engine.store, clock, alert.id, Action.RESOLVE)
    clock.move(200 * HOUR)
    change(engine.store, clock, alert.id, Action.REOPEN)
    assert engine.escalate() == 0


def test_a_clock_that_jumps_back_does_nothing_twice(engine: Engine, clock: StillClock) -> None:
    alert_of(engine)
    clock.move(30 * HOUR)
    assert engine.escalate() == 1
    clock.move(-29 * HOUR)
    assert engine.escalate() == 0
    clock.move(30 * HOUR)
    assert engine.escalate() == 0
    clock.move(30 * HOUR)
    assert engine.escalate() == 1


@pytest.mark.parametrize(
    ("to", "names"),
    [
        pytest.param("ann", ["ann"], id="a person"),
        pytest.param("care", ["ann", "bo"], id="a team, each member"),
        pytest.param("board", ["board"], id="a receiver"),
        pytest.param("manager_of: holder", ["mia"], id="the holder's manager"),
        pytest.param("manager_of: employee", ["mia"], id="the employee's manager"),
        pytest.param("lead_of: unit", ["mia"], id="the lead of a unit above"),
        pytest.param("holder", ["ann"], id="the holder"),
        pytest.param("nobody", ["operators"], id="a name that nobody has"),
        pytest.param(("ann", "holder", "board"), ["ann", "board"], id="each once"),
    ],
)
def test_whom_a_step_tells(store: Store, clock: StillClock, to: str | tuple[str, ...], names: list[str]) -> None:
    store.people.bring(PEOPLE, clock.now())
    engine = engine_on(store, clock, steps=(step(to),))
    alert = alert_of(engine, employee="bo")
    assigned(store, clock, alert, "ann")
    clock.move(25 * HOUR)
    assert engine.escalate() == 1
    assert [name for name, _ in told(store)] == names


@pytest.mark.parametrize(
    ("then", "steps"),
    [
        pytest.param("{escalate: []}", 0, id="a rule without steps"),
        pytest.param("{escalate: [{to: ann}, {to: board, after: 30h}]}", 2, id="a rule's own"),
        pytest.param("{escalate: [{to: board, clock: close, after: 8d}]}", 0, id="not due yet"),
        pytest.param("{severity: low}", 3, id="the program's"),
    ],
)
def test_a_rule_s_own_steps_take_the_place_of_the_program_s(
    store: Store, clock: StillClock, then: str, steps: int
) -> None:
    engine = engine_on(store, clock, then)
    alert_of(engine)
    clock.move(100 * HOUR)
    assert engine.escalate() == steps


def test_of_what_nobody_was_told_nobody_is_told_that_it_is_late(engine: Engine, clock: StillClock) -> None:
    alert_of(engine, notify=False)
    clock.move(200 * HOUR)
    assert engine.escalate() == 0
    assert told(engine.store) == []


def test_of_more_than_fit_into_one_transaction_all_are_taken(engine: Engine, clock: StillClock) -> None:
    engine.process([feedback(number, "furious") for number in range(450)], notify=True)
    clock.move(26 * HOUR)
    assert engine.escalate() == 450
    assert engine.escalate() == 0


def test_several_processes_share_the_work_and_double_nothing(url: str, clock: StillClock) -> None:
    stores = [Store(url) for _ in range(4)]
    stores[0].migrate()
    engine_on(stores[0], clock).process([feedback(number, "furious") for number in range(300)], notify=True)
    clock.move(26 * HOUR)
    taken: list[int] = []
    threads = [
        threading.Thread(target=lambda one=one: taken.append(engine_on(one, clock).escalate())) for one in stores
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 300
    assert len(told(stores[0])) == 300
    for one in stores:
        one.close()


def test_an_alert_of_before_there_were_steps_is_left_alone(store: Store, clock: StillClock) -> None:
    without = engine_on(store, clock, steps=())
    alert_of(without)
    clock.move(50 * HOUR)
    without.use(replace(without.rules, program=replace(without.program, targets=Targets(steps=STEPS))))
    assert without.escalate() == 0
