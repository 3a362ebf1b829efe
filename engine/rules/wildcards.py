"""Wildcards: `*` for any characters, also none, and `?` for exactly one."""

from __future__ import annotations

import re
from functools import lru_cache

WILDCARDS = "*?"


@lru_cache(maxsize=10_000)
def wildcard_pattern(text: str) -> re.Pattern[str]:
    """Return what a text with wildcards matches, as a whole.

    Every piece between two stars takes the first place where it fits and never tries another: the time is at most
    the length of the text times that of the longest piece, whatever the pattern.
    """
    first, *others = (_literal(piece) for piece in re.split(r"\*+", text))
    if not others:
        return re.compile(f"(?s:{first})\\Z")
    middle = "".join(f"(?>.*?{piece})" for piece in others[:-1])
    return re.compile(f"(?s:{first}{middle}.*{others[-1]})\\Z")


def _literal(piece: str) -> str:
    return "".join("." if one == "?" else re.escape(one) for one in piece)
