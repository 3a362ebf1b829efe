"""The journal, the pile and the sheet: what the labelling screen stands on, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from api.console.labelling.journal import Journal, LabellingError
from api.console.labelling.pile import LEASE_S, Pile
from api.console.labelling.sheet import Sheet, sheet_of
from engine.ports import SystemClock
from engine.privacy.erasing_intake import Wish
from engine.privacy.retention import Erasing
from engine.scope import EVERYTHING
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.engines import engine_on, feedback
from tests.support.keyword_reader import TAXONOMY
from training.datasets import versions
from training.review import ReviewRow, choose
from training.sources import StoreSource

NOW = "2026-03-02T12:00:00+00:00"


@pytest.fixture
def rows(store: Store) -> list[ReviewRow]:
    """Two records: one of two sentences, one of one."""
    engine_on(store).process(
        [feedback(1, "maybe the menu. thanks", customer="c1"), feedback(2, "maybe a crash", customer="c2")]
    )
    return sorted(choose(StoreSource(store, TAXONOMY), 5), key=lambda row: row.key)


@pytest.fixture
def pile(store: Store, rows: list[ReviewRow], tmp_path: Path) -> Iterator[tuple[Pile, SimpleNamespace]]:
    """A pile over the records, with a clock that is set by hand."""
    time = SimpleNamespace(now=0.0)
    engine, settings = SimpleNamespace(clock=SystemClock()), SimpleNamespace(labelled=tmp_path / "labelled")
    service: Any = SimpleNamespace(store=store, settings=settings, engine=engine)
    return Pile(service, lambda: time.now), time


def test_a_sheet_is_answered_taken_back_and_opened_again_as_it_was(rows: list[ReviewRow]) -> None:
    sheet = Sheet(rows[0], TAXONOMY.columns)
    assert sheet.chosen == set()
    assert sheet.near() == [("topic", "digital/ease-of-use")]
    sheet.toggle(("intent", "complaint"))
    assert not sheet.keep()
    assert sheet.chosen == {("emotion", "joy/gratitude")}
    # What was chosen before is near, after what the model suggests.
    assert sheet.near() == [("emotion", "joy/gratitude"), ("intent", "complaint")]
    assert sheet.back()
    assert sheet.chosen == {("intent", "complaint")}
    assert not sheet.back()
    assert not sheet.skip()
    assert sheet.keep(nothing=True)
    assert sheet.judged
    saved = sheet.as_dict()
    assert [sorted(one) for one in saved["sentences"]] == [["text"], ["emotion", "intent", "text", "topic"]]
    again = sheet_of(saved, TAXONOMY.columns)
    assert again.as_dict() == saved
    assert again.at == 1
    assert again.chosen == set()


def test_answers_are_kept_taken_back_and_imported_once(rows: list[ReviewRow], tmp_path: Path) -> None:
    journal = Journal(tmp_path, "kim@example.com")
    with pytest.raises(LabellingError):
        journal.make_version(TAXONOMY, NOW)
    for row in rows:
        sheet = Sheet(row, TAXONOMY.columns)
        while not sheet.keep():
            pass
        journal.add(sheet.as_dict())
    assert (taken := journal.take_back()) is not None
    assert taken["id"] == "f2"
    # Another process of the same person goes on where this one was.
    made = Journal(tmp_path, "kim@example.com").make_version(TAXONOMY, NOW)
    assert made.outcome.written
    assert made.shown == 6
    assert made.changed == 0
    assert versions(tmp_path)[-1].manifest["created_by"] == "kim@example.com"
    assert journal.rows() == []
    assert journal.take_back() is None


def test_a_record_is_one_persons_until_it_is_given_back_or_the_lease_ends(pile: tuple[Pile, SimpleNamespace]) -> None:
    found, time = pile
    first, second = found.next("kim", "a", EVERYTHING), found.next("lee", "b", EVERYTHING)
    assert first is not None
    assert second is not None
    assert first.key != second.key
    # A second page of the same person is another table.
    assert found.next("kim", "c", EVERYTHING) is None
    found.leave("a")
    assert (third := found.next("kim", "c", EVERYTHING)) is not None
    assert third.key == first.key
    with pytest.raises(LabellingError, match="somebody else"):
        found.hold(first.key, "kim", "a")
    time.now = LEASE_S + 1
    fourth = found.next("pat", "d", EVERYTHING)
    assert fourth is not None
    with pytest.raises(LabellingError):
        found.hold(fourth.key, "kim", "c")


def test_what_is_erased_is_picked_no_more_and_answered_no_more(
    pile: tuple[Pile, SimpleNamespace], store: Store
) -> None:
    found, _ = pile
    first = found.next("kim", "a", EVERYTHING)
    assert first is not None
    assert found.is_there(first)
    stored = store.records.find([first.key[:2]])[first.key[:2]]
    wish = Wish(str(stored.feedback.customer), Erasing.ANONYMISE, "kim")
    store.erasures.run(store.erasures.begin(wish, NOON).id, "here", StillClock(), rest=lambda _: None)
    assert not found.is_there(first)
    for page in ("a", "b"):
        other = found.next("kim", page, EVERYTHING)
        assert other is None or other.key != first.key


def test_what_is_answered_or_skipped_is_not_given_again(
    pile: tuple[Pile, SimpleNamespace], rows: list[ReviewRow]
) -> None:
    found, _ = pile
    found.skip(rows[0].key, "kim")
    journal = found.journal("lee")
    sheet = Sheet(rows[1], TAXONOMY.columns)
    assert sheet.keep()
    journal.add(sheet.as_dict())
    assert found.next("kim", "a", EVERYTHING) is None
    assert (row := found.next("lee", "b", EVERYTHING)) is not None
    assert row.key == rows[0].key
