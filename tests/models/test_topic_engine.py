"""Topics all the way: rules judge by them, and what was decided under an old tree can be explained under a new one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.model import ServedModel
from api.runtime import taxonomy_of
from engine.errors import ConfigError
from engine.pipeline import Engine
from engine.program import Program, RuleFile
from engine.rules.load import load_rules
from engine.store.store import Store
from engine.topics import ProgramTopics, Topic, TopicTree
from models.topics import TopicReader
from tests.support.clock import StillClock
from tests.support.engines import feedback
from tests.support.words_reader import WordsReader

RULES = """
rule: wifi-complaint
status: live
when: {all: [{topic: TOPIC}, {intent: complaint}]}
examples:
  fires: [{text: a}, {text: b}, {text: c}]
  stays_quiet: [{text: d}, {text: e}, {text: f}]
"""
WIFI = Topic("wifi/speed", "slow wireless internet connection")
PETS = Topic("pets", "dogs cats animals")


def engine_with(store: Store, *topics: Topic, named: str = "wifi") -> Engine:
    tree = ProgramTopics(TopicTree("topics.yaml", topics))
    program = Program(rule_files=(RuleFile("r.yaml", RULES.replace("TOPIC", named)),), topics=tree)
    reader = TopicReader(WordsReader(), tree)
    rules = load_rules(program, reader.taxonomy)
    assert not rules.errors
    return Engine(store, reader, rules, StillClock())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = Store(f"sqlite:///{tmp_path / 'store.db'}")
    found.migrate()
    return found


def test_a_rule_fires_on_a_topic_of_the_program_s_own(store: Store) -> None:
    engine = engine_with(store, WIFI)
    fired, quiet = engine.process([feedback(1, "bad. slow internet connection"), feedback(2, "bad. the invoice")])
    assert [alert.rule for alert in fired.alerts] == ["wifi-complaint"]
    assert quiet.alerts == ()
    (rule,) = engine.explain("default", "f1").rules
    topic = rule.trace.children[0]
    assert topic.found == "wifi/speed 1 (holds)"
    assert topic.evidence is not None
    assert topic.evidence.sentence == 1


def test_what_an_old_tree_decided_is_explained_by_it(store: Store) -> None:
    engine_with(store, WIFI).process([feedback(1, "bad. slow internet connection. dogs and cats")])
    store.close()
    again = Store(store.database.url.render_as_string(hide_password=False))
    engine = engine_with(again, PETS, Topic("network", WIFI.description), named="network")
    before = engine.explain("default", "f1")
    assert before.rules[0].trace.truth.said == "yes"
    assert "wifi/speed" in json.dumps(before.as_dict())
    assert before.stored.decision.reading.taxonomy.leaves["topic"][-1] == "wifi/speed"
    assert before.stored.decision.reading.model.startswith("words@1+topics@")
    today = engine.explain("default", "f1", today=True)
    assert "the model of this reading has no such label" in json.dumps(today.as_dict())
    again.close()


def test_the_service_s_trees_have_the_program_s_topics(tmp_path: Path) -> None:
    topics = ProgramTopics(TopicTree("topics.yaml", (PETS,)))
    model = ServedModel(tmp_path, tmp_path, lambda folder: WordsReader())  # whose folder holds no model yet
    assert taxonomy_of(model, Program(topics=topics)).leaves["topic"][-1] == "pets"
    clash = ProgramTopics(TopicTree("topics.yaml", (Topic("brand/pets", "pets"),)))
    with pytest.raises(ConfigError, match="'brand' is a topic of the model already"):
        taxonomy_of(model, Program(topics=clash))
