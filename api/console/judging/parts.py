"""What the pages about models are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element

from api.console import assets, look
from api.console.context import Context
from engine.scope import TESTERS, Role

# What is measured shows what customers of every unit said.
JUDGING = frozenset({Role.ANALYST, Role.ADMIN})
LABELLERS = frozenset({Role.ANALYST, Role.ADMIN})
PLACES = (
    ("/models", "Model", TESTERS),
    ("/models/compare", "Compare", JUDGING),
    ("/models/drift", "Drift", TESTERS),
    ("/models/labelling", "What to label next", LABELLERS),
)
# Of the page's palette, as the SVG of a chart takes them.
INK, MUTED, LINE, ACCENT = "var(--ink)", "var(--muted)", "var(--line)", "var(--accent)"
# The size of a text cannot be told from "inherit".
FONT = "system-ui, Segoe UI, Roboto, sans-serif"
SERIES = (ACCENT, "var(--warn)", "var(--good)", "var(--bad)", MUTED)
SHAPES = ("circle", "rect", "triangle", "diamond", "pin")


def begin(context: Context, path: str) -> None:
    """Draw the way between the pages about models."""
    ui.add_head_html(f'<link rel="stylesheet" href="{assets.address("models.css")}">')
    with Element("nav").classes("hf-ways") as ways:
        ways.props["aria-label"] = "About models"
        for to, said, roles in PLACES:
            if context.may(roles):
                entry = look.link(said, to, "hf-way")
                if to == path:
                    entry.props["aria-current"] = "page"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], label: str, numbers: int = 1) -> Element:
    """Show text in a table whose columns from the one numbered ``numbers`` on are numbers."""
    with Element("div").classes("hf-scroll").props("tabindex=0 role=region") as around:
        around.props["aria-label"] = label
        with Element("table").classes("hf-table"):
            with Element("thead"), Element("tr"):
                for place, head in enumerate(heads):
                    look.words("th", head, "hf-number" if place >= numbers else "").props("scope=col")
            with Element("tbody"):
                for row in rows:
                    with Element("tr"):
                        for place, said in enumerate(row):
                            look.words("td", said, "hf-number" if place >= numbers else "")
    return around


def facts(said: Mapping[str, str]) -> Element:
    """Show names and what they are."""
    with Element("dl").classes("hf-pairs") as found:
        for name, value in said.items():
            look.words("dt", name)
            look.words("dd", value)
    return found


def chart(options: dict[str, Any], said: str) -> Element:
    """Show a chart in the colours of the page; what it shows is said in words too."""
    plain = {"animation": False, "textStyle": {"color": INK, "fontFamily": FONT}, "color": list(SERIES)}
    found = ui.echart(plain | options, renderer="svg").classes("hf-chart")
    found.props["role"], found.props["aria-label"] = "img", said
    return found


def axis(name: str, **more: Any) -> dict[str, Any]:
    """Return an axis of a chart."""
    return {
        "name": name,
        "nameLocation": "middle",
        "nameTextStyle": {"color": MUTED},
        "axisLabel": {"color": MUTED},
        "axisLine": {"lineStyle": {"color": LINE}},
        "splitLine": {"lineStyle": {"color": LINE}},
    } | more


def series(name: str, place: int, data: Sequence[Any], **more: Any) -> dict[str, Any]:
    """Return a line of a chart, told from others by its shape too."""
    return {
        "name": name,
        "type": "line",
        "symbol": SHAPES[place % len(SHAPES)],
        "symbolSize": 8,
        "data": list(data),
        "connectNulls": False,
    } | more


def legend() -> dict[str, Any]:
    """Return the legend of a chart."""
    return {"bottom": 0, "itemGap": 20, "textStyle": {"color": INK}, "inactiveColor": MUTED}


def percent(value: float | None) -> str:
    """Say a share."""
    return "-" if value is None else f"{value:.1%}"


def number(value: float | None) -> str:
    """Say a score of 0 to 1."""
    return "-" if value is None else f"{value:.2f}"


def reason() -> ui.input:
    """Ask why."""
    field = ui.input(
        "Why", validation={"Say why, in at most 500 characters": lambda said: 0 < len(said.strip()) <= 500}
    )
    return field.props("outlined dense lazy-rules").classes("hf-field hf-narrow")
