"""Phrases in several languages: each is read by the reader of its own, and compared with what that one read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from engine.feedback import Part
from engine.pipeline import Engine
from engine.program import Program, RuleFile
from engine.reading import AND, Reading
from engine.rules.check import check_examples
from engine.rules.load import load_rules
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.engines import feedback
from tests.support.keyword_reader import TAXONOMY
from tests.support.words_reader import WordsReader

RULES = """
rule: english
status: shadow
when: {says: {about: parcel never arrived}}
---
rule: spanish
status: shadow
when: {says: {about: arrived parcel sin}}
---
rule: either
status: live
if_unsure: review
when: {any: [{all: [{language: en}, {says: {about: parcel never arrived}}]},
             {all: [{language: es}, {says: {about: arrived parcel sin}}]}]}
examples:
  fires: [{text: my parcel never arrived}, {text: arrived parcel sin}, {text: parcel arrived}]
  stays_quiet: [{text: hello there}, {text: lovely coffee}, {text: sin}]
"""


class TwoTongues:
    """What has the word "sin" is Spanish, and read by another model with vectors of its own."""

    model = "words@1"
    taxonomy = TAXONOMY

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, records: Sequence[Sequence[Part]]) -> list[Reading]:
        self.asked += [part.text for parts in records for part in parts]
        return [self._one(parts) for parts in records]

    def _one(self, parts: Sequence[Part]) -> Reading:
        spanish = any("sin" in part.text.lower().split() for part in parts)
        reader = WordsReader("palabras@1" if spanish else self.model)
        return replace(reader.read([parts])[0], language="es" if spanish else "en")


@pytest.fixture
def reader() -> TwoTongues:
    return TwoTongues()


@pytest.fixture
def engine(store: Store, reader: TwoTongues) -> Engine:
    rules = load_rules(Program(rule_files=(RuleFile("r.yaml", RULES),)), TAXONOMY)
    assert not rules.errors
    return Engine(store, reader, rules, StillClock())


def truths(engine: Engine, record: str) -> dict[str, str]:
    return {one.rule: one.trace.truth.said for one in engine.explain("default", record).rules}


def test_each_phrase_is_compared_in_its_own_language_and_unknown_in_others(engine: Engine) -> None:
    engine.process([feedback(1, "my parcel never arrived"), feedback(2, "arrived parcel sin"), feedback(3, "coffee")])
    assert truths(engine, "f1") == {"english": "yes", "spanish": "unknown", "either": "yes"}
    assert truths(engine, "f2") == {"english": "unknown", "spanish": "yes", "either": "yes"}
    assert truths(engine, "f3") == {"english": "no", "spanish": "unknown", "either": "no"}


def test_a_phrase_of_another_language_is_asked_for_once(engine: Engine, reader: TwoTongues) -> None:
    for number in range(3):
        engine.process([feedback(number, "arrived parcel sin")])
    assert reader.asked.count("parcel never arrived") == 1
    assert reader.asked.count("arrived parcel sin") == 1 + 3


def test_what_several_models_read_is_compared_in_the_space_of_the_first(engine: Engine) -> None:
    one = feedback(1, "my parcel never arrived")
    reading = engine.read([one])[0]
    engine.decide([one], {one.key: replace(reading, model=f"{reading.model}{AND}palabras@1")})
    assert truths(engine, "f1")["english"] == "yes"


def test_examples_in_every_language_are_checked(reader: TwoTongues) -> None:
    program = Program(rule_files=(RuleFile("r.yaml", RULES),))
    checked = check_examples(load_rules(program, TAXONOMY).rules, program, reader, NOON)
    assert [str(one) for one in checked.findings if "either" in one.message] == []
