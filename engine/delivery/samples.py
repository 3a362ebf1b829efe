"""Messages as they look: templates are tried with them, and receivers are tested with one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from engine.alerts.change_words import THANKS
from engine.delivery.message import Message
from engine.delivery.spec import ReceiverSpec
from engine.delivery.view import Event
from engine.ports import Clock

_WORDS = "This is a test of Heedful: every time I try to pay in the app I get lost in your menus."
_ALERT: dict[str, Any] = {
    "id": "al_test",
    "rule": "test",
    "rule_version": "test",
    "title": "A test of this receiver",
    "severity": "low",
    "kind": "alert",
    "state": "open",
    "source": "test",
    "feedback_id": "test",
    "opened_at": "2026-03-02T12:00:00+00:00",
    "follow_up_due": "2026-03-03T12:00:00+00:00",
    "close_due": "2026-03-06T12:00:00+00:00",
    "unit": "emea/uk",
    "customer": "a customer",
    "reasons": ["emotion is anger/annoyance (found 0.93)", "nps is at most 6 (found 2)"],
    "evidence": [{"part": 0, "start": 27, "end": len(_WORDS), "shows": "emotion: anger/annoyance"}],
}
_FEEDBACK: dict[str, Any] = {
    "source": "test",
    "id": "test",
    "text": _WORDS,
    "parts": [{"part": 0, "start": 0, "of": len(_WORDS), "text": _WORDS, "question": "How was it?"}],
    "scores": {"nps": 2.0},
    "attributes": {"tier": "gold"},
    "channel": "app",
    "unit": "emea/uk",
    "customer": "a customer",
}
_OPENED: dict[str, Any] = {"type": "alert.opened", "alert": _ALERT, "feedback": _FEEDBACK}
_LATE = {"late": ["the first follow-up is late"], "steps": [{"clock": "follow_up", "step": 1}]}
_SEVERAL: dict[str, Any] = {"count": 1, "items": [_OPENED], "by": {"unit": "emea/uk"}}

# One of each event, as it is committed.
SAMPLES: Mapping[Event, Mapping[str, Any]] = MappingProxyType(
    {
        Event.ALERT: _OPENED,
        Event.SIGNAL: {"type": "signal.opened", "alert": _ALERT | {"kind": "signal", "evidence": []}},
        Event.ESCALATED: _OPENED | {"type": "alert.escalated", "escalation": _LATE},
        Event.GROUP: {"type": "group", **_SEVERAL},
        Event.DIGEST: {"type": "digest", **_SEVERAL},
        Event.SILENCE_ENDED: {
            "type": "silence.ended",
            "alerts": 1,
            "open": 1,
            "top": [_ALERT],
            "silence": {"id": "si_test", "author": "ann", "reason": "a test", "ends_at": "2026-03-02T12:00:00+00:00"},
        },
        Event.SYSTEM: {"type": "alert.opened", "alert": _ALERT | {"kind": "system", "evidence": []}},
        Event.THANK: _OPENED | {"type": "customer.thanks"},
    }
)


def sample_message(spec: ReceiverSpec, clock: Clock, address: str | None = None) -> Message:
    """Return a message to test a receiver with: nobody is told of an alert, and no link is in it."""
    now = clock.now()
    kind, event = (THANKS, Event.THANK) if spec.to_customer else ("opened", Event.ALERT)
    body = dict(SAMPLES[event])
    body["alert"] = body["alert"] | {"opened_at": now.isoformat()}
    return Message(f"nt_test_{now:%Y%m%d%H%M%S%f}", orjson.dumps(body).decode(), now, address, kind)
