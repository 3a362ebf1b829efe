"""Counters in the store: complete whatever rules came and went meanwhile, and no longer than a span reaches."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.alerts.alert import AlertKind
from engine.pipeline import Engine
from engine.program import Program, RuleFile
from engine.rules.case import Case
from engine.rules.load import LoadedRules, load_rules
from engine.store import schema
from engine.store.alert_filter import AlertFilter
from engine.store.store import Store
from tests.engine.store.test_patterns import ATTRIBUTES, NEXT, engine_of, feedback_of, loaded, rule
from tests.support.clock import StillClock
from tests.support.keyword_reader import TAXONOMY, KeywordReader
from tests.support.words_reader import WordsReader

MANY = loaded(rule("many", "{intent: complaint, count: {at_least: 3, within: 1d}}"))
OTHER = loaded(rule("other", "{intent: praise}"))


class House:
    """One store, a clock, and feedback under numbers that go on."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = StillClock()
        self.number = 0

    def come(self, rules: LoadedRules | Engine, text: str = "bad", minutes: float = 1, **fields: object) -> list[str]:
        """Let time pass and one feedback come; return the rules that alert."""
        self.number += 1
        self.clock.move(timedelta(minutes=minutes))
        engine = rules if isinstance(rules, Engine) else engine_of(self.store, self.clock, rules)
        given = {**NEXT, "number": self.number, "text": text, **fields}
        (decision,) = engine.process([feedback_of(given, self.clock)], notify=True, revise=True)
        return [alert.rule for alert in decision.alerts]

    def signals(self, of: str = "many") -> Sequence[str]:
        return [alert.id for alert in self.store.alerts.page(AlertFilter(rule=of)).alerts]


@pytest.fixture
def house(store: Store) -> House:
    return House(store)


def test_a_rule_that_was_paused_counts_what_came_meanwhile(house: House) -> None:
    assert house.come(MANY) == []
    assert house.come(OTHER) == []
    assert house.come(OTHER) == []
    assert house.come(MANY) == ["many"]


def test_a_rule_that_was_paused_counts_a_revision_that_came_meanwhile_once(house: House) -> None:
    assert house.come(MANY) == []
    house.number -= 1
    house.come(OTHER, "bad. furious")
    assert house.come(MANY) == []
    assert house.come(MANY) == ["many"]


def test_a_rule_that_was_paused_counts_what_was_read_meanwhile(house: House) -> None:
    program = Program(attributes=ATTRIBUTES, degrade=True)
    reader = KeywordReader()

    def engine(text: str) -> Engine:
        files = (RuleFile("r.yaml", text),)
        rules = load_rules(Program(program.name, attributes=ATTRIBUTES, degrade=True, rule_files=files), TAXONOMY)
        assert not rules.errors
        return Engine(house.store, reader, rules, house.clock)

    many = rule("many", "{intent: complaint, count: {at_least: 3, within: 1d}}")
    other = rule("other", "{intent: praise}")
    reader.down = True
    assert house.come(engine(many)) == []
    assert house.come(engine(other)) == []
    reader.down = False
    assert engine(other).read_later() == 2
    assert house.come(engine(many)) == ["many"]


def test_a_signal_of_a_rule_that_was_paused_ends_and_a_new_one_opens(house: House) -> None:
    assert [house.come(MANY) for _ in range(3)] == [[], [], ["many"]]
    house.come(OTHER)
    house.come(OTHER, "great", minutes=60)
    (first,) = house.signals()
    assert house.store.alerts.one(first)[0].ended_at is not None
    assert [house.come(MANY, minutes=minutes) for minutes in (60 * 72, 1, 1)] == [[], [], ["many"]]


def test_two_processes_of_which_one_has_a_new_rule_lose_no_count(url: str) -> None:
    with closing(Store(url)) as store, closing(Store(url)) as behind:
        store.migrate()
        house = House(store)
        old, new = engine_of(behind, house.clock, OTHER), engine_of(store, house.clock, MANY)
        assert [house.come(engine) for engine in (old, new, old, new, old)] == [[], [], [], ["many"], []]


def test_a_process_that_looked_and_wrote_nothing_misses_no_signal(url: str) -> None:
    with closing(Store(url)) as store, closing(Store(url)) as behind:
        store.migrate()
        house = House(store)
        engine, other = engine_of(store, house.clock, MANY), engine_of(behind, house.clock, MANY)
        assert [house.come(one) for one in (other, engine, engine)] == [[], [], ["many"]]
        behind.records.commit_later([], house.clock.now(), other.phrases.case)
        assert [house.come(one) for one in (engine, other)] == [[], []]


