"""Reading typed fields out of located mappings, with an error for each that does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from engine.durations import parse_duration
from engine.located import Findings, Node
from engine.names import show, unknown

_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%\Z")


def check_keys(node: Node, allowed: Iterable[str], kind: str, findings: Findings) -> None:
    """Report every key that is not allowed, with the nearest valid name."""
    valid = list(allowed)
    for key, key_node, _ in node.items():
        if key not in valid:
            findings.error(key_node, unknown(kind, key, valid))


def as_map(node: Node | None, what: str, findings: Findings) -> Node | None:
    """Return the node if it is a mapping, else report it."""
    if node is None or node.is_map:
        return node
    findings.error(node, f"{what} must be a mapping of names to values, not {node.kind}")
    return None


def text_of(node: Node | None, what: str, findings: Findings, *, most: int = 500) -> str | None:
    """Return the text of a scalar, or None (reported when it is there but is no text)."""
    if node is None:
        return None
    if not isinstance(node.value, str) or not node.value.strip():
        findings.error(node, f"{what} must be text, not {node.kind if node.value != '' else 'empty'}")
        return None
    if len(node.value) > most:
        findings.error(node, f"{what} is longer than {most} characters")
        return None
    return node.value


def as_written(node: Node) -> Node:
    """Return the node with numbers and flags as the text they are written in: ``0042`` stays ``0042``."""
    if isinstance(node.value, (bool, int, float)):
        return Node(node.source, node.line, node.column, node.source)
    return node


def number_of(node: Node | None, what: str, findings: Findings) -> float | None:
    """Return a finite number, or None (reported when it is there but is none)."""
    if node is None:
        return None
    if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
        findings.error(node, f"{what} must be a number, not {node.kind}")
        return None
    try:
        value = float(node.value)
    except OverflowError:
        value = float("inf")
    if abs(value) > 1e15:
        findings.error(node, f"{what} is out of any sensible range")
        return None
    return value


def flag_of(node: Node | None, what: str, findings: Findings, *, default: bool) -> bool:
    """Return true or false; the default when it is absent or does not fit (reported)."""
    if node is None:
        return default
    if not isinstance(node.value, bool):
        findings.error(node, f"{what} must be true or false, not {node.kind}")
        return default
    return node.value


def choice_of(node: Node | None, what: str, valid: Sequence[str], findings: Findings) -> str | None:
    """Return one of the valid words, or None (reported when it is there but is none of them)."""
    if node is None:
        return None
    if node.value in valid:
        return str(node.value)
    if node.is_map or node.is_list or node.value is None:
        findings.error(node, f"{what} must be one of {', '.join(valid)}, not {node.kind}")
    else:
        findings.error(node, unknown(what, node.source, valid))
    return None


def texts_of(node: Node | None, what: str, findings: Findings) -> tuple[str, ...]:
    """Return a list of texts; a single text is a list of one, and numbers count as they are written."""
    if node is None:
        return ()
    entries: list[Any] = node.value if node.is_list else [node]
    texts = (text_of(as_written(entry), what, findings) for entry in entries)
    return tuple(text for text in texts if text is not None)


def whole_of(node: Node | None, what: str, findings: Findings, low: int, high: int) -> int | None:
    """Return a whole number in a range, or None (reported when it is there but does not fit)."""
    value = number_of(node, what, findings)
    if value is None or node is None:
        return None
    if value != int(value) or not low <= value <= high:
        findings.error(node, f"{what} must be a whole number from {low} to {high}, not {show(node.source)}")
        return None
    return int(value)


def share_of(node: Node | None, what: str, findings: Findings) -> float | None:
    """Return a share above 0, up to 1, written ``25%`` or ``0.25``; None when absent or reported."""
    if node is None:
        return None
    text = node.value if isinstance(node.value, str) else ""
    percent = _PERCENT.match(text)
    value = float(percent[1]) / 100 if percent else number_of(node, what, findings)
    if value is not None and not 0 < value <= 1:
        findings.error(node, f"{what} is a share above 0 and at most 1: write 25% or 0.25")
        return None
    return value


def duration_of(node: Node | None, what: str, findings: Findings) -> timedelta | None:
    """Return a duration, or None (reported when it is there but is none)."""
    if node is None:
        return None
    if not isinstance(node.value, str):
        findings.error(node, f"{what} must be a duration such as 24h, not {node.kind}")
        return None
    try:
        return parse_duration(node.value)
    except ValueError as problem:
        findings.error(node, str(problem))
        return None
