"""Parts of a rule's page: its numbers, its examples, and what it would have opened in shadow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.rules.facts import WEEK, Fact, said_precision
from api.console.rules.listing import said_examples
from api.console.rules.trying import ExampleResult, RuleResult
from engine.feedback import Feedback
from engine.rules.plain import say_rule
from engine.rules.rule import Rule
from engine.store.shadows import ShadowResults

MOST_EXAMPLES = 100
MOST_SHADOWS = 5
EXCERPT = 280


def said_rule(rule: Rule) -> str:
    """Return what a rule does in plain English, without its name."""
    return say_rule(rule).partition("\n\n")[2]


def draw_numbers(fact: Fact) -> None:
    """Draw what is counted of a rule."""
    value, because = said_precision(fact.numbers.precision)
    with Element("dl").classes("hf-facts"):
        _number("Alerts in 7 days", f"{fact.numbers.opened:,}", "")
        _number("Precision", value, because)


def _number(name: str, value: str, note: str) -> None:
    with Element("div"):
        look.words("dt", name)
        with Element("dd"):
            look.words("div", value, "hf-fact-value")
            if note:
                look.words("div", note, "hf-small hf-muted")


def draw_examples(tried: RuleResult) -> None:
    """Draw the examples of a rule, and which of them do what they should."""
    if not tried.results:
        look.words("p", "It has no examples. Three that fire and three that stay quiet make a live rule.", "hf-muted")
        return
    look.words("p", said_examples(tried).capitalize() + ".", "hf-bad" if tried.failing else "")
    if tried.problem:
        look.words("p", tried.problem[:1].upper() + tried.problem[1:] + ".", "hf-small hf-muted")
    with Element("ul").classes("hf-examples"):
        for one in tried.results[:MOST_EXAMPLES]:
            _draw_example(one)
    if len(tried.results) > MOST_EXAMPLES:
        look.words("p", f"and {len(tried.results) - MOST_EXAMPLES:,} more", "hf-small hf-muted")


def _draw_example(one: ExampleResult) -> None:
    icon, style, said = {
        True: ("check_circle", "hf-good", "Passes"),
        False: ("cancel", "hf-bad", "Fails"),
        None: ("pending", "hf-muted", "Not tried"),
    }[one.passes]
    record = dict(one.example.record)
    text = said_text(record)
    with Element("li"):
        with Element("div"):
            ui.icon(icon).classes(style).props("aria-hidden=true")
            look.words("span", said, "hf-hidden-text")
        with Element("div"):
            look.highlighted(text if len(text) <= EXCERPT else f"{text[:EXCERPT]} …")
            wants = "should fire" if one.example.fires else "should stay quiet"
            look.words("div", "; ".join([wants, *_values(record)]), "hf-small hf-muted")
            if one.passes is False:
                look.words("div", one.why or "the model reads it otherwise", "hf-small hf-bad")


def said_text(record: Mapping[str, Any]) -> str:
    """Return the words of an example."""
    if isinstance(record.get("text"), str):
        return str(record["text"])
    parts = record.get("parts")
    if isinstance(parts, list):
        return "\n".join(str(one.get("text", "")) for one in parts if isinstance(one, Mapping))
    return str(record.get("transcript") or "(no words)")


def _values(record: Mapping[str, Any]) -> list[str]:
    """Return everything else that an example says, in short."""
    found: list[str] = []
    for name, value in record.items():
        if name in ("text", "parts", "transcript"):
            continue
        if isinstance(value, Mapping):
            found += [f"{key} {_short(one)}" for key, one in value.items()]
        else:
            found.append(f"{name} {_short(value)}")
    return found


def _short(value: Any) -> str:
    return str(value)[:80] if isinstance(value, (str, int, float)) else json.dumps(value, default=str)[:80]


def shadow_of(context: Context, slug: str) -> tuple[ShadowResults, Mapping[int, Feedback]]:
    """Return what a rule would have opened in a week of shadow, and what was said; run it in a thread."""
    store, scope = context.service.store, context.caller.scope
    found = store.shadows.of(slug, context.now() - WEEK, scope, limit=MOST_SHADOWS)
    return found, store.words.of([one.sequence for one in found.matches], scope)


def draw_shadow(found: ShadowResults, said: Mapping[int, Feedback]) -> None:
    """Draw what a rule would have opened while it was in shadow."""
    if not found.count:
        of = f"none of the newest {found.of:,} records" if found.of else "no feedback in the last 7 days"
        look.words("p", f"It held for nothing yet: {of}." if not found.of else f"It held for {of}.", "hf-muted")
        return
    share = found.count / found.of
    times = "1 alert" if found.count == 1 else f"{found.count:,} alerts"
    look.words("p", f"It would have opened {times}: {share:.2%} of {found.of:,} records in the last 7 days.")
    for one in found.matches:
        feedback = said.get(one.sequence)
        with Element("div").classes("hf-sample"):
            if feedback is not None:
                text = feedback.text
                look.highlighted(text if len(text) <= EXCERPT else f"{text[:EXCERPT]} …")
            with Element("div").classes("hf-row hf-small hf-muted"):
                look.moment(one.received_at, look.Clock.AGO)
                look.words("span", f"{one.source} {one.feedback_id}")
