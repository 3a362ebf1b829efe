"""Review: what is sent to be labelled, from the store on both databases and from files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.alerts.verdict import Verdict, VerdictKind
from engine.feedback import Feedback
from engine.intake import admit
from engine.program import Program
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.engines import engine_on, feedback
from tests.support.keyword_reader import TAXONOMY, KeywordReader
from training.review import MOST_SENTENCES, ReviewRow, choose
from training.sources import FileSource, StoreSource

TEXTS = [f"maybe leaving number {number}. The menu is bad {number}" for number in range(30)]


@pytest.fixture
def filled(store: Store) -> Store:
    """Thirty doubtful records, and five with alerts: one repeats another's words, one has no verdict."""
    engine = engine_on(store)
    engine.process([feedback(number, text, scores={}) for number, text in enumerate(TEXTS)])
    said = ["I am furious.", "So furious!", "so  FURIOUS", "leaving now", "furious again"]
    engine.process([feedback(f"a{number}", text, scores={"nps": 5}) for number, text in enumerate(said)])
    return store


def judge(store: Store, feedback_id: str, kind: str, minute: int = 0, labels: object = None, note: str = "") -> None:
    (alert, *_) = store.alerts.of_feedback("default", feedback_id)
    at = NOON + timedelta(minutes=minute)
    store.verdicts.give(Verdict(alert.id, VerdictKind(kind), "kim", at, labels, note))  # type: ignore[arg-type]


def chosen(store: Store, n: int = 8, **options: object) -> list[ReviewRow]:
    judged = store.verdicts.latest()
    return choose(StoreSource(store, TAXONOMY), n, judged=judged, **options)  # type: ignore[arg-type]


def test_disagreeing_verdicts_are_always_in_with_what_was_said(filled: Store) -> None:
    judge(filled, "fa0", "wrong_label", labels={"emotion": ("joy/gratitude",)}, note="irony")
    judge(filled, "fa1", "not_actionable")
    judge(filled, "fa2", "wrong_label", labels={"intent": ()})
    judge(filled, "fa3", "right")
    judge(filled, "fa4", "not_actionable")
    judge(filled, "fa4", "duplicate", minute=1)
    rows = chosen(filled, n=2)
    assert [row.key for row in rows] == [("default", "fa0", 1), ("default", "fa1", 1)]
    assert rows[0].verdicts == (
        {"rule": "furious", "verdict": "wrong_label", "labels": {"emotion": ["joy/gratitude"]}, "note": "irony"},
    )
    # The third has the words of the second: one row, with both verdicts.
    assert [one["verdict"] for one in rows[1].verdicts] == ["not_actionable", "wrong_label"]
    assert rows[1].why == (
        "an alert of rule furious was judged not_actionable",
        "an alert of rule furious was judged wrong_label",
    )
    assert "kim" not in str([row.as_dict() for row in rows])
    assert len(chosen(filled, n=8)) == 8


def test_only_the_customer_s_sentences_are_sent(store: Store) -> None:
    parts = [{"text": "maybe leaving. Hm"}, {"text": "maybe annoying. bad", "speaker": "agent"}, {"text": "So it is"}]
    quiet = [{"text": "Hm"}, {"text": "maybe annoying", "speaker": "agent"}]
    records = [admit({"id": name, "parts": some}, Program(), NOON) for name, some in (("a", parts), ("b", quiet))]
    engine_on(store).process(records)
    from_file = choose(FileSource(lambda: enumerate(records), KeywordReader()), 2)
    for rows in (chosen(store, n=2), from_file):
        (row, other) = rows
        assert [text.strip() for text in row.sentences] == ["maybe leaving", "Hm", "So it is"]
        assert row.why == ("in doubt: intent churn 0.40",)
        assert (other.sentences, other.why[0].split(" (")[0]) == (("Hm",), "unlike the others")


def test_rows_are_unique_and_the_same_again(filled: Store) -> None:
    rows = chosen(filled, n=25, seed=3)
    assert len({row.sentences for row in rows}) == len(rows) == 25
    assert rows == chosen(filled, n=25, seed=3)
    assert {row.key for row in rows} != {row.key for row in chosen(filled, n=25, seed=4)}


def test_there_may_be_fewer_than_asked_for(filled: Store, store: Store) -> None:
    assert len(chosen(filled, n=500)) == 34


