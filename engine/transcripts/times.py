"""Times in transcripts, however they are written, in seconds."""

from __future__ import annotations

import re

TICKS_A_SECOND = 10_000_000
MOST_SECONDS = 1e7

_CLOCK = re.compile(r"(?:(?P<hours>\d{1,4}):)?(?P<minutes>\d{1,2}):(?P<seconds>\d{1,2})(?:[.,](?P<part>\d{1,9}))?\Z")
_ISO = re.compile(r"PT(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,8}(?:\.\d{1,12})?)S)?\Z")
_WITH_UNIT = re.compile(r"(?P<seconds>\d{1,8}(?:\.\d{1,12})?)s\Z")


def clock(text: str) -> float | None:
    """Return what ``1:02:03.500``, ``02:03,5`` or ``02:03`` says; None where it is no such time."""
    found = _CLOCK.match(text)
    if not found or int(found["minutes"]) > 59 or int(found["seconds"]) > 59:
        return None
    part = float(f"0.{found['part'] or 0}")
    return int(found["hours"] or 0) * 3600 + int(found["minutes"]) * 60 + int(found["seconds"]) + part


def iso(text: str) -> float | None:
    """Return what ``PT1M2.5S`` says; None where it is no such duration."""
    found = _ISO.match(text)
    if not found or not any(found.groups()):
        return None
    return int(found["hours"] or 0) * 3600 + int(found["minutes"] or 0) * 60 + float(found["seconds"] or 0)


def with_unit(text: str) -> float | None:
    """Return what ``1.300s`` says; None where it is no such duration."""
    found = _WITH_UNIT.match(text)
    return float(found["seconds"]) if found else None
