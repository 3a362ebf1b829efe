"""The customers behind a problem, many of them: written row by row, in memory that does not grow with them."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import insert

from api.customers import pieces, spooled
from api.spreadsheet import cell
from engine.alerts.problem_intake import Setting, admit_problem
from engine.people import Directory
from engine.program import Program
from engine.store import schema
from engine.store.behind import BehindRow
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY

MANY = 100_000
CUSTOMERS = 40_000
MB = 1_000_000
SIGNAL = {
    "id": "al_signal",
    "fingerprint": "signal",
    "rule": "many-crashes",
    "rule_version": "1",
    "title": "Many crashes",
    "severity": "high",
    "kind": "signal",
    "state": "open",
    "source": "",
    "feedback_id": "",
    "sequence": 1,
    "opened_at": NOON,
    "reasons": "[]",
    "receiver": "operators",
}


def resident() -> int:
    """The memory that this process has, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def linked(store: Store, many: int) -> str:
    """Store a problem with a signal that much feedback stands behind."""
    problem, alerts = admit_problem(
        {"title": "Crashes", "alerts": ["al_signal"]}, "kim", Setting(NOON, Program(), TAXONOMY, Directory())
    )
    with store.database.write() as connection:
        for start in range(1, many + 1, 5_000):
            numbers = range(start, min(start + 5_000, many + 1))
            connection.execute(insert(schema.feedback), [_feedback(number) for number in numbers])
        connection.execute(insert(schema.alert), SIGNAL)
        links = [{"alert_id": "al_signal", "sequence": number} for number in range(1, many + 1)]
        connection.execute(insert(schema.alert_feedback), links)
    return store.problems.open(problem, alerts).id


def _feedback(number: int) -> dict[str, object]:
    moment = NOON - timedelta(seconds=number)
    return {
        "sequence": number,
        "source": "default",
        "id": f"f{number}",
        "revision": 1,
        "content_hash": "",
        "record": orjson.dumps({"scores": {"nps": number % 11}}).decode(),
        "received_at": moment,
        "occurred_at": moment,
        "customer": None if number % 5 == 0 else f"C-{number % CUSTOMERS}",
        "ordinal": 0,
        "unread": False,
        "notify": False,
    }


def test_a_hundred_thousand_are_written_in_little_memory(store: Store) -> None:
    problem = linked(store, MANY)
    before, peak = resident(), 0

    def watched() -> Iterator[BehindRow]:
        nonlocal peak
        for place, row in enumerate(store.problems.customers(problem)):
            if place % 1_000 == 0:
                peak = max(peak, resident())
            yield row

    file = spooled(watched(), problem, as_csv=True)
    assert peak - before < 50 * MB
    rows = list(csv.DictReader(io.TextIOWrapper(io.BytesIO(b"".join(pieces(file))), "utf-8", newline="")))
    with_customer = [row for row in rows if row["customer"]]
    assert len(with_customer) == len({row["customer"] for row in with_customer}) == CUSTOMERS * 4 // 5
    assert len(rows) - len(with_customer) == MANY // 5
    assert sum(int(row["feedback"]) for row in rows) == MANY
    assert with_customer == rows[: len(with_customer)]


def test_the_json_is_whole(store: Store) -> None:
    problem = linked(store, 1_200)
    found = orjson.loads(b"".join(pieces(spooled(store.problems.customers(problem), problem, as_csv=False))))
    assert found["problem"] == problem
    assert len(found["customers"]) == 1_200
    assert found["customers"][0]["alerts"] == [{"id": "al_signal", "state": "open"}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("Ann", "Ann"),
        (3, "3"),
        ("=1+1", "'=1+1"),
        ("+44 20", "'+44 20"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r\n=1", "'\r\n=1"),
        (" =1", "' =1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("\uff1d1", "'\uff1d1"),
        ("|cmd", "'|cmd"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(value: object, expected: str) -> None:
    assert cell(value) == expected
