"""Nodes as text again: exactly, to be loaded once more, and shortly, for people."""

from __future__ import annotations

import json
import re

from engine.located import Node
from engine.names import show

# What a quoted text of YAML cannot hold as it is: controls, and what YAML takes for a line break.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def as_flow(node: Node) -> str:
    """Return a node as YAML on one line that means the same; numbers and flags stay as they are written."""
    if node.is_map:
        return "{" + ", ".join(f"{_quoted(key)}: {as_flow(value)}" for key, _, value in node.items()) + "}"
    if node.is_list:
        return "[" + ", ".join(as_flow(child) for child in node.value) + "]"
    if isinstance(node.value, str):
        return _quoted(node.value)
    return node.source or "null"


def brief(node: Node) -> str:
    """Return a node as its author would write it on one line, fit for a message."""
    return show(_brief(node))


def _brief(node: Node) -> str:
    if node.is_map:
        return "{" + ", ".join(f"{key}: {_brief(value)}" for key, _, value in node.items()) + "}"
    if node.is_list:
        return "[" + ", ".join(_brief(child) for child in node.value) + "]"
    return node.source or "null"


def _quoted(text: str) -> str:
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
