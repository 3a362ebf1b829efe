"""Rules that ask about a meaning: their phrases are read once a model, kept, and never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import numpy as np
import pytest
from structlog.testing import capture_logs

from engine.decision import Decision
from engine.errors import OverloadedError, ReaderUnavailableError
from engine.feedback import Part
from engine.phrase_book import PhraseBook
from engine.pipeline import Engine
from engine.program import Program, RuleFile
from engine.reading import Reading
from engine.rules.backtest import backtest
from engine.rules.check import check_examples
from engine.rules.load import load_rules
from engine.rules.phrases import phrases_of, read_phrases
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.engines import engine_on, feedback
from tests.support.keyword_reader import TAXONOMY
from tests.support.words_reader import WordsReader
from training.alert_changes import AlertComparison

PHRASE = "parcel never arrived"
RULE = """
rule: lost
status: live
when: {says: {about: parcel never arrived, at_least: 0.5}}
examples:
  fires: [{text: my parcel never arrived}, {text: never arrived}, {text: parcel arrived}]
  stays_quiet: [{text: hello there}, {text: lovely coffee}, {text: thanks}]
"""
MATCH = "My parcel never arrived"


class Reader(WordsReader):
    """May be down, counts what it is asked for, and may have a space of its own."""

    def __init__(self, model: str = "words@1", *, mirrored: bool = False) -> None:
        super().__init__(model)
        self.problem: Exception | None = None
        self.asked: list[str] = []
        self._mirrored = mirrored

    def read(self, records: Sequence[Sequence[Part]]) -> list[Reading]:
        if self.problem is not None:
            raise self.problem
        self.asked += [part.text for parts in records for part in parts]
        readings = super().read(records)
        if self._mirrored:
            return [replace(one, embedding=np.ascontiguousarray(one.embedding[:, ::-1])) for one in readings]
        return readings


def opened(decisions: Sequence[Decision]) -> list[list[str]]:
    return [[alert.rule for alert in decision.alerts] for decision in decisions]


def held(engine: Engine, number: int, text: str) -> list[str]:
    """Read while the reader is up, and decide with whatever it is then."""
    one = feedback(number, text)
    readings = {one.key: WordsReader(engine.reader.model).read([one.parts])[0]}
    return [str(held.reason) for held in engine.decide([one], readings)[0].held_back]


def test_a_rule_on_meaning_alerts_and_its_phrase_is_read_once(store: Store) -> None:
    reader = Reader()
    engine = engine_on(store, rules=RULE, reader=reader)
    assert opened(engine.process([feedback(1, MATCH), feedback(2, "Lovely coffee")])) == [["lost"], []]
    assert opened(engine.process([feedback(3, "The parcel has never arrived")])) == [["lost"]]
    assert reader.asked.count(PHRASE) == 1


def test_another_process_finds_the_phrase_in_the_store(store: Store) -> None:
    engine_on(store, rules=RULE, reader=Reader()).process([feedback(1, MATCH)])
    reader = Reader()
    assert opened(engine_on(store, rules=RULE, reader=reader).process([feedback(2, MATCH)])) == [["lost"]]
    assert PHRASE not in reader.asked


@pytest.mark.parametrize("problem", [ReaderUnavailableError(), OverloadedError()], ids=["down", "too busy"])
def test_a_reader_that_does_not_answer_leaves_it_unknown_and_is_asked_again(store: Store, problem: Exception) -> None:
    reader = Reader()
    engine = engine_on(store, rules=RULE, reader=reader)
    reader.problem = problem
    assert held(engine, 1, MATCH) == ["unsure"]
    reader.problem = None
    assert held(engine, 2, MATCH) == []
    assert len(store.alerts.of_feedback("default", "f2")) == 1


def test_yesterday_s_decision_is_explained_in_the_space_of_its_model(store: Store) -> None:
    engine = engine_on(store, rules=RULE, reader=Reader())
    engine.process([feedback(1, MATCH)])
    later = engine_on(store, rules=RULE, reader=Reader("words@2", mirrored=True))
    assert opened(later.process([feedback(2, MATCH)])) == [["lost"]]
    for number in (1, 2):
        (told,) = later.explain("default", f"f{number}").rules
        assert told.trace.truth.said == "yes"
    (told,) = later.explain("default", "f1", today=True).rules
    assert told.trace.truth.said == "yes"


def test_a_phrase_that_the_old_model_never_read_is_unknown(store: Store) -> None:
    engine_on(store, rules=RULE, reader=Reader()).process([feedback(1, MATCH)])
    other = RULE.replace(PHRASE, "something quite different")
    engine = engine_on(store, rules=other, reader=Reader("words@2"))
    (told,) = engine.explain("default", "f1", today=True).rules
    assert told.trace.truth.said == "unknown"
    assert told.trace.found == "nothing: there is no vector to compare with"


def test_feedback_that_waited_unread_is_judged_by_its_meaning_later(store: Store) -> None:
    reader = Reader()
    engine = engine_on(store, rules=RULE, reader=reader, degrade=True)
    reader.problem = ReaderUnavailableError()
    engine.process([feedback(1, MATCH)])
    reader.problem = None
    assert engine.read_later() == 1
    assert [alert.rule for alert in store.alerts.of_feedback("default", "f1")] == ["lost"]


def test_a_phrase_that_cannot_be_read_is_told_once_and_not_asked_for_again(store: Store) -> None:
    reader = Reader()
    engine = engine_on(store, rules=RULE.replace(PHRASE, "zzz qqq"), reader=reader)
    with capture_logs() as logs:
        engine.learn()
        engine.process([feedback(1, MATCH)])
    told = [entry["finding"] for entry in logs if "finding" in entry]
    assert len(told) == 1
    assert told[0].startswith("rules.yaml:2:1: warning: the model cannot read 'zzz qqq' (unsure), which rule 'lost'")
    assert reader.asked.count("zzz qqq") == 1


def test_a_backtest_raises_what_was_raised_by_meaning(store: Store) -> None:
    engine = engine_on(store, rules=RULE, reader=Reader())
    engine.process([feedback(1, MATCH), feedback(2, "Lovely coffee")])
    case_of = partial(PhraseBook(store.phrases).case, engine.rules)
    found = backtest(engine.rules, store.records.each(), NOON - timedelta(days=1), NOON, case_of=case_of)
    assert set(found.alerts()) == {alert.id for alert in store.alerts.of_feedback("default", "f1")}
    assert len(found.alerts()) == 1


def test_a_reader_is_prepared_before_it_is_used(store: Store) -> None:
    engine, fresh = engine_on(store, rules=RULE, reader=Reader()), Reader("words@2", mirrored=True)
    engine.prepare(fresh)
    assert set(store.phrases.find("words@2", [PHRASE])) == {PHRASE}
    assert store.phrases.find("words@1", [PHRASE]) == {}


def loaded(text: str) -> Program:
    return Program(rule_files=(RuleFile("r.yaml", text),))


def test_examples_are_checked_with_their_phrases_and_unread_ones_are_told() -> None:
    program = loaded(RULE)
    assert check_examples(load_rules(program, TAXONOMY).rules, program, Reader(), NOON).findings == []
    program = loaded("rule: r\nwhen: {says: {about: [zzz qqq, parcel]}}\n")
    (found,) = check_examples(load_rules(program, TAXONOMY).rules, program, Reader(), NOON).findings
    assert (found.level, found.line) == ("warning", 1)
    assert "cannot read 'zzz qqq' (unsure), which rule 'r' asks about" in found.message


def test_two_models_are_compared_each_in_its_own_space() -> None:
    readers = (Reader(), Reader("words@2", mirrored=True))
    comparison = AlertComparison(loaded(RULE), readers, NOON)
    one = feedback(1, MATCH)
    comparison.add(one, (readers[0].read([one.parts])[0], readers[1].read([one.parts])[0]))
    (change,) = comparison.changes()
    assert (change.alerts, change.lost, change.gained) == ((1, 1), (), ())


def test_the_phrases_of_rules_are_found_wherever_they_stand() -> None:
    files = (
        RuleFile("_define.yaml", "gone: {any: [{says: {about: wants to leave}}, {nps: 1}]}"),
        RuleFile("r.yaml", "rule: r\nwhen: {all: [{none: [{says: {about: [b, c]}}]}, {meets: gone}, {says: refund}]}"),
        RuleFile("s.yaml", "rule: s\nwhen: {says: {about: c}}\n---\nrule: t\nwhen: {meets: gone}\n"),
    )
    rules = load_rules(Program(rule_files=files), TAXONOMY)
    assert not rules.errors
    assert sorted(phrases_of(rules.rules)) == ["b", "c", "wants to leave"]


def test_a_phrase_of_several_sentences_is_their_mean() -> None:
    read = read_phrases(Reader(), ["parcel parcel. arrived", "parcel", "arrived", "zzz"])
    assert list(read.vectors) == ["words@1"]
    vectors = read.vectors["words@1"]
    mean = vectors["parcel"].astype(float) + vectors["arrived"]
    assert np.allclose(vectors["parcel parcel. arrived"], mean / np.linalg.norm(mean), atol=2e-3)
    assert all(np.isclose(np.linalg.norm(vector), 1) for vector in vectors.values())
    assert {phrase: str(status) for phrase, status in read.unread.items()} == {"zzz": "unsure"}
    assert read_phrases(Reader(), []).vectors == {}
