"""Topic trees: what may be written, and what is said of the rest."""

from __future__ import annotations

import pytest

from engine.errors import ConfigError
from engine.located import MAX_ERRORS
from engine.topics import (
    MOST_TOPICS,
    ProgramTopics,
    Topic,
    TopicTree,
    parse_topics,
    program_topics_from_dict,
)
from tests.support.keyword_reader import TAXONOMY

TREE = """
topics:
  wifi: the wifi is slow
  food:
    taste: how it tastes
    allergies:
      description: gluten and nuts
      examples: [no gluten free option, "nobody knew what was in it", 42]
labelled: labelled.jsonl
"""


def test_a_tree_is_names_descriptions_and_examples() -> None:
    tree = parse_topics(TREE, "topics.yaml")
    assert tree.topics == (
        Topic("wifi", "the wifi is slow"),
        Topic("food/taste", "how it tastes"),
        Topic("food/allergies", "gluten and nuts", ("no gluten free option", "nobody knew what was in it", "42")),
    )
    assert tree.labelled == "labelled.jsonl"
    assert [topic.line for topic in tree.topics] == [3, 5, 6]
    assert tree.topics[2].said == "allergies: gluten and nuts"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "t.yaml:1:1: error: there are no topics", id="an empty file"),
        pytest.param("topics: {}", "t.yaml:1:9: error: there are no topics", id="an empty tree"),
        pytest.param("topics:", "topics must be a mapping of names to values, not nothing", id="nothing below topics"),
        pytest.param("topics: {a: {}}", "topic 'a' is empty", id="an empty group"),
        pytest.param("topics: [a, b]", "topics must be a mapping of names to values, not a list", id="a list"),
        pytest.param("topic: {a: b}", "unknown setting of a topic tree 'topic'; did you mean 'topics'?", id="a slip"),
        pytest.param("wifi: slow", "unknown setting of a topic tree 'wifi'", id="topics at the top"),
        pytest.param("topics: {Wi-Fi: slow}", "'Wi-Fi' cannot name a topic", id="capitals"),
        pytest.param("topics: {a/b: slow}", "'a/b' cannot name a topic", id="a path as a name"),
        pytest.param("topics:\n  wifi:", "t.yaml:2:3: error: topic 'wifi' needs a description", id="no description"),
        pytest.param("topics: {wifi: {examples: [a]}}", "'wifi' needs a description", id="examples alone"),
        pytest.param("topics: {wifi: ''}", "the description of 'wifi' must be text, not empty", id="empty text"),
        pytest.param("topics: {wifi: [a]}", "the description of 'wifi' must be text, not a list", id="a list of texts"),
        pytest.param("topics: {a: {description: x, example: [y]}}", "did you mean 'examples'?", id="a misspelt key"),
        pytest.param("topics: {a: {description: x, examples: y}}", "must be a list, not text", id="one example"),
        pytest.param("topics: {a: {description: x, examples: [[y]]}}", "an example of 'a' must be text", id="a nest"),
        pytest.param("topics: {a: {description: x, examples: ['']}}", "must be text, not empty", id="empty example"),
        pytest.param(f"topics: {{a: {'x' * 501}}}", "is longer than 500 characters", id="a long description"),
        pytest.param("topics: {a: {b: {c: {d: {e: x}}}}}", "nested at most 4 deep", id="too deep"),
        pytest.param('topics: {a: "\\ud800"}', "not valid", id="half a surrogate pair"),
        pytest.param('topics: {a: "x\\0y"}', "NUL character", id="a NUL"),
        pytest.param("topics: {a: x, a: y}", "'a' is here twice", id="twice"),
        pytest.param("topics: &t {a: x}", "anchors and aliases", id="an anchor"),
        pytest.param("topics: !!python/object:os.system {a: x}", "tags (!) are not allowed", id="a tag"),
        pytest.param("topics: {a: x}\n---\ntopics: {b: y}", "this file holds one document", id="two documents"),
        pytest.param("topics: {a: x", "this is not valid YAML", id="no YAML"),
        pytest.param("topics: " + "{a: " * 40 + "x" + "}" * 40, "nested", id="depth"),
        pytest.param(
            "topics: {a: {description: x, examples: [" + ",".join(f"p{n}" for n in range(101)) + "]}}",
            "'a' has 101 examples, more than 100",
            id="too many examples",
        ),
        pytest.param(
            "topics: {" + ",".join(f"t{n}: x" for n in range(MOST_TOPICS + 1)) + "}",
            "there are 1,001 topics; at most 1,000",
            id="too many topics",
        ),
        pytest.param("x" * (1 << 20) + "x", "larger than 1 MiB", id="too large"),
    ],
)
def test_a_bad_tree_says_where_and_what(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_topics(text, "t.yaml")
    assert said in str(caught.value)
    assert all(finding.message.isprintable() and len(finding.message) < 600 for finding in caught.value.findings)


def test_every_error_is_told_at_once_and_no_more_than_a_hundred() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_topics("topics:\n" + "".join(f"  T{number}: x\n" for number in range(5_000)), "t.yaml")
    assert len(caught.value.findings) == MAX_ERRORS


def test_two_hundred_topics_are_no_trouble() -> None:
    text = "topics:\n" + "".join(f"  g{n % 20}-{n}:\n    leaf: what topic {n} is about\n" for n in range(200))
    assert len(parse_topics(text, "t.yaml").topics) == 200


@pytest.mark.parametrize(
    ("paths", "beside", "clash"),
    [
        pytest.param(["wifi", "food/taste"], True, None, id="names of its own"),
        pytest.param(["digital/ease-of-use"], True, "digital", id="the same leaf"),
        pytest.param(["digital/wifi"], True, "digital", id="below a group of the model"),
        pytest.param(["digital"], True, "digital", id="a leaf named like a group"),
        pytest.param(["digital/wifi"], False, None, id="instead of the model's"),
    ],
)
def test_names_that_the_model_has_are_refused_beside_it(paths: list[str], beside: bool, clash: str | None) -> None:
    tree = TopicTree("t.yaml", tuple(Topic(path, "x", line=7) for path in paths))
    topics = ProgramTopics(tree, beside)
    if clash:
        with pytest.raises(ConfigError, match=rf"t.yaml:7:1: error: '{clash}' is a topic of the model already"):
            topics.taxonomy(TAXONOMY)
        return
    taxonomy = topics.taxonomy(TAXONOMY)
    theirs = TAXONOMY.leaves["topic"] if beside else ()
    assert taxonomy.leaves == {**TAXONOMY.leaves, "topic": (*theirs, *paths)}
    assert taxonomy.descriptions[f"topic:{paths[0]}"] == "x"
    assert taxonomy.version != TAXONOMY.version


def test_a_tree_s_version_changes_with_its_words_and_not_with_its_file() -> None:
    tree = parse_topics(TREE, "a.yaml")
    assert parse_topics("# said otherwise\n" + TREE, "b.yaml").version == tree.version
    assert parse_topics(TREE.replace("slow", "fast"), "a.yaml").version != tree.version


def test_topics_survive_their_snapshot() -> None:
    topics = ProgramTopics(parse_topics(TREE, "a.yaml"), beside_default=False)
    again = program_topics_from_dict(topics.as_dict())
    assert (again.tree.topics, again.beside_default) == (topics.tree.topics, False)
    assert again.tree.version == topics.tree.version
