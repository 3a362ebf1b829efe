"""Two texts side by side, as people read them."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui.element import Element

from api.console import look
from api.console.rules.differing import Became, Line, Row

# A page of more rows takes browsers long.
MOST_ROWS = 400
SAID = {Became.CHANGED: ("Was: ", "Now: "), Became.REMOVED: ("Taken out: ", ""), Became.ADDED: ("", "Added: ")}


def draw_compared(rows: Sequence[Row], before: str, after: str, label: str) -> None:
    """Draw two texts side by side; on a narrow screen one line under the other."""
    with Element("div").classes("hf-scroll").props("tabindex=0 role=region") as scrolled:
        scrolled.props["aria-label"] = label
        with Element("table").classes("hf-diff"):
            with Element("colgroup"):
                for style in ("hf-diff-number-column", "", "hf-diff-number-column", ""):
                    Element("col").classes(style)
            with Element("thead"), Element("tr"):
                for said in (before, after):
                    look.words("th", said).props("scope=col colspan=2")
            with Element("tbody"):
                for row in rows[:MOST_ROWS]:
                    _draw_row(row)
    if len(rows) > MOST_ROWS:
        look.words("p", f"{len(rows) - MOST_ROWS:,} more lines are not shown here.", "hf-small hf-muted")


def _draw_row(row: Row) -> None:
    with Element("tr").classes(f"hf-diff-{row.became}"):
        if row.became is Became.LEFT_OUT:
            said = "1 line is the same" if row.count == 1 else f"{row.count:,} lines are the same"
            look.words("td", said).props("colspan=4")
            return
        was, now = SAID.get(row.became, ("", ""))
        _draw_line(row.before, was, "hf-diff-before")
        _draw_line(row.after, now, "hf-diff-after")


def _draw_line(line: Line | None, said: str, style: str) -> None:
    empty = "" if line is not None else " hf-diff-nothing"
    look.words("td", str(line.number) if line else "", f"hf-diff-number {style}{empty}")
    with Element("td").classes(style + empty):
        if line is None:
            return
        if said:
            look.words("span", said, "hf-hidden-text")
        look.words("code", line.text or " ")
