"""Strict YAML: located, bounded, and never an exception."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.located import Findings, Node, parse


def plain(node: Node) -> Any:
    if node.is_map:
        return {key: plain(value) for key, _, value in node.items()}
    return [plain(child) for child in node.value] if node.is_list else node.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("a: no", {"a": "no"}, id="no is a word"),
        pytest.param("a: on", {"a": "on"}, id="on is a word"),
        pytest.param("a: 'true'", {"a": "true"}, id="quoted is text"),
        pytest.param("a: [true, False, null, ~]", {"a": [True, False, None, None]}, id="flags and nothing"),
        pytest.param("a: [1, -2, 0.5, 1e3]", {"a": [1, -2, 0.5, 1000.0]}, id="numbers"),
        pytest.param("a: 1_000", {"a": "1_000"}, id="no underscores in numbers"),
        pytest.param("a: 12:30", {"a": "12:30"}, id="no base 60"),
        pytest.param("a: 2026-01-01", {"a": "2026-01-01"}, id="dates stay text"),
        pytest.param("a: " + "9" * 100, {"a": "9" * 100}, id="a huge number stays text"),
        pytest.param("5: x", {"5": "x"}, id="a number as a key"),
    ],
)
def test_values(text: str, value: Any) -> None:
    findings = Findings("f.yaml")
    (document,) = parse(text, findings)
    assert plain(document) == value
    assert not findings.found


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        pytest.param("a: 1\nb: 2\na: 3", 3, 1, "'a' is here twice (first on line 1)", id="a key twice"),
        pytest.param("a: &x 1", 1, 4, "anchors and aliases", id="an anchor"),
        pytest.param("a: *x", 1, 4, "anchors and aliases", id="an alias"),
        pytest.param("a: !!python/object:os.system 1", 1, 4, "tags", id="a tag"),
        pytest.param("<<: {a: 1}", 1, 1, "merge keys", id="a merge key"),
        pytest.param("[1]: 2", 1, 1, "a key must be a word", id="a list as a key"),
        pytest.param("a: [1", 2, 1, "not valid YAML", id="an open list"),
        pytest.param("a:\n\t- 1", 2, 1, "not valid YAML", id="a tab"),
        pytest.param("[" * 100_000, 1, 33, "nested deeper than 32", id="100,000 levels"),
        pytest.param("{a: " * 100_000, 1, 126, "nested deeper than 32", id="100,000 mappings"),
        pytest.param("a: " + "x" * (1 << 20), 1, 1, "larger than 1 MiB", id="more than 1 MiB"),
        pytest.param('a: "\\0"', 1, 4, "NUL", id="an escaped NUL"),
        pytest.param("a: \x00", 1, 1, "not valid YAML", id="a raw NUL"),
        pytest.param("a: \ud800", 1, 1, "not valid Unicode", id="half a surrogate pair"),
    ],
)
def test_what_is_refused_is_located(text: str, line: int, column: int, said: str) -> None:
    findings = Findings("f.yaml")
    parse(text, findings)
    (found,) = findings.found
    assert said in found.message
    assert (found.line, found.column) == (line, column)


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"#,?%@` \n\t\x000123é"), max_size=200) | st.text(max_size=100))
def test_no_text_raises(text: str) -> None:
    parse(text, Findings("f.yaml"))
