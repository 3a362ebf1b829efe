"""Hostile rule files: bounded in time and words, and nothing of theirs reaches the terminal."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.located import MAX_ERRORS
from engine.program import Program, RuleFile
from engine.rules.load import LoadedRules, load_rules
from tests.support.keyword_reader import TAXONOMY

GOOD = "rule: good\nwhen: {nps: 1}\n"


def load(*texts: str) -> LoadedRules:
    files = tuple(RuleFile(f"f{number}.yaml", text) for number, text in enumerate(texts))
    return load_rules(Program(rule_files=files), TAXONOMY)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("rule: r\nwhen: {" + ", ".join(f"kay{n}: 1" for n in range(60_000)) + "}", id="unknown words"),
        pytest.param("rule: r\nwhen: {topic: [" + ", ".join(f"t{n}" for n in range(90_000)) + "]}", id="labels"),
        pytest.param("---\na\n" * 100_000, id="documents"),
        pytest.param("rule: r\nwhen: {" + "a: 1, " * 100_000 + "}", id="one key again and again"),
        pytest.param("rule: r\nwhen: {" + "? [a] : 1, " * 60_000 + "}", id="keys that are lists"),
    ],
)
def test_a_file_that_is_wrong_all_through_is_told_in_a_hundred_lines(text: str) -> None:
    loaded = load(text, GOOD)
    assert len(loaded.errors) == MAX_ERRORS
    assert loaded.errors[-1].message.endswith("(100 errors; the rest of the file is not checked)")
    assert [rule.slug for rule in loaded.rules] == ["good"]


def test_rules_before_the_hundredth_error_are_there() -> None:
    assert [rule.slug for rule in load(GOOD + "---\n" + "---\na\n" * 200).rules] == ["good"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param('rule: r\nwhen: {"\\e[31mx": 1}', "'\\x1b[31mx'", id="an escape sequence"),
        pytest.param('rule: r\nwhen: {"\\u202Ex": 1}', "'\\u202ex'", id="right to left"),
        pytest.param('rule: r\nwhen: {emotion: "a\\nb"}', "'a\\nb'", id="a line break"),
        pytest.param(
            'rule: r\n"\\u202E": 1\n"\\u202E": 2\nwhen: {nps: 1}', "'\\u202e' is here twice", id="a key twice"
        ),
        pytest.param("rule: r\nwhen: {nps: 1}\nif_unsure: " + "k" * 3000, "k...'", id="3,000 letters"),
    ],
)
def test_what_a_file_says_is_shown_harmlessly(text: str, said: str) -> None:
    messages = [finding.message for finding in load(text).errors]
    assert any(said in message for message in messages), messages
    assert all(message.isprintable() and len(message) < 600 for message in messages)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
words = [
    "rule",
    "title",
    "author",
    "status",
    "when",
    "if_unsure",
    "then",
    "examples",
    "all",
    "any",
    "none",
    "emotion",
    "nps",
    "is",
    "sentiment",
    "says",
    "about",
    "near",
    "question",
    "speaker",
    "within_first",
    "together",
    "same_sentence",
    "sentences",
]


@given(
    st.dictionaries(
        st.sampled_from(words),
        values | st.dictionaries(st.sampled_from([*words, "fires", "text", "attribute.x"]), values, max_size=4),
        max_size=6,
    )
)
def test_no_structure_raises(document: dict[str, object]) -> None:
    loaded = load(yaml.safe_dump(document, allow_unicode=True))
    assert loaded.rules or loaded.errors or not document
    assert all(finding.line >= 1 and finding.column >= 1 for finding in loaded.findings)
    assert loaded.version


nested = st.recursive(
    values,
    lambda inner: st.dictionaries(st.sampled_from(words), inner, max_size=3) | st.lists(inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(words), nested, min_size=1, max_size=3))
def test_no_condition_raises(when: dict[str, object]) -> None:
    loaded = load(yaml.safe_dump({"rule": "r", "when": when}, allow_unicode=True))
    assert bool(loaded.rules) != bool(loaded.errors)


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("{says: [" + ", ".join(f"'*{n}*a*b*c*d*'" for n in range(30_000)) + "]}", id="phrases"),
        pytest.param("{says: '" + "*a" * 400_000 + "'}", id="one word"),
        pytest.param("{question: '" + "*a" * 400_000 + "'}", id="a question"),
        pytest.param("{says: {all: [" + "[ab, cd], " * 80_000 + "]}}", id="all of many"),
        pytest.param("{same_sentence: [" + "{nps: 1}, " * 60_000 + "]}", id="no sentences"),
    ],
)
def test_what_is_built_to_explode_is_refused(when: str) -> None:
    loaded = load(f"rule: r\nwhen: {when}\n", GOOD)
    assert loaded.errors
    assert [rule.slug for rule in loaded.rules] == ["good"]


@given(st.binary(max_size=200))
def test_no_bytes_raise(raw: bytes) -> None:
    load(raw.decode("utf-8", "surrogateescape"), raw.decode("latin-1"), raw.decode("utf-16", "replace"))
