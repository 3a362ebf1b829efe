"""A program that brings its own topics."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import ConfigError
from engine.program import Program, RuleFile, program_from_dict
from engine.program_folder import load_program
from engine.rules.load import load_rules
from engine.topics import ProgramTopics, Topic, TopicTree
from tests.support.keyword_reader import TAXONOMY

TREE = "topics: {wifi: the wifi is slow}"


def program_in(folder: Path, settings: str, **files: str) -> Path:
    (folder / "program.yaml").write_text(settings)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("settings", "beside"),
    [
        pytest.param("topics: topics.yaml", True, id="the file alone"),
        pytest.param("topics: {file: topics.yaml}", True, id="beside the model's"),
        pytest.param("topics: {file: topics.yaml, beside_default: false}", False, id="instead of them"),
    ],
)
def test_a_program_names_its_topics(tmp_path: Path, settings: str, beside: bool) -> None:
    program, findings = load_program(program_in(tmp_path, settings, topics=TREE))
    assert findings == []
    assert program.topics is not None
    assert program.topics.tree.topics == (Topic("wifi", "the wifi is slow"),)
    assert (program.topics.beside_default, program.topics.fitted) == (beside, None)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param("topics: nowhere.yaml", "there is no file 'nowhere.yaml' in the program's folder", id="no file"),
        pytest.param("topics: rules", "there is no file 'rules'", id="a folder"),
        pytest.param("topics: ../topics.yaml", "must be in the program's folder", id="another folder"),
        pytest.param("topics: /etc/passwd", "must be in the program's folder", id="another file of the machine"),
        pytest.param(f"topics: {'x' * 300}", "there is no file 'x", id="a name that no file can have"),
        pytest.param("topics: [topics.yaml]", "the file of topics must be text, not a list", id="a list"),
        pytest.param("topics: {}", "the file of topics must be text, not nothing", id="no name"),
        pytest.param("topics: {fil: topics.yaml}", "did you mean 'file'?", id="a slip"),
        pytest.param("topics: {file: topics.yaml, beside_default: 1}", "beside_default must be true or false", id="1"),
        pytest.param("topics: {file: topics.yaml, fitted: t.json}", "there is no file 't.json'", id="nothing fitted"),
        pytest.param("zon: UTC\ntopics: bad.yaml", "bad.yaml:1:10: error: 'W' cannot name a topic", id="a bad tree"),
        pytest.param("zon: UTC\ntopics: bad.yaml", "program.yaml:1:1: error: unknown setting 'zon'", id="and the rest"),
    ],
)
def test_a_bad_setting_says_where_and_what(tmp_path: Path, settings: str, said: str) -> None:
    (tmp_path / "program" / "rules").mkdir(parents=True)
    (tmp_path / "topics.yaml").write_text(TREE)
    folder = program_in(tmp_path / "program", settings, topics=TREE, bad="topics: {W: x}")
    with pytest.raises(ConfigError) as caught:
        load_program(folder)
    assert said in str(caught.value)


def test_rules_name_a_program_s_topics_and_survive_its_snapshot() -> None:
    topics = ProgramTopics(TopicTree("topics.yaml", (Topic("wifi/speed", "slow wifi"),)))
    rule = "rule: wifi\nwhen: {topic: wifi}\n---\nrule: slip\nwhen: {topic: wifi/sped}\n"
    program = Program(rule_files=(RuleFile("r.yaml", rule),), topics=topics)
    loaded = load_rules(program, topics.taxonomy(TAXONOMY))
    assert [one.slug for one in loaded.rules] == ["wifi"]
    assert [one.message for one in loaded.errors] == ["unknown topic 'wifi/sped'; did you mean 'wifi/speed'?"]
    again = load_rules(program_from_dict(program.as_dict()), topics.taxonomy(TAXONOMY))
    assert again.version == loaded.version
    other = Program(
        rule_files=program.rule_files, topics=ProgramTopics(TopicTree("t", (Topic("wifi/speed", "fast wifi"),)))
    )
    assert load_rules(other, topics.taxonomy(TAXONOMY)).version != loaded.version


def test_a_program_without_topics_keeps_the_version_it_had() -> None:
    assert "topics" not in Program().as_dict()
