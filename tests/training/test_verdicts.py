"""Labels out of verdicts, on both databases: what was confirmed, what was put right, and what says nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np

from engine.alerts.verdict import Verdict, VerdictKind
from engine.intake import admit
from engine.program import Program
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.engines import engine_on, feedback
from tests.support.keyword_reader import TAXONOMY
from tests.support.words_reader import WordsReader
from training.data import read_labelled
from training.importing import import_verdicts
from training.verdicts import rows_from_verdicts

TEXT = "The menu is fine. I am furious. So there. Bye. maybe leaving"


def judge(store: Store, rule: str, kind: str, minute: int = 0, feedback_id: str = "f1", **more: object) -> None:
    alert = next(one for one in store.alerts.of_feedback("default", feedback_id) if one.rule == rule)
    at = NOON + timedelta(minutes=minute)
    store.verdicts.give(Verdict(alert.id, VerdictKind(kind), "kim", at, **more))  # type: ignore[arg-type]


def test_right_confirms_the_label_in_its_evidence_and_nothing_else(store: Store, tmp_path: Path) -> None:
    engine_on(store).process([feedback(1, TEXT)])
    judge(store, "furious", "right")
    done = import_verdicts(store, tmp_path, TAXONOMY, now="now", by="kim")
    version = done.outcome.version
    assert version is not None
    assert version.rows() == [
        {
            "id": "f1",
            "source": "default",
            "revision": 1,
            "sentences": [
                {"text": "The menu is fine"},
                {"text": " I am furious", "emotion": ["anger/anger"]},
                {"text": " So there"},
                {"text": " Bye"},
            ],
            "boundaries": "model",
            "partial": ["emotion"],
            "origin": "verdicts",
        }
    ]
    (labelled,) = read_labelled(version.data, TAXONOMY)
    column = TAXONOMY.column("emotion", "anger/anger")
    assert np.argwhere(labelled.known).tolist() == np.argwhere(labelled.labels).tolist() == [[1, column]]


EXAMPLES = "examples:\n" + "".join(f"  {key}:\n" + "    - {text: x}\n" * 3 for key in ("fires", "stays_quiet"))


def test_only_the_customer_s_sentences_become_data(store: Store) -> None:
    rule = "rule: SLUG\nstatus: live\nwhen: {emotion: {is: anger, speaker: SPEAKER}}\n" + EXAMPLES
    rules = [rule.replace("SLUG", who).replace("SPEAKER", who) for who in ("agent", "customer")]
    parts = [{"text": "Hm. I am furious"}, {"text": "So annoying", "speaker": "agent"}, {"text": "Oh. Well. Yes"}]
    engine_on(store, rules="---\n".join(rules)).process([admit({"id": "f1", "parts": parts}, Program(), NOON)])
    judge(store, "agent", "right")
    assert dict(rows_from_verdicts(store, TAXONOMY).left_out) == {"labels of what the customer did not say": 1}
    judge(store, "customer", "right")
    (row,) = rows_from_verdicts(store, TAXONOMY).rows
    assert [one["text"].strip() for one in row["sentences"]] == ["Hm", "I am furious", "Oh", "Well"]


def test_wrong_label_gives_the_whole_record_all_labels_of_its_tasks(store: Store) -> None:
    engine_on(store).process([feedback(1, TEXT)])
    judge(store, "furious", "wrong_label", labels={"emotion": ("joy/gratitude",), "topic": ()})
    judge(store, "leaving", "right")
    made = rows_from_verdicts(store, TAXONOMY)
    assert made.rows == [
        {
            "id": "f1",
            "source": "default",
            "revision": 1,
            "text": TEXT,
            "labels": {"emotion": ["joy/gratitude"], "topic": [], "intent": ["churn"]},
            "partial": ["intent"],
            "origin": "verdicts",
        }
    ]


def test_wrong_label_wins_over_right_and_the_later_over_the_earlier(store: Store) -> None:
    engine_on(store).process([feedback(1, TEXT)])
    judge(store, "furious", "right", minute=9)
    judge(store, "leaving", "wrong_label", minute=5, labels={"emotion": ()})
    judge(store, "low-score", "wrong_label", minute=7, labels={"emotion": ("joy/gratitude",)})
    made = rows_from_verdicts(store, TAXONOMY)
    assert [row["labels"] for row in made.rows] == [{"emotion": ["joy/gratitude"]}]
    (conflict,) = made.conflicts
    assert "default/f1: one alert was right about emotion anger/anger" in conflict


def test_what_says_nothing_of_labels_is_counted_by_its_reason(store: Store) -> None:
    engine = engine_on(store)
    engine.process([feedback(number, TEXT) for number in (1, 2)])
    engine.process([feedback(3, "", scores={"nps": 0})])
    judge(store, "low-score", "right")
    judge(store, "leaving", "not_actionable")
    judge(store, "furious", "duplicate")
    judge(store, "furious", "wrong_label", feedback_id="f2", labels={"topic": ("gone/topic",)})
    judge(store, "low-score", "wrong_label", feedback_id="f3", labels={"topic": ()})
    made = rows_from_verdicts(store, TAXONOMY)
    assert made.rows == []
    assert dict(made.left_out) == {
        "rules that go by no label": 1,
        "judged not_actionable": 1,
        "judged duplicate": 1,
        "labels that are not in the trees": 1,
        "records without words": 1,
    }


def test_the_same_verdicts_are_imported_once(store: Store, tmp_path: Path) -> None:
    engine_on(store).process([feedback(1, TEXT)])
    assert not import_verdicts(store, tmp_path, TAXONOMY, now="now", by="kim").outcome.written
    judge(store, "furious", "right")
    assert import_verdicts(store, tmp_path, TAXONOMY, now="now", by="kim").outcome.written
    assert not import_verdicts(store, tmp_path, TAXONOMY, now="later", by="lee").outcome.written
    judge(store, "furious", "wrong_label", minute=1, labels={"emotion": ()})
    done = import_verdicts(store, tmp_path, TAXONOMY, now="later", by="lee")
    assert (done.outcome.added, done.outcome.replaced) == (0, 1)


def test_a_label_beside_a_meaning_is_confirmed_too(store: Store) -> None:
    rules = "rule: lost\nstatus: live\nwhen: {says: {about: parcel never arrived}, intent: complaint}\nexamples:\n"
    rules += "  fires: [{text: a}, {text: b}, {text: c}]\n  stays_quiet: [{text: d}, {text: e}, {text: f}]\n"
    engine_on(store, rules=rules, reader=WordsReader()).process([feedback(1, "Bad. Parcel never arrived, bad")])
    judge(store, "lost", "right")
    (row,) = rows_from_verdicts(store, TAXONOMY).rows
    assert [sentence.get("intent") for sentence in row["sentences"]] == [None, ["complaint"]]
