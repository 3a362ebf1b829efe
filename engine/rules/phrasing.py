"""How conditions are said."""

from __future__ import annotations

from collections.abc import Sequence

Value = str | float | bool
MOST_LISTED = 8


def say(value: Value) -> str:
    """Return a value as people write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:g}"


def quoted(text: str) -> str:
    """Return somebody's words in quotes."""
    return f"'{text}'"


def listed(names: Sequence[str]) -> str:
    """Return names as people list them, the first few."""
    shown = " or ".join(names[:MOST_LISTED])
    return shown if len(names) <= MOST_LISTED else f"{shown} or {len(names) - MOST_LISTED} more"


def bounds(at_least: float | None, at_most: float | None) -> str:
    """Return bounds as people say them, with a space before; nothing when there are none."""
    if at_least is not None and at_most is not None:
        return f" between {at_least:g} and {at_most:g}"
    if at_least is not None:
        return f" at least {at_least:g}"
    return f" at most {at_most:g}" if at_most is not None else ""
