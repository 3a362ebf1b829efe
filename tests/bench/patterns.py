"""Conditions over time: what they cost a commit, a restart, late feedback, and a ticker that was away for a week."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psutil

from engine.intake import admit
from engine.pipeline import Engine
from engine.program import AttributeSpec, Program, RuleFile
from engine.rules.case import Case
from engine.rules.load import LoadedRules, load_rules
from engine.rules.replay import Replay
from engine.rules.rule import RuleStatus
from engine.rules.tallies import Counted, stamp
from engine.store.counters import Counters
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.keyword_reader import TAXONOMY, KeywordReader

BATCH, RECORDS = 50, 5_000
COUNTED = 1_000_000
STORES = 1_000
LATE = 50_000
ATTRIBUTES = {"store": AttributeSpec("store", "text")}
PROGRAM = Program(attributes=ATTRIBUTES)
WINDOWS = (
    "count: {{at_least: {at_least}, within: {days}d, per: customer}}",
    "count: {{at_least: {at_least}, within: {days}d, per: [store, channel]}}",
    "distinct: {{what: customer, at_least: {at_least}, within: {days}d, per: store}}",
    "share: {{at_least: 60%, volume: {at_least}, within: {days}d, per: store}}",
    "spike: {{within: {days}d, against: 7, per: store}}",
)

LATE_WINDOWS = {
    "count": "count: {at_least: 1000000, within: 1d}",
    "distinct": "distinct: {what: customer, at_least: 1000000, within: 1d}",
    "share": "share: {at_least: 100%, volume: 1000000, within: 1d}",
    "spike": "spike: {within: 6h, against: 2, at_least: 5, p: 1.0e-300}",
}


def loaded(rules: Sequence[str]) -> LoadedRules:
    """Return rules as if they were live, without examples."""
    found = load_rules(replace(PROGRAM, rule_files=(RuleFile("r.yaml", "---\n".join(rules)),)), TAXONOMY)
    if found.errors:
        raise SystemExit(str(found.errors[0]))
    return replace(found, rules=tuple(replace(rule, status=RuleStatus.LIVE) for rule in found.rules))


def shadow(slug: str, when: str, then: str = "{}") -> str:
    """Return a rule's text."""
    return f"rule: {slug}\nstatus: shadow\nwhen: {{intent: complaint, {when}}}\nthen: {then}\n"


