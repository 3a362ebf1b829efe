"""Moments as people write them on a command line or in a query."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from engine.durations import parse_duration
from engine.errors import MomentError
from engine.names import show


def parse_since(text: str, now: datetime, zone: tzinfo = UTC) -> datetime:
    """Return the beginning of a span: ``30d`` before now, or a date or time in ISO 8601.

    Raises
    ------
    MomentError
        If it is neither, or lies ahead.
    """
    try:
        moment = now - parse_duration(text)
    except (ValueError, OverflowError):
        moment = _moment(text, zone)
    if moment > now:
        raise MomentError(f"'{show(text)}' is ahead of now; name a moment in the past")
    return moment


def _moment(text: str, zone: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise MomentError(f"'{show(text)}' is no span and no date; write 30d, 12h or 2026-03-01") from problem
