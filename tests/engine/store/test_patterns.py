"""Patterns in the store: a restart loses no count, two processes agree, and a replay raises the same alerts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.alerts.alert import Alert
from engine.feedback import Feedback
from engine.intake import admit
from engine.pipeline import Engine
from engine.program import AttributeSpec, Program, RuleFile
from engine.rules.case import Case
from engine.rules.load import LoadedRules, load_rules
from engine.rules.replay import Replay
from engine.scope import Scope
from engine.store.alert_filter import AlertFilter
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.keyword_reader import TAXONOMY, KeywordReader

ATTRIBUTES = {"store": AttributeSpec("store", "text")}
EXAMPLES = "\n".join(
    ["examples:"]
    + [
        f"  {kind}:\n" + "\n".join(f"    - {{text: {kind} {one}}}" for one in range(3))
        for kind in ("fires", "stays_quiet")
    ]
)


def rule(slug: str, when: str, then: str = "{}", more: str = "") -> str:
    return f"rule: {slug}\nstatus: live\nwhen: {when}\nthen: {then}\n{more}{EXAMPLES}\n"


RULES = "---\n".join(
    [
        rule("many", "{intent: complaint, count: {at_least: 3, within: 1h}}"),
        rule("store", "{intent: complaint, count: {at_least: 2, within: 1h, per: store}}", "{cooldown: 3h}"),
        rule("wide", "{intent: complaint, distinct: {what: customer, at_least: 3, within: 2h}}"),
        rule("share", "{topic: digital, share: {at_least: 50%, volume: 4, within: 1h}}"),
        rule("spike", "{intent: complaint, spike: {within: 30m, against: 3, at_least: 3, p: 0.05}}"),
        rule("quiet", "{flatline: {within: 2h, against: 2, usual: 1, per: store}}"),
        rule("cool", "{emotion: anger}", "{cooldown: {per: customer, for: 2h}}", "if_unsure: review\n"),
        rule("plain", "{intent: complaint}", "{take: 50%}"),
    ]
)


def loaded(text: str = RULES) -> LoadedRules:
    rules = load_rules(Program(attributes=ATTRIBUTES, rule_files=(RuleFile("r.yaml", text),)), TAXONOMY)
    assert not rules.errors, [str(one) for one in rules.errors]
    return rules


@dataclass(frozen=True)
class Event:
    """Some feedback, committed at one moment."""

    wait: int
    records: Sequence[dict[str, Any]]


record = st.fixed_dictionaries(
    {
        "number": st.integers(0, 25),
        "text": st.sampled_from(["bad", "bad. furious", "maybe furious", "great", "crash", "bad crash", "", "thanks"]),
        "store": st.sampled_from(["Leeds", "York", None]),
        "customer": st.sampled_from(["a", "b", "c", None]),
        "late": st.sampled_from([0, 0, 0, 5, 40, 90, 60 * 25, 60 * 30]),
    }
)
events = st.lists(
    st.builds(Event, st.integers(0, 70), st.lists(record, min_size=1, max_size=5)), min_size=1, max_size=14
)


def engine_of(store: Store, clock: StillClock, rules: LoadedRules | None = None) -> Engine:
    return Engine(store, KeywordReader(), rules or loaded(), clock)


def feedback_of(drawn: dict[str, Any], clock: StillClock) -> Feedback:
    given_record = {
        "id": f"f{drawn['number']}",
        "text": drawn["text"],
        "customer": drawn["customer"],
        "attributes": {"store": drawn["store"]},
        "occurred_at": clock.now() - timedelta(minutes=drawn["late"]),
    }
    return admit(given_record, Program(attributes=ATTRIBUTES), clock.now())


def played(engines: Sequence[Engine], clock: StillClock, script: Sequence[Event]) -> None:
    """Process events through engines in turn; the ticker runs between some of them."""
    for place, event in enumerate(script):
        clock.move(timedelta(minutes=event.wait))
        engine = engines[place % len(engines)]
        if place % 3 == 0:
            engine.tick()
        batch = {one.key: one for one in (feedback_of(drawn, clock) for drawn in event.records)}
        engine.process(list(batch.values()), revise=True, notify=True)


def told(alert: Alert) -> tuple[object, ...]:
    return (alert.id, alert.kind, alert.opened_at, alert.reasons, alert.key, alert.started_at, alert.source)


def alerts_of(store: Store) -> list[tuple[object, ...]]:
    return sorted((told(alert) for alert in store.alerts.page(AlertFilter(), limit=1000).alerts), key=repr)


def replayed(store: Store, rules: LoadedRules, until: Any) -> tuple[list[tuple[object, ...]], list[object]]:
    replay, alerts, held = Replay(rules), [], []
    for stored in store.records.at(list(range(1, store.records.count() + 1))):
        (outcome,) = replay.take([Case(stored.feedback, stored.decision.reading)], [stored.received_at])
        alerts += outcome.alerts
        held.append(tuple(one for one in outcome.held_back))
    alerts += replay.pass_time(until)
    return sorted(map(told, alerts), key=repr), held


@pytest.mark.parametrize("processes", [pytest.param(1, id="one process"), pytest.param(2, id="two processes")])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=events)
def test_a_replay_raises_what_live_raised(processes: int, script: list[Event], tmp_path_factory: Any) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('patterns') / 'store.db'}"
    clock = StillClock()
    with closing(Store(url)) as store, closing(Store(url)) as other:
        store.migrate()
        played([engine_of(one, clock) for one in (store, other)[:processes]], clock, script)
        clock.move(timedelta(hours=5))
        engine_of(store, clock).tick()
        alerts, held = replayed(store, loaded(), clock.now())
        assert alerts_of(store) == alerts
        kept = [stored.decision.held_back for stored in store.records.at(list(range(1, store.records.count() + 1)))]
        assert [tuple(h for h in one if h.reason not in ("stale", "notify_off")) for one in kept] == held


def script_of(*texts: str, wait: int = 1) -> list[Event]:
    drawn = {"store": "Leeds", "customer": "a", "late": 0}
    return [Event(wait, [{"number": place, "text": text, **drawn}]) for place, text in enumerate(texts)]


def test_a_restart_loses_no_count(url: str) -> None:
    clock = StillClock()
    for event in script_of("bad", "bad", "bad"):
        with closing(Store(url)) as store:
            store.migrate()
            clock.move(timedelta(minutes=1))
            engine_of(store, clock).process([feedback_of(event.records[0], clock)])
    with closing(Store(url)) as store:
        signals = store.alerts.page(AlertFilter(rule="many")).alerts
        assert [signal.feedback_id for signal in signals] == ["f2"]
        _, more = store.alerts.one(signals[0].id)
        assert [one["id"] for one in more["feedback"]] == ["f2", "f1", "f0"]


def test_two_processes_count_together(url: str) -> None:
    clock = StillClock()
    with closing(Store(url)) as store, closing(Store(url)) as other:
        store.migrate()
        played([engine_of(store, clock), engine_of(other, clock)], clock, script_of("bad", "bad", "bad", "bad"))
        assert len(store.alerts.page(AlertFilter(rule="many")).alerts) == 1
        assert len(store.alerts.page(AlertFilter(rule="store")).alerts) == 1


def test_a_new_rule_counts_what_came_before_it(store: Store) -> None:
    clock = StillClock()
    engine_of(store, clock, loaded(rule("plain", "{intent: praise}"))).process(
        [feedback_of(event.records[0], clock) for event in script_of("bad", "bad")]
    )
    late = script_of("great", "great", "bad")[2]
    (decision,) = engine_of(store, clock).process([feedback_of(late.records[0], clock)])
    assert "many" in [alert.rule for alert in decision.alerts]


def test_a_longer_span_of_the_same_counter_looks_further_back(store: Store) -> None:
    clock = StillClock()
    short = loaded(rule("many", "{intent: complaint, count: {at_least: 9, within: 1h}}"))
    played([engine_of(store, clock, short)], clock, script_of("bad", "bad", wait=60 * 30))
    longer = loaded(rule("many", "{intent: complaint, count: {at_least: 3, within: 3d}}"))
    clock.move(timedelta(hours=3))
    (decision,) = engine_of(store, clock, longer).process([feedback_of({**NEXT, "text": "bad"}, clock)])
    assert [alert.rule for alert in decision.alerts] == ["many"]


NEXT = {"number": 99, "store": "Leeds", "customer": "a", "late": 0}


def test_what_a_window_held_is_told_later(store: Store) -> None:
    clock = StillClock()
    engine = engine_of(store, clock)
    played([engine], clock, script_of("bad", "bad", "bad"))
    (told_of,) = [one for one in engine.explain("default", "f1").as_dict()["rules"] if one["rule"] == "many"]
    assert told_of["truth"] == "no"
    assert told_of["trace"]["children"][1]["found"] == "2"
    (told_of,) = [one for one in engine.explain("default", "f2").as_dict()["rules"] if one["rule"] == "many"]
    assert told_of["outcome"].startswith("opened al_")


def test_a_signal_of_all_units_is_not_shown_to_one_unit(store: Store) -> None:
    clock = StillClock()
    played([engine_of(store, clock)], clock, script_of("bad", "bad", "bad"))
    assert store.alerts.page(AlertFilter(rule="many"), scope=Scope("emea")).alerts == ()


def test_a_commit_that_fails_counts_nothing(store: Store) -> None:
    clock = StillClock()
    engine = engine_of(store, clock)
    played([engine], clock, script_of("bad", "bad"))

    class BrokenError(Exception):
        pass

    def explode(*_: object) -> Case:
        raise BrokenError

    with pytest.raises(BrokenError):
        store.records.tick(loaded(rule("new", "{intent: praise, count: {at_least: 2, within: 9h}}")), NOON, explode)
    clock.move(timedelta(minutes=1))
    (decision,) = engine.process([feedback_of({**NEXT, "text": "bad"}, clock)])
    assert "many" in [alert.rule for alert in decision.alerts]


def test_moments_never_go_back_when_a_clock_does(store: Store) -> None:
    clock = StillClock()
    engine = engine_of(store, clock)
    engine.process([feedback_of({**NEXT, "text": "bad"}, clock)])
    clock.move(timedelta(minutes=-2))
    engine.process([feedback_of({**NEXT, "number": 100, "text": "bad"}, clock)])
    assert [one.received_at for one in store.records.at([1, 2])] == [NOON, NOON]
