"""Nodes written as text again come to the same."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.located import Findings, Node, parse
from engine.rules.node_text import as_flow, brief


def plain(node: Node) -> object:
    if node.is_map:
        return {key: plain(value) for key, _, value in node.items()}
    return [plain(child) for child in node.value] if node.is_list else (type(node.value), node.value, node.source)


def one(text: str) -> Node:
    findings = Findings("f")
    (node,) = parse(text, findings)
    assert not findings.found
    return node


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{a: 0042, b: 1.50, c: true, d: 'true', e: '0042'}", id="numbers as they are written"),
        pytest.param("a:\n  - b: [x, y]\n    c: ''\n", id="nested"),
        pytest.param('{a: "\\u2028 \\x85 \\e[1m \\uFEFF \\n\\t"}', id="what YAML would take for a line break"),
        pytest.param("{a: 'it''s \"so\": # - [x]', 'b: c': '&x *y !z'}", id="marks"),
        pytest.param("{a: 😀 Größe 日本, b: null, c: ~}", id="letters"),
    ],
)
def test_what_is_written_again_means_the_same(text: str) -> None:
    node = one(text)
    again = one(as_flow(node))
    assert [key for key, _, _ in again.items()] == [key for key, _, _ in node.items()]
    assert str(plain(again)).replace("null", "~").replace("''", "~") == str(plain(node)).replace("null", "~").replace(
        "''", "~"
    )


@given(
    st.dictionaries(st.text(min_size=1), st.lists(st.text() | st.integers() | st.booleans(), max_size=3), min_size=1)
)
def test_any_text_survives(document: dict[str, object]) -> None:
    findings = Findings("f")
    nodes = parse(yaml.safe_dump(document, allow_unicode=True), findings)
    if findings.found or not nodes:
        return
    assert plain(one(as_flow(nodes[0]))) == plain(nodes[0])
    assert brief(nodes[0]).isprintable()
