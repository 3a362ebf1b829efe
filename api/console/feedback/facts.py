"""What else is known of a feedback, in words."""

from __future__ import annotations

from collections import Counter

from api.console.verbatim import say_redaction
from engine.feedback import AttributeValue, Feedback


def facts_of(feedback: Feedback) -> list[tuple[str, str]]:
    """Return what is known, without what is not: scores, people, where it came from, attributes, what was removed."""
    found: list[tuple[str, str | None]] = [(name, f"{value:g}") for name, value in feedback.scores.items()]
    found += [("Customer", feedback.customer), ("Unit", feedback.unit), ("Employee", feedback.employee)]
    found += [("Channel", feedback.channel), ("Source", feedback.source), ("Id", feedback.id)]
    found += [(name, _value(value)) for name, value in feedback.attributes.items()]
    removed = Counter(map(say_redaction, feedback.redactions))
    if removed:
        found.append(("Removed", ", ".join(f"{one} ({many})" if many > 1 else one for one, many in removed.items())))
    return [(name, value) for name, value in found if value]


def _value(value: AttributeValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)
