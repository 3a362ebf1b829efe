"""What is only shown, drawn by the browser itself: however many parts it has, it is one element of the page.

Each element of a page is kept by the service, and made, compared and sent as such. A queue has hundreds of small parts
that never change by themselves; in many open pages they would cost more than all that is asked of the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeAlias

from nicegui.element import Element

from api.console.highlight import Mark, pieces_said
from api.console.look import Clock
from api.console.palette import group_of
from engine.alerts.severity import Severity

# A text, or a tag with its attributes and what is in it.
Part: TypeAlias = "str | tuple[str, dict[str, str], list[Part]]"


def part(tag: str, *inside: Part, style: str = "", **attributes: str) -> Part:
    """Return an HTML element with what is in it; in the names of attributes ``_`` stands for ``-``."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    return tag, ({"class": style} if style else {}) | named, list(inside)


def link(text: str, path: str, style: str = "hf-link", **attributes: str) -> Part:
    """Return a link to a page of the console."""
    return part("a", text, style=style, href=path, **attributes)


def moment(at: datetime, clock: Clock = Clock.AT, style: str = "") -> Part:
    """Return a moment, as `look.moment` shows it."""
    return part("hf-time", style=style, datetime=at.astimezone(UTC).isoformat(), clock=str(clock))


def severity(of: Severity | str) -> Part:
    """Return how grave an alert is, as `look.severity` shows it."""
    return part("span", str(of).capitalize(), style=f"hf-chip hf-severity-{Severity(of)}")


def chip(text: str, group: str = "neutral") -> Part:
    """Return a word or two in a box, as `look.chip` shows them."""
    return part("span", text, style=f"hf-chip hf-label-{group}")


def label_chip(task: str, label: str) -> Part:
    """Return a label, as `look.label_chip` shows it."""
    style = f"hf-chip hf-label-{group_of(task, label)}"
    return part("span", label, style=style, title=f"{task}: {label}")


def highlighted(text: str, marks: Iterable[Mark] = ()) -> Part:
    """Return a customer's words with parts of them marked, as `look.highlighted` shows them."""
    return part("hf-text", pieces=pieces_said(text, marks))


def drawn(*parts: Part) -> Element:
    """Show parts; texts in them are shown as texts, whatever stands in them."""
    found = Element("hf-drawn")
    found.props["parts"] = json.dumps(parts, ensure_ascii=False)
    return found
