"""Forgetting a customer: every column that held a trace is clean afterwards, in the tables and in the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.insights.asking import parse_asked
from engine.privacy.retention import Erasing
from engine.store.schema_base import metadata
from engine.store.store import Store
from engine.store.traces import TRACES, Trace
from tests.support.forgotten import NAME, WORD, Town, holding, texts_of

HOW = pytest.mark.parametrize("how", list(Erasing))
# Columns that are erased and can hold neither word in this world: numbers, hashes, and what only a running erasure has.
UNPLANTED = {"reading.embedding", "feedback.content_hash", "alert.evidence", "notification.gathers"}
UNPLANTED |= {"thanked.alert_id", "erasure.progress", "erasure.why"}


@pytest.fixture
def town(store: Store) -> Town:
    made = Town(store)
    made.fill()
    return made


def test_somebody_has_said_of_every_column_what_an_erasure_does_with_it() -> None:
    known = {f"{table}.{column}" for table, columns in TRACES.items() for column in columns}
    there = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in texts_of(table)}
    assert known == there


@HOW
def test_nothing_of_a_forgotten_customer_stands_in_any_column(town: Town, how: Erasing) -> None:
    erased = {
        f"{table}.{column}"
        for table, columns in TRACES.items()
        for column, trace in columns.items()
        if trace in (Trace.TAKEN, Trace.REWRITTEN)
    }
    before = holding(town.store, NAME, WORD)
    # The index of words is a table of each database's own kind.
    assert {one for one in before if not one.startswith("search_words")} == erased - UNPLANTED
    asked = parse_asked(town.program, {"words": WORD})
    assert town.store.search.page(asked).found
    receipt = town.forget(how)
    assert holding(town.store, NAME, WORD) == set()
    assert not town.store.search.page(asked).found
    assert receipt.finished_at is not None
    assert receipt.counts["feedback"] == 5
    assert NAME not in str(receipt.as_dict())


@HOW
def test_nothing_stands_in_the_files_of_the_database(town: Town, how: Erasing) -> None:
    path = Path(str(town.store.database.url.database))
    if town.store.database.dialect != "sqlite":
        pytest.skip("files of a server are not ours to read")
    raw = [NAME.encode(), WORD.encode(), NAME.casefold().encode()]
    assert any(one in path.read_bytes() + Path(f"{path}-wal").read_bytes() for one in raw)
    town.forget(how)
    files = [one for one in path.parent.iterdir() if one.is_file()]
    assert {one.name for one in files for needle in raw if needle in one.read_bytes()} == set()
