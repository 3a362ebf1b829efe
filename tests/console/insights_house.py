"""Feedback that insights have something to say of."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

HOSTILE = "<img src=x onerror='window.hacked=1'>"


def records(now: datetime, many: int = 90) -> list[dict[str, Any]]:
    """Return feedback of the last days: two thirds of the angry is of one store, which is named like an attack."""
    return [_record(now - timedelta(hours=6 * (number % 40) + 1), number) for number in range(many)]


def _record(at: datetime, number: int) -> dict[str, Any]:
    angry = number % 3 == 0
    said = "I am furious. The menu is bad." if angry else "Great, thanks. The invoice came."
    return {
        "id": f"f{number}",
        "text": f"{said} {HOSTILE}" if number % 10 == 0 else said,
        "occurred_at": at.isoformat(),
        "scores": {"nps": number % 5 if angry else 6 + number % 5},
        "attributes": {"store": HOSTILE if angry and number % 9 else ("=cmd()" if number % 2 else "Leeds")},
        "unit": "emea/uk" if number % 2 else "amer/us",
        "channel": "survey" if number % 4 else "email",
        "employee": "ann" if number % 2 else None,
    }
