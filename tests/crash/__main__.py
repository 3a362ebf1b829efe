"""Kill the service hundreds of times on each store and write docs/reliability.md: `make soak`."""

from __future__ import annotations

import argparse
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.bench.machine import described
from tests.crash.audit import Audit
from tests.crash.boundaries import BOUNDARIES, MORE
from tests.crash.house import house
from tests.crash.killing import NONE, finish, kill_at, kill_at_random
from tests.crash.nursery import ROOT, Nursery
from tests.crash.programs import PLAIN, WHOLE
from tests.crash.receiver import receiving
from tests.support.databases import POSTGRES

REPORT = ROOT / "docs" / "reliability.md"
KILLS = 300
# So many in a house, so that its audit stays quick.
ROUND = 22
# What each round's service is set up with, the moments it is killed at, and the span that passes under load.
ROUNDS = ((PLAIN, list(BOUNDARIES), NONE), (WHOLE, list(MORE), timedelta(hours=3)))
INTRODUCTION = """# Reliability

Written by `make soak`: the service, in a process of its own, is killed with SIGKILL while senders post to it and a
receiver takes its messages, started again, and in the end audited. Half of the kills come at named moments, which
the list below has, in turn; the others at random. `make test` does the same with fewer kills.

What is promised, and what the audit looks at:

- feedback acknowledged = feedback stored = decisions, and each sender got the decision that is stored;
- each feedback raised exactly the alerts that its rules say, each opened once; its version counts its events;
- versions, events and every count agree, on SQLite the file too; whatever does not is counted as a loss below;
- each notification reached the receiver, and what reached the receiver is on record; what came twice (a kill after a
  send, before its record) came with the same message id.
"""


@dataclass
class Total:
    """What all rounds on one store came to."""

    store: str
    seconds: float = 0.0
    kills: int = 0
    records: int = 0
    alerts: int = 0
    notifications: int = 0
    duplicates: int = 0
    losses: int = 0

    def add(self, found: Audit) -> None:
        """Count a round in."""
        self.kills += found.kills
        self.records += found.records
        self.alerts += found.alerts
        self.notifications += found.notifications
        self.duplicates += found.duplicates
        self.losses += len(found.wrong)


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """A database of a round's own."""
    if kind == "SQLite":
        yield f"sqlite:///{folder / 'store.db'}"
        return
    name = f"heedful_soak_{uuid.uuid4().hex[:12]}"
    server = create_engine(str(POSTGRES), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(str(POSTGRES)).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def soak(kind: str, kills: int, nursery: Nursery) -> Total:
    """Kill on one kind of store, in rounds."""
    total, began = Total(kind), time.monotonic()
    for first in range(0, kills, ROUND):
        some = min(ROUND, kills - first)
        setup, names, late = ROUNDS[first // ROUND % len(ROUNDS)]
        with tempfile.TemporaryDirectory() as place, receiving() as receiver:
            folder = Path(place)
            with database(kind, folder) as url, house(url, folder, nursery, receiver, setup) as home:
                for number in range(some // 2):
                    kill_at(home, names[number % len(names)], 1 if late else 1 + number % 5, late)
                kill_at_random(home, some - some // 2, seed=first)
                found = finish(home)
        total.add(found)
        print(f"{kind}: {total.kills} kills", *found.wrong[:20], sep="\n  ", flush=True)
    total.seconds = time.monotonic() - began
    return total


def report(totals: list[Total]) -> str:
    """Return the page."""
    rows = [
        f"| {one.store} | {one.kills:,} | {one.records:,} | {one.alerts:,} | {one.notifications:,} | "
        f"{one.duplicates:,} | **{one.losses:,}** | {one.seconds / 60:,.0f} min |"
        for one in totals
    ]
    return "\n".join(
        [
            INTRODUCTION,
            f"Machine: {described()}.",
            "",
            "| store | kills | feedback | alerts | notifications | came again, same id | losses | took |",
            "|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            "The named moments: " + "; ".join(BOUNDARIES | MORE) + ".",
            "",
        ]
    )


def main() -> int:
    """Soak every store there is, write the report, and return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS, help="kills a store")
    kills = parser.parse_args().kills
    kinds = ["SQLite", "PostgreSQL"]
    if not POSTGRES:
        print("HEEDFUL_TEST_POSTGRES is not set: PostgreSQL is LEFT OUT", flush=True)
        kinds.remove("PostgreSQL")
    nursery = Nursery()
    totals = [soak(kind, kills, nursery) for kind in kinds]
    nursery.close()
    REPORT.write_text(report(totals))
    return int(any(one.losses for one in totals))


if __name__ == "__main__":
    raise SystemExit(main())
