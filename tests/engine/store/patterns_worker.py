"""A process to be killed: commits feedback that patterns count, batch by batch, while a thread of it ticks."""

from __future__ import annotations

import random
import sys
import threading
import time
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from engine.intake import admit
from engine.pipeline import Engine
from engine.program import Program
from engine.rules.load import LoadedRules
from engine.store.store import Store
from tests.engine.store.test_patterns import ATTRIBUTES, loaded, rule
from tests.support.clock import NOON
from tests.support.keyword_reader import KeywordReader

BATCHES, SIZE = 30, 5
# A minute a second: what lasts minutes is seen within seconds.
FASTER = 60


def rules() -> LoadedRules:
    """Rules of every kind that remember."""
    cool = rule("cool", "{emotion: anger}", "{cooldown: {per: customer, for: 2m}}")
    windows = [
        rule("many", "{intent: complaint, count: {at_least: 6, within: 2m}}"),
        rule("store", "{intent: complaint, count: {at_least: 4, within: 3m, per: store}}", "{cooldown: 4m}"),
        rule("wide", "{intent: complaint, distinct: {what: customer, at_least: 4, within: 1m}}"),
        rule("share", "{intent: complaint, share: {at_least: 70%, volume: 4, within: 2m, per: store}}"),
        rule("spike", "{intent: complaint, spike: {within: 1m, against: 3, at_least: 3, p: 0.2}}"),
        rule("quiet", "{intent: praise, flatline: {within: 1m, against: 2, usual: 1, per: store}}"),
    ]
    return loaded("---\n".join([cool, *windows]))


class FastClock:
    """Tells a minute a second, and the same in every process.

    Parameters
    ----------
    began
        When it was noon, in seconds since 1970.
    """

    def __init__(self, began: float) -> None:
        self._began = began

    def now(self) -> datetime:
        """Return the moment."""
        return NOON + FASTER * timedelta(seconds=time.time() - self._began)


def record(worker: int, number: int, now: datetime) -> dict[str, Any]:
    """Return one record; some come late, and some are a revision of an earlier one."""
    chance = random.Random(f"{worker}-{number}")
    known = number - 7 if number % 9 == 8 else number
    return {
        "id": f"w{worker}-{known}",
        "text": chance.choice(["bad", "bad. furious", "great", "crash", "bad crash", "thanks"]),
        "customer": chance.choice("abcde"),
        "attributes": {"store": chance.choice(["Leeds", "York"])},
        "occurred_at": now - timedelta(seconds=chance.choice([0, 0, 10, 60, 200, 90_000])),
    }


def tick(engine: Engine, stop: threading.Event) -> None:
    """Tick until stopped."""
    while not stop.wait(0.1):
        engine.tick()


def main(url: str, began: str, worker: str, first: str) -> None:
    """Process every batch from one on, and say which is committed."""
    clock, stop = FastClock(float(began)), threading.Event()
    with closing(Store(url)) as store:
        store.migrate()
        engine = Engine(store, KeywordReader(), rules(), clock)
        thread = threading.Thread(target=tick, args=(engine, stop))
        thread.start()
        for batch in range(int(first), BATCHES):
            given = [record(int(worker), batch * SIZE + place, clock.now()) for place in range(SIZE)]
            feedback = {
                one.key: one for one in (admit(one, Program(attributes=ATTRIBUTES), clock.now()) for one in given)
            }
            engine.process(list(feedback.values()), revise=True, notify=True)
            print(batch, flush=True)
        stop.set()
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
