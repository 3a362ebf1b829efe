"""What a template can show: the body of a message, with every name there and every moment in the receiver's zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from engine.delivery.words import clean

MOST_LISTED = 25
MOST_REASONS = 12
MOST_OF_A_LINE = 300
ALERT_NAMES = (
    *("id", "rule", "title", "severity", "kind", "state", "unit", "customer", "employee", "key", "confidence"),
    *("priority", "holder", "team", "opened_at", "started_at", "follow_up_due", "close_due", "source", "feedback_id"),
)


class Event(StrEnum):
    """What a message is about; each has a template of its own."""

    ALERT = "alert"
    SIGNAL = "signal"
    ESCALATED = "escalated"
    GROUP = "group"
    DIGEST = "digest"
    SILENCE_ENDED = "silence_ended"
    SYSTEM = "system"
    THANK = "thank"


# Those about one alert, for which a receiver may name a template of its own.
ABOUT_ONE = frozenset({Event.ALERT, Event.SIGNAL, Event.ESCALATED, Event.SYSTEM})
_OF_KIND = {
    "thanks": Event.THANK,
    "escalated": Event.ESCALATED,
    "group": Event.GROUP,
    "digest": Event.DIGEST,
    "silence_ended": Event.SILENCE_ENDED,
}
_OF_ALERT = {"signal": Event.SIGNAL, "system": Event.SYSTEM}


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a message: what it does, how it is called, and where it leads."""

    action: str
    label: str
    url: str


def event_of(kind: str, body: Mapping[str, Any]) -> Event:
    """Return what a notification of a kind is about."""
    return _OF_KIND.get(kind) or _OF_ALERT.get(str((body.get("alert") or {}).get("kind")), Event.ALERT)


def view_of(event: Event, body: Mapping[str, Any], zone: ZoneInfo, links: Sequence[Link]) -> dict[str, Any]:
    """Return the names that a template of an event can use.

    Parameters
    ----------
    body
        What the receiver may see of the message.
    zone
        In which moments are told.
    """
    alert, feedback = body.get("alert") or {}, body.get("feedback") or {}
    several = [one.get("alert") or one for one in body.get("items") or body.get("top") or ()]
    count = int(body.get("count") or body.get("alerts") or len(several))
    return {
        "event": str(event),
        "alert": _alert(alert, zone),
        "reasons": [_line(one) for one in (alert.get("reasons") or ())[:MOST_REASONS]],
        "labels": list(dict.fromkeys(_line(one["shows"]) for one in alert.get("evidence") or () if one.get("shows"))),
        "scores": [(_line(name), f"{value:g}") for name, value in (feedback.get("scores") or {}).items()],
        "attributes": {_line(name): _line(value) for name, value in (feedback.get("attributes") or {}).items()},
        "channel": _line(feedback.get("channel")),
        "alerts": [_alert(one, zone) for one in several[:MOST_LISTED]],
        "count": count,
        "more": max(0, count - len(several[:MOST_LISTED])),
        "still_open": int(body.get("open") or 0),
        "late": [_line(one) for one in (body.get("escalation") or {}).get("late") or ()],
        "silence": _silence(body.get("silence") or {}, zone),
        "links": list(links),
    }


def moment_in(zone: ZoneInfo, said: Any) -> str:
    """Return a moment as people tell it, with its zone; empty where there is none."""
    try:
        moment = datetime.fromisoformat(str(said)).astimezone(zone)
    except ValueError:
        return ""
    return f"{moment:%a %d %b %Y %H:%M %Z}"


def _alert(alert: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    shown = {name: _line(alert.get(name)) for name in ALERT_NAMES}
    moments = ("opened_at", "started_at", "follow_up_due", "close_due")
    return shown | {name: moment_in(zone, alert.get(name)) for name in moments}


def _silence(silence: Mapping[str, Any], zone: ZoneInfo) -> dict[str, str]:
    shown = {name: _line(silence.get(name)) for name in ("id", "author", "reason")}
    return shown | {name: moment_in(zone, silence.get(name)) for name in ("starts_at", "ends_at")}


def _line(value: Any) -> str:
    """Return a value as one line of text; empty where there is none."""
    if value is None:
        return ""
    text = " ".join(clean(str(value)).split())
    return text if len(text) <= MOST_OF_A_LINE else text[: MOST_OF_A_LINE - 1] + "…"
