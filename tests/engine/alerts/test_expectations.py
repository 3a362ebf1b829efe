"""Silence where there should be sound: quiet sources and rules, failing receivers, each told once an episode."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.alerts.expectations import FAILING_FOR, FAILURES, Expectations, Expected
from engine.delivery.outbox import Outbox
from engine.delivery.schedule import wait_after
from engine.delivery.spec import ReceiverSpec
from engine.errors import DeliveryError
from engine.expect_loader import expectations_of
from engine.located import Findings, parse
from engine.program import Program
from engine.store.store import Store
from engine.time_limit import parse_limit
from tests.engine.delivery.test_outbox import opened, rows, told
from tests.support.clock import StillClock
from tests.support.engines import engine_on, feedback
from tests.support.receivers import HeldReceiver

HOUR = timedelta(hours=1)
WHERE = ("program.yaml", 3, 5)
PROGRAM = Program(
    expect=Expectations(
        feedback=(Expected("survey", parse_limit("2h"), None, WHERE),),
        alerts=(Expected("low-score", parse_limit("7d"), None, WHERE),),
    )
)
SOURCE_ONLY = replace(PROGRAM, expect=replace(PROGRAM.expect, alerts=()))


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


def hear(store: Store, clock: StillClock, number: int, source: str = "survey") -> None:
    engine_on(store, clock=clock).process([feedback(number, "hello", source=source)], notify=True)


def look(store: Store, clock: StillClock, program: Program = SOURCE_ONLY) -> list[str]:
    return [alert.rule for alert in store.watch.look(program, {"low-score"}, clock.now())]


def test_a_quiet_source_is_told_once_and_ends_when_it_is_heard(store: Store, clock: StillClock) -> None:
    assert look(store, clock) == []
    hear(store, clock, 1)
    clock.move(2 * HOUR - timedelta(seconds=1))
    assert look(store, clock) == []
    clock.move(timedelta(seconds=1))
    assert look(store, clock) == ["heedful-quiet-source"]
    clock.move(5 * HOUR)
    assert look(store, clock) == []
    (alert,) = told(store)
    assert alert.reasons == ("no feedback from survey since 2026-03-02 12:00 UTC, for 2h",)
    assert alert.title == "No feedback comes from survey"
    assert alert.receiver == "operators"
    assert {one["receiver"] for one in rows(store, alert_id=alert.id)} == {"operators"}
    hear(store, clock, 2)
    assert look(store, clock) == []
    (alert,) = told(store)
    assert (alert.state, alert.closed_at, alert.version) == ("resolved", clock.now(), 2)
    assert [one["kind"] for one in store.alerts.one(alert.id)[1]["events"]] == ["opened", "resolve"]
    clock.move(2 * HOUR)
    assert look(store, clock) == ["heedful-quiet-source"]
    assert len(told(store)) == 2


def test_a_source_that_never_sent_is_quiet_since_it_is_expected(store: Store, clock: StillClock) -> None:
    look(store, clock)
    hear(store, clock, 1, source="other")
    clock.move(2 * HOUR)
    assert look(store, clock) == ["heedful-quiet-source"]


def test_a_rule_that_raises_nothing_is_told(store: Store, clock: StillClock) -> None:
    program = replace(PROGRAM, expect=replace(PROGRAM.expect, feedback=()))
    hear(store, clock, 1)
    look(store, clock, program)
    clock.move(timedelta(days=7))
    assert look(store, clock, program) == ["heedful-quiet-rule"]
    # A rule that is paused is not expected to raise anything.
    assert store.watch.look(program, set(), clock.now()) == []
    assert told(store)[0].state == "resolved"


def test_clocks_that_jump_tell_nothing_twice(store: Store, clock: StillClock) -> None:
    hear(store, clock, 1)
    look(store, clock)
    clock.move(400 * 24 * HOUR)
    assert look(store, clock) == ["heedful-quiet-source"]
    clock.move(-400 * 24 * HOUR)
    for _ in range(3):
        assert look(store, clock) == []
        clock.move(3 * HOUR)
    assert len(told(store)) == 1
    hear(store, clock, 2)
    look(store, clock)
    assert told(store)[0].state == "resolved"
    clock.move(2 * HOUR)
    assert look(store, clock) == ["heedful-quiet-source"]


def test_a_jump_back_misses_no_silence(store: Store, clock: StillClock) -> None:
    clock.move(400 * 24 * HOUR)
    hear(store, clock, 1)
    look(store, clock)
    clock.move(-400 * 24 * HOUR)
    assert look(store, clock) == []
    clock.move(2 * HOUR)
    assert look(store, clock) == ["heedful-quiet-source"]


def failing(store: Store, clock: StillClock, problems: int, problem: DeliveryError) -> Outbox:
    """Return an outbox whose receiver has failed so often."""
    opened(store, clock, crm=1)
    crm = HeldReceiver([problem] * problems)
    outbox = Outbox(store.outbox, {"crm": crm, "operators": HeldReceiver()}, clock)
    for tries in range(1, problems + 1):
        outbox.run_once()
        clock.move(wait_after(crm.ids[0], tries))
    return outbox


def test_a_receiver_that_fails_is_told_until_it_takes_a_message_again(store: Store, clock: StillClock) -> None:
    program = Program(receivers={"crm": ReceiverSpec("crm", "log")})
    outbox = failing(store, clock, FAILURES, DeliveryError("answered 500"))
    assert clock.now() - store.receivers.all()["crm"].failing_since > FAILING_FOR  # type: ignore[operator]
    assert look(store, clock, program) == ["heedful-receiver-failing"]
    assert look(store, clock, program) == []
    outbox.run_once()
    look(store, clock, program)
    assert [alert.state for alert in told(store)] == ["resolved"]


def test_a_receiver_that_stopped_is_told_at_once(store: Store, clock: StillClock) -> None:
    program = Program(receivers={"crm": ReceiverSpec("crm", "log")})
    failing(store, clock, 1, DeliveryError("answered 410", permanent=True, gone=True))
    assert look(store, clock, program) == ["heedful-receiver-failing"]
    store.receivers.start("crm", clock.now())
    assert look(store, clock, program) == []
    assert told(store)[0].state == "resolved"


def loaded(text: str) -> tuple[Expectations, list[str]]:
    findings = Findings("program.yaml")
    (root,) = parse(text, findings)
    return expectations_of(root.get("expect"), findings), [str(one) for one in findings.found]


def test_expectations_are_read_with_their_places() -> None:
    text = "expect:\n  feedback: {web: 2h, shop: {within: 8bh, calendar: office}}\n  alerts: {low-score: 7d}\n"
    found, errors = loaded(text)
    assert errors == []
    assert [(one.subject, str(one.within), one.calendar) for one in found.feedback] == [
        ("web", "2h", None),
        ("shop", "8bh", "office"),
    ]
    assert found.alerts[0].where == ("program.yaml", 3, 12)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "expect: {feedbck: {web: 2h}}",
            "unknown kind of expectation 'feedbck'; did you mean 'feedback'?",
        ),
        ("expect: {feedback: {web: soon}}", "1:26: error: 'soon' is no time limit"),
        ("expect: {feedback: {web: 2}}", "1:26: error: 'web' needs a span: write a span such as 2h"),
        ("expect: {feedback: {'we b': 2h}}", "1:21: error: 'we b' cannot be a source"),
        ("expect: {alerts: {a: {withn: 2h}}}", "unknown setting of an expectation 'withn'; did you mean 'within'?"),
        ("expect: 2h", "expect must be a mapping"),
    ],
)
def test_what_is_wrong_with_expectations_is_told(text: str, error: str) -> None:
    _, errors = loaded(text)
    assert any(error in one for one in errors), errors


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ({"low-score": "live"}, []),
        ({"low-scor": "live"}, ["alerts are expected of 'low-score', which is no rule; did you mean 'low-scor'?"]),
        ({"low-score": "paused"}, ["alerts are expected of 'low-score', which is paused and raises none"]),
    ],
    ids=["live", "unknown", "paused"],
)
def test_rules_that_cannot_raise_are_warned_of(statuses: dict[str, str], said: list[str]) -> None:
    found = PROGRAM.expect.findings(statuses, ())
    assert [one.message for one in found] == said
    assert all((one.file, one.line, one.level) == ("program.yaml", 3, "warning") for one in found)
