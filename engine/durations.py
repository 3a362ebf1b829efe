"""Durations as rule authors write them: ``30m``, ``24h``, ``7d``, ``2w``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from engine.names import show

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_PATTERN = re.compile(r"([0-9]{1,6})([smhdw])\Z")


def parse_duration(text: str) -> timedelta:
    """Return the elapsed time that a duration means.

    Raises
    ------
    ValueError
        If it is not a whole number followed by s, m, h, d or w.
    """
    match = _PATTERN.match(text.strip())
    if match is None:
        raise ValueError(f"'{show(text)}' is not a duration; write a whole number and a unit: 30m, 24h, 7d or 2w")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def say_duration(span: timedelta) -> str:
    """Return a duration as it would be written, in the largest unit that fits exactly."""
    seconds = int(span.total_seconds())
    for unit in "wdhm":
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"


def longest(spans: Iterable[Mapping[str, timedelta]]) -> dict[str, timedelta]:
    """Return the longest span of each name."""
    found: dict[str, timedelta] = {}
    for some in spans:
        for name, span in some.items():
            found[name] = max(span, found.get(name, span))
    return found
