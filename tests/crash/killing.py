"""Killing: at every named boundary, at random moments; and the end, when everything must be there."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterable
from contextlib import closing, nullcontext
from datetime import timedelta

from engine.store.store import Store
from tests.crash.audit import Audit, audit
from tests.crash.house import House, Service, wait_until

LONGEST_S = 0.6
NONE = timedelta(0)


def kill_at(house: House, boundary: str, times: int = 1, late: timedelta = NONE) -> None:
    """Start a service that dies at a boundary, post until it does, and say if it dies of anything else.

    Parameters
    ----------
    late
        Passes once something new is answered, so that what is not followed up is late. What the service before took
        and did not answer is posted again, and may have been late, and told of, there.
    """
    service, load = house.ready(house.start(f"{times}:{boundary}")), house.load
    made = load.made
    with house.posting(service) if service.base else nullcontext():
        wait_until(lambda: not service.lives or load.newest >= made, "something new is answered")
        house.pass_time(late)
        wait_until(lambda: not service.lives, f"it dies {boundary}")
    ended = house.bury(service)
    assert ended == -signal.SIGKILL, f"{boundary}: {ended}: {service.log.read_text()}"


def kill_at_every(house: House, boundaries: Iterable[str], late: timedelta = NONE) -> None:
    """Kill once at each, not always the first time where nothing is late."""
    for place, boundary in enumerate(boundaries):
        kill_at(house, boundary, 1 if late else 1 + place % 3, late)


def kill_at_random(house: House, kills: int, seed: int) -> None:
    """Kill at random moments after the first answer."""
    chance = random.Random(seed)
    for _ in range(kills):
        service = house.ready(house.start())
        before = len(house.load.acknowledged)
        with house.posting(service):
            wait_until(lambda before=before: len(house.load.acknowledged) > before, "something is answered", 0.001)  # type: ignore[misc]
            time.sleep(chance.uniform(0, LONGEST_S))
            service.kill()
        assert house.bury(service) == -signal.SIGKILL


def finish(house: House, running: Service | None = None) -> Audit:
    """Post what was never answered, deliver everything, end in good order, and audit.

    Parameters
    ----------
    running
        The service that does so; without one, it is started once more.
    """
    with closing(Store(house.url)) as store:
        service = running or house.ready(house.start())
        house.load.finish(service.base)
        house.drain(store)
        assert house.end(service) == 0, service.log.read_text()
        assert "Traceback" not in service.log.read_text()
        return audit(house, store)
