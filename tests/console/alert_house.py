"""What the tests of the page of an alert look at: people, a signal, a call, a review."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from engine.people import Person
from tests.console.browsing import Console
from tests.support.service import RULES

SIGNAL = """
---
rule: crashes
title: Many crashes
status: live
when: {topic: digital/reliability, count: {at_least: 3, within: 2h}}
then: {severity: critical}
examples:
  fires: [{text: a crash, repeat: 3}, {text: crash again, repeat: 4}, {text: crash, repeat: 5}]
  stays_quiet: [{text: hello, repeat: 3}, {text: crash, repeat: 2}, {text: crash}]
"""
PEOPLE = (
    Person("ann", "Ann Ash", units=("emea/uk",), teams=("callbacks",)),
    Person("bob", "Bob Birch", units=("amer",), teams=("americas",)),
    Person("cy", "Cy Cole"),
)
CALL: dict[str, Any] = {
    "id": "call-1",
    "parts": [
        {
            "text": "Good morning. How can I help you today",
            "speaker": "agent",
            "start": 0,
            "end": 4,
            "confidence": 0.97,
        },
        {
            "text": "I am furious about the menu. It takes eleven taps to find an invoice. Maybe I am leaving",
            "start": 5,
            "end": 17,
            "confidence": 0.71,
        },
        {"text": "I am sorry. The menu is bad I know", "speaker": "agent", "start": 18, "end": 22},
        {"text": "Thanks for saying so", "start": 23, "end": 25},
    ],
    "scores": {"nps": 1},
    "customer": "c-77",
    "unit": "emea/uk/leeds",
    "channel": "voice",
    "attributes": {"device": "phone", "plan": "<b>gold</b>"},
}
FURIOUS = "I am furious about the menu. The new web site is maddening, I cannot find my bookings anywhere."


def rules() -> str:
    return RULES + SIGNAL


def people(console: Console) -> None:
    """Enter the people."""
    now = datetime.now(UTC)
    for one in PEOPLE:
        console.service.store.people.put(one, now, {})


def posted(console: Console, name: str, text: str = FURIOUS, **more: Any) -> str:
    """Send feedback that a customer is furious in, and return its alert."""
    record = {"id": name, "text": text, "scores": {"nps": 5}, "customer": f"c-{name}", "unit": "emea/uk"} | more
    (decision,) = console.post(record)
    alerts = [one["id"] for one in decision["alerts"] if one["rule"] in ("furious", "leaving")]
    return str(alerts[0])


def signal(console: Console) -> str:
    """Send three crashes, and return the signal that they open."""
    found = console.post(*({"id": f"crash-{one}", "text": "It had a crash", "unit": "emea"} for one in range(4)))
    (alert,) = {one["id"] for decision in found for one in decision["alerts"] if one["rule"] == "crashes"}
    return str(alert)
