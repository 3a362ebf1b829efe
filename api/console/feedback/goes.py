"""Where the alerts of a text would go: whom it would be told, by what, and what would keep it from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.alert import telling
from engine.route_trial import Tried

NOW: Mapping[str, str] = {
    "send": "told at once",
    "wait": "told later",
    "hold": "not told",
    "carry": "told together with others",
}


def draw_goes(tried: Sequence[Tried], titles: Mapping[str, str]) -> None:
    """Draw it, an alert after the other.

    Parameters
    ----------
    titles
        Of the rules, by name.
    """
    if not tried:
        look.words("p", "No alert would open, so nobody would be told.", "hf-muted")
        return
    with Element("ul").classes("hf-goes"):
        for one in tried:
            with Element("li"):
                _draw(one.as_dict(), titles)


def _draw(one: Mapping[str, Any], titles: Mapping[str, str]) -> None:
    with Element("div").classes("hf-row"):
        look.severity(one["severity"])
        look.words("span", titles.get(one["rule"], one["rule"]), "hf-strong hf-break")
        if one["kind"] != "alert":
            look.chip(str(one["kind"]).capitalize(), "topic")
    if one["held_back"]:
        look.words("p", f"Would be held back: {telling.held_because(one['held_back'])}", "hf-small hf-warn")
    with Element("ul").classes("hf-plain-list"):
        for to in one["destinations"]:
            look.words("li", _destination(to), "hf-small")
    held_by = [f"{one['holder']} would have it"] if one["holder"] else []
    look.words("p", "; ".join([*held_by, one["why"]]), "hf-small hf-muted hf-break")


def _destination(to: Mapping[str, Any]) -> str:
    who = to["recipient"] if to["recipient"] == to["receiver"] else f"{to['recipient']} by {to['receiver']}"
    said = NOW.get(to["now"], to["now"])
    return f"{who}: {said}" + (f", because {telling.held_because(to['reason'])}" if to["reason"] else "")
