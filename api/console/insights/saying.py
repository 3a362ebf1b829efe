"""Numbers in words: shares with their intervals, changes, and spans of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from engine.insights.bins import Every
from engine.insights.intervals import LEAST_EXPECTED, difference_p, expected, wilson
from engine.insights.telling import Share

# Below so many records a share says little, and charts of shares draw noise.
FEW = 20
CLEAR = 0.05


def share_said(share: float | None, digits: int = 1) -> str:
    """Return a share in percent."""
    return "none" if share is None else f"{100 * share:.{digits}f}%"


def between(low: float | None, high: float | None) -> str:
    """Return an interval of shares."""
    return "" if low is None or high is None else f"{share_said(low)} to {share_said(high)}"


def interval_said(share: Share) -> str:
    """Return the 95% interval of a share."""
    return "" if not share.of else between(*wilson(share.count, share.of))


def counted(many: int, what: str, plural: str | None = None) -> str:
    """Return how many there are of something."""
    return f"{many:,} {what if many == 1 else plural or what + 's'}"


def change_said(now: Share, before: Share, span: str) -> str:
    """Return how a share changed, and whether that is more than chance."""
    if not before.of:
        return f"nothing in the {span} before"
    was = f"{share_said(before.value)} in the {span} before"
    if not now.of or expected(now.count, now.of, before.count, before.of) < LEAST_EXPECTED:
        return f"{was}: too few to compare"
    if difference_p(now.count, now.of, before.count, before.of) >= CLEAR:
        return f"{was}: no clear change"
    return f"{was}: clearly {'more' if now.count * before.of > before.count * now.of else 'less'} now"


def span_said(since: datetime, until: datetime) -> str:
    """Return how long a span is."""
    long = until - since
    days = round(long / timedelta(days=1))
    if days >= 1:
        return "day" if days == 1 else f"{days:,} days"
    hours = max(1, round(long / timedelta(hours=1)))
    return "hour" if hours == 1 else f"{hours} hours"


def bin_name(start: datetime, every: Every, *, year: bool = False) -> str:
    """Return what a bin is called, in the zone that it is in."""
    day = f"{start.day} {start:%b}" + (f" {start.year}" if year else "")
    return f"{day} {start:%H:%M}" if every is Every.HOUR else day


def listed(names: Sequence[str], most: int = 3) -> str:
    """Return some names in a sentence."""
    shown = list(names[:most])
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