def test_a_share_counts_all_feedback_that_came_before_beside_another_rule_of_its_groups(house: House) -> None:
    count = rule("many", "{intent: complaint, count: {at_least: 9, within: 1d, per: store}}")
    share = rule("share", "{intent: complaint, share: {at_least: 60%, volume: 3, within: 1d, per: store}}")
    assert [house.come(loaded(count), text) for text in ("great", "great", "great")] == [[], [], []]
    assert [house.come(loaded(f"{count}---\n{share}")) for _ in range(5)] == [[], [], [], [], ["share"]]


def test_old_counts_are_dropped_and_counted_again_for_a_longer_span(house: House) -> None:
    short = loaded(rule("many", "{intent: complaint, count: {at_least: 3, within: 1h}}"))
    engine = engine_of(house.store, house.clock, short)
    for _ in range(6):
        assert house.come(engine, minutes=60 * 24) == []
    with house.store.database.read() as connection:
        rows = connection.scalar(select(func.count()).select_from(schema.counted)) or 0
    assert 3 <= rows < 6
    longer = loaded(rule("many", "{intent: complaint, count: {at_least: 7, within: 9d}}"))
    assert house.come(longer) == ["many"]


def test_what_an_earlier_clock_that_was_wrong_wrote_stops_nothing(house: House) -> None:
    share = loaded(rule("share", "{intent: complaint, share: {at_least: 60%, volume: 3, within: 1h}}"))
    engine = engine_of(house.store, house.clock, share)
    house.clock.move(timedelta(days=365))
    house.come(engine)
    house.clock.move(timedelta(days=-365))
    for text in ("great", "great", "great"):
        house.come(engine, text)
    for text in ("bad", "bad", "bad"):
        assert house.come(engine, text, minutes=15) == []
    # The praise leaves the hour; nothing comes.
    house.clock.move(timedelta(minutes=16))
    assert [(signal.rule, signal.kind) for signal in engine.tick()] == [("share", AlertKind.SIGNAL)]


def test_a_rule_on_meaning_counts_what_came_before_it(house: House) -> None:
    reader = WordsReader()
    about = "{says: {about: parcel never arrived, at_least: 0.5}, count: {at_least: 3, within: 1d}}"

    def engine(text: str) -> Engine:
        return Engine(house.store, reader, loaded(text), house.clock)

    said = "my parcel never arrived"
    assert [house.come(engine(rule("other", "{intent: praise}")), said) for _ in range(2)] == [[], []]
    assert house.come(engine(rule("many", about)), said) == ["many"]


def test_a_commit_that_fails_beside_others_takes_nothing_from_them(house: House) -> None:
    at_least = 60
    many = loaded(rule("many", f"{{intent: complaint, count: {{at_least: {at_least}, within: 1d}}}}"))
    new = loaded(rule("new", "{intent: praise, count: {at_least: 2, within: 9h}}"))
    engine, done, failed = engine_of(house.store, house.clock, many), threading.Event(), []

    def explode(*_: object) -> Case:
        raise ZeroDivisionError

    def fail() -> None:
        while not done.is_set():
            try:
                house.store.records.tick(new, house.clock.now(), explode)
            except ZeroDivisionError:
                failed.append(True)

    opened = [house.come(engine)]
    thread = threading.Thread(target=fail)
    thread.start()
    opened += [house.come(engine) for _ in range(at_least)]
    done.set()
    thread.join()
    assert failed
    assert [place for place, rules in enumerate(opened, start=1) if rules] == [at_least]


SHARE = loaded(rule("share", "{intent: complaint, share: {at_least: 60%, volume: 3, within: 1h}}"))
SILENCE = loaded(rule("share", "{flatline: {within: 1h, against: 2, usual: 1}}"))


@pytest.mark.parametrize("rules", [pytest.param(SHARE, id="share"), pytest.param(SILENCE, id="flatline")])
@pytest.mark.parametrize(
    ("notify", "wait", "state", "why"),
    [
        pytest.param(True, timedelta(0), "pending", None, id="sent"),
        pytest.param(False, timedelta(0), "held", "notify_off", id="nobody asked for messages"),
        pytest.param(True, timedelta(days=4), "held", "stale", id="the ticker was down for days"),
    ],
)
def test_a_signal_that_time_opens_is_sent_as_the_feedback_behind_it(
    house: House, rules: LoadedRules, notify: bool, wait: timedelta, state: str, why: str | None
) -> None:
    engine = engine_of(house.store, house.clock, rules)
    texts = ["great"] * 147 + ["bad"] * 3
    given = [{**NEXT, "number": number, "text": text, "late": 150 - number} for number, text in enumerate(texts)]
    engine.process([feedback_of(one, house.clock) for one in given], notify=notify)
    house.clock.move(timedelta(hours=1, minutes=10) + wait)
    (signal,) = engine.tick()
    (message,) = house.store.alerts.notifications([signal.id])
    assert (message["state"], message["held_reason"]) == (state, why)