def many_rules() -> LoadedRules:
    """Return 20 rules with windows and 5 with cooldowns."""
    windows = [
        shadow(f"window-{number}", WINDOWS[number % len(WINDOWS)].format(at_least=5 + number, days=1 + number // 5))
        for number in range(20)
    ]
    return loaded(
        windows
        + [shadow(f"cool-{n}", f"nps: {n}", f"{{cooldown: {{per: customer, for: {n + 1}d}}}}") for n in range(5)]
    )


def record(number: int, chance: random.Random, **fields: Any) -> dict[str, Any]:
    """Return a record of one of many customers and stores."""
    return {
        "id": f"f{number}",
        "text": chance.choice(["bad", "bad. furious", "great", "crash", "thanks"]),
        "customer": f"c{chance.randrange(20_000)}",
        "channel": chance.choice(["app", "web", "call"]),
        "scores": {"nps": chance.randrange(11)},
        "attributes": {"store": f"s{chance.randrange(STORES)}"},
    } | fields


def commits(rules: LoadedRules) -> float:
    """Return records a second through the engine, in batches, on SQLite."""
    chance, clock = random.Random(1), StillClock()
    with tempfile.TemporaryDirectory() as folder, closing(Store(f"sqlite:///{folder}/bench.db")) as store:
        store.migrate()
        engine = Engine(store, KeywordReader(), rules, clock)
        feedback = [admit(record(number, chance), PROGRAM, NOON) for number in range(RECORDS)]
        began = time.perf_counter()
        for start in range(0, RECORDS, BATCH):
            clock.move(timedelta(seconds=20))
            engine.process(feedback[start : start + BATCH], notify=True)
        return RECORDS / (time.perf_counter() - began)


def restart() -> tuple[float, float]:
    """Return the seconds and the memory, in MB, of the first commit over a million counts."""
    rules = loaded(
        [shadow("a", WINDOWS[0].format(at_least=99, days=7)), shadow("b", WINDOWS[2].format(at_least=99, days=7))]
    )
    chance, clock = random.Random(2), StillClock()
    names = list(rules.reach)
    with tempfile.TemporaryDirectory() as folder, closing(Store(f"sqlite:///{folder}/bench.db")) as store:
        store.migrate()
        engine = Engine(store, KeywordReader(), rules, clock)
        engine.process([admit(record(0, chance), PROGRAM, NOON)])
        _count(store, names, stamp(NOON), chance)
        store.close()
        before = psutil.Process().memory_info().rss
        engine = Engine(Store(store.database.url.render_as_string()), KeywordReader(), rules, clock)
        began = time.perf_counter()
        engine.process([admit(record(1, chance), PROGRAM, NOON)])
        taken = time.perf_counter() - began, (psutil.Process().memory_info().rss - before) / 1e6
        engine.store.close()
        return taken


def _count(store: Store, names: Sequence[str], now: int, chance: random.Random) -> None:
    """Write a million counts of the last seven days, as commits would have."""
    counters, each = Counters(store.database, store.versions), COUNTED // len(names)
    week = 7 * 24 * 3600 * 10**6
    with store.database.write() as connection:
        for start in range(0, each, 10_000):
            rows = [
                Counted(
                    name,
                    f"k{chance.randrange(20_000)}",
                    now - week + week * n // each,
                    n + 2,
                    f"c{chance.randrange(20_000)}",
                )
                for n in range(start, start + 10_000)
                for name in names
            ]
            counters.write(connection, rows)


def late(window: str) -> float:
    """Return the seconds for feedback of one span, which comes in any order after it."""
    replay, chance = Replay(loaded([shadow("late", window)])), random.Random(3)
    reader, moment = KeywordReader(), NOON + timedelta(days=1)
    places = list(range(LATE))
    chance.shuffle(places)
    feedback = [
        admit(record(place, chance, text="bad", occurred_at=NOON + timedelta(seconds=place)), PROGRAM, moment)
        for place in places
    ]
    cases = [
        Case(one, reading) for one, reading in zip(feedback, reader.read([f.parts for f in feedback]), strict=True)
    ]
    began = time.perf_counter()
    for start in range(0, LATE, BATCH):
        some = cases[start : start + BATCH]
        replay.take(some, [moment] * len(some))
    return time.perf_counter() - began


def catching_up() -> float:
    """Return the seconds of the first tick after a week, with a share an hour over a thousand stores."""
    rules = loaded([shadow("share", "share: {at_least: 60%, volume: 3, within: 1h, per: store}")])
    replay, reader, chance = Replay(rules), KeywordReader(), random.Random(4)
    for number in range(STORES * 10):
        given = record(number, chance, attributes={"store": f"s{number % STORES}"})
        feedback = admit(given, PROGRAM, NOON)
        replay.take([Case(feedback, reader.read([feedback.parts])[0])], [NOON + timedelta(seconds=number // 3)])
    began = time.perf_counter()
    replay.pass_time(NOON + timedelta(days=7))
    return time.perf_counter() - began


def measure() -> list[str]:
    """Return the lines of the report."""
    without, with_many = commits(loaded([shadow("plain", "nps: 0")])), commits(many_rules())
    seconds, memory = restart()
    spans = {name: late(window) for name, window in LATE_WINDOWS.items()}
    said = ", ".join(f"{name} {taken:,.1f} s" for name, taken in spans.items())
    rates = f"**{without:,.0f} records a second** with one rule, **{with_many:,.0f}** with 20 windows and 5 cooldowns"
    return [
        f"- `Engine.process` in batches of {BATCH} on SQLite, a keyword reader, {RECORDS:,} records: {rates}.",
        f"- The first commit after a restart with {COUNTED:,} counts in reach: **{seconds:,.1f} s**, {memory:,.0f} MB.",
        f"- {LATE:,} records of one span that come after it in any order: {said}.",
        f"- The first tick after a week, with a share an hour over {STORES:,} stores: **{catching_up():,.2f} s**.",
    ]


if __name__ == "__main__":
    print("\n".join(measure()))