def test_an_empty_store_gives_nothing(store: Store) -> None:
    assert chosen(store) == []


def test_a_row_has_suggestions_a_reason_and_nothing_of_the_customer(filled: Store) -> None:
    engine = engine_on(filled)
    secret = {"customer": "C77", "attributes": {"tier": "gold"}, "unit": "emea/uk", "employee": "E5", "channel": "chat"}
    engine.process([feedback("s", "maybe danger in the invoice. thanks", **secret)])
    row = next(row for row in chosen(filled, n=40) if row.key[1] == "fs")
    told = row.as_dict()
    assert told["sentences"] == [{"text": "maybe danger in the invoice"}, {"text": " thanks"}]
    assert told["suggested"][1] == {"emotion": ["joy/gratitude"], "intent": [], "topic": []}
    assert told["unsure"][0] == {"emotion": [], "intent": ["safety-risk"], "topic": ["billing/accuracy"]}
    assert "in doubt: " in told["why"][0]
    assert "intent safety-risk 0.40" in told["why"][0]
    assert (told["model"], told["taxonomy"], told["boundaries"]) == ("keywords@1", TAXONOMY.version, "model")
    assert not any(word in str(told) for word in ("C77", "gold", "emea", "E5", "chat"))
    with_facts = next(row for row in chosen(filled, n=40, facts=True) if row.key[1] == "fs").as_dict()
    assert with_facts["attributes"] == {"tier": "gold"}
    assert not any(word in str(with_facts) for word in ("C77", "E5"))


def test_what_is_labelled_already_is_left_out(filled: Store) -> None:
    judge(filled, "fa0", "not_actionable")
    known = {("default", f"f{number}", 1) for number in range(25)} | {("default", "fa0", 1)}
    rows = chosen(filled, n=40, without=known)
    assert len(rows) == 8
    assert not known & {row.key for row in rows}


def test_only_the_latest_revision_is_offered_and_the_judged_one_kept(filled: Store) -> None:
    judge(filled, "fa0", "wrong_label", labels={"emotion": ()})
    engine_on(filled).process([feedback("a0", "all is well now", scores={}), feedback(3, "maybe danger")], revise=True)
    keys = [row.key[1:] for row in chosen(filled, n=100)]
    assert keys[0] == ("fa0", 1)
    assert ("f3", 2) in keys
    assert ("f3", 1) not in keys


def test_of_a_long_record_the_sentences_around_the_doubt_are_shown(store: Store) -> None:
    text = ". ".join([f"line {number}" for number in range(60)] + ["maybe danger"] + ["end"] * 20)
    engine_on(store).process([feedback(1, text, scores={})])
    (row,) = chosen(store)
    assert len(row.sentences) == MOST_SENTENCES
    assert " maybe danger" in row.sentences
    assert row.excerpt == (46, 75)
    assert row.as_dict()["excerpt"] == [46, 75]


def test_an_unread_record_with_a_verdict_is_labelled_without_suggestions(store: Store) -> None:
    reader = KeywordReader()
    reader.down = True
    engine_on(store, reader=reader, degrade=True).process([feedback(1, "I was hurt here")])
    judge(store, "f1", "not_actionable")
    (row,) = chosen(store)
    assert (row.sentences, row.suggested) == (("I was hurt here",), ({},))


def test_another_model_reads_what_was_picked(filled: Store) -> None:
    reader = KeywordReader(model="keywords@2")
    rows = choose(StoreSource(filled, TAXONOMY, reader), 5)
    assert {row.model for row in rows} == {"keywords@2"}
    assert reader.records_read < 40


def test_a_file_is_picked_from_like_a_store(filled: Store) -> None:
    def entries() -> Iterator[tuple[int, Feedback]]:
        for number, text in enumerate([*TEXTS, TEXTS[0].upper(), ""]):
            yield number + 1, feedback(number, text, scores={})

    rows = choose(FileSource(entries, KeywordReader()), 100)
    stored = {" ".join(row.sentences) for row in chosen(filled, 100) if not row.key[1].startswith("fa")}
    assert {" ".join(row.sentences).casefold() for row in rows} == {text.casefold() for text in stored}
    assert rows == choose(FileSource(entries, KeywordReader()), 100)
