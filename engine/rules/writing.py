"""Writing a rule as YAML: one form for equal values, which reads back as the same values."""

from __future__ import annotations

import re
from typing import Any

from engine.located import Findings, parse

# What stands one entry a line, however short it is.
APART = frozenset({"when", "examples", "all", "any", "none", "fires", "stays_quiet", "same_sentence"})
WIDEST = 110
# Words that need no quotes, whatever stands around them.
_PLAIN = re.compile(r"[^\W\d_][\w'/*.-]*( [\w'/*.-]+)*\Z")
_NUMBERED = re.compile(r"[0-9]+[a-z%]+\Z")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
STEP = "  "


def written(value: Any) -> str:
    """Return a mapping as the text of a document."""
    return "\n".join(lines_of(value)) + "\n"


def lines_of(value: Any) -> list[str]:
    """Return the lines of a value, the first ones not set in."""
    if isinstance(value, dict) and value:
        return [line for key, inside in value.items() for line in entry_lines(key, inside)]
    if isinstance(value, list) and value:
        return [line for inside in value for line in item_lines(inside)]
    return [flow(value)]


def entry_lines(key: str, value: Any) -> list[str]:
    """Return the lines of one entry of a mapping."""
    if is_inline(value) and not (key in APART and value and isinstance(value, (dict, list))):
        return [f"{scalar(key)}: {flow(value)}"]
    return [f"{scalar(key)}:", *(STEP + line for line in lines_of(value))]


def item_lines(value: Any) -> list[str]:
    """Return the lines of one item of a list."""
    if is_inline(value):
        # A condition of one test is a line without braces.
        lines = lines_of(value) if isinstance(value, dict) and len(value) == 1 else ()
        return [f"- {lines[0] if len(lines) == 1 else flow(value)}"]
    first, *others = lines_of(value)
    return [f"- {first}", *(STEP + line for line in others)]


def is_inline(value: Any) -> bool:
    """Return whether a value is written on one line."""
    return not _has_apart(value) and (not isinstance(value, (dict, list)) or len(flow(value)) <= WIDEST)


def _has_apart(value: Any) -> bool:
    if isinstance(value, dict):
        return any((key in APART and isinstance(one, list)) or _has_apart(one) for key, one in value.items())
    return isinstance(value, list) and any(_has_apart(one) for one in value)


def flow(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    return scalar(value)


def scalar(value: str | float | None) -> str:
    """Return a word, number or flag as it is written, in quotes where it would read as something else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(value)
    if (_PLAIN.match(value) and not value.endswith(("'", "."))) or _NUMBERED.match(value):
        found = parse(value, Findings(""))
        if len(found) == 1 and found[0].value == value:
            return value
    return '"' + "".join(_escaped(one) for one in value) + '"'


def _number(value: float) -> str:
    said = repr(value)
    return said if isinstance(value, int) or "e" not in said else f"{value:.20f}".rstrip("0")


def _escaped(one: str) -> str:
    if one in _ESCAPES:
        return _ESCAPES[one]
    if one.isprintable():
        return one
    code = ord(one)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65_536 else f"\\U{code:08x}"
