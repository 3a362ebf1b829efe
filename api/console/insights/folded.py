"""A table below a chart: folded up at first where the chart says enough, and built only once it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui.element import Element

from api.console import look
from api.console.insights.figure import Cell, Table


class FoldedTable:
    """A table that is built once it is looked at.

    Parameters
    ----------
    draw_cell
        Draws what stands in a cell.
    title
        What the table is of.
    """

    def __init__(self, table: Table, draw_cell: Callable[[Cell], None], title: str) -> None:
        self._table, self._draw_cell, self._title = table, draw_cell, title
        self._is_open = table.is_open

    def draw_button(self) -> None:
        """Draw what folds and unfolds it."""
        self._button = look.button("", self._turn, icon="table_rows")
        self._say()

    def draw(self) -> None:
        """Draw the place of the table, and the table if it is open."""
        self._place = Element("div").classes("hf-scroll").props("tabindex=0 role=region")
        self._place.props["aria-label"] = f"Table, {self._title}"
        self._place.set_visibility(self._is_open)
        if self._is_open:
            self._build()

    def _turn(self) -> None:
        self._is_open = not self._is_open
        if self._is_open and not self._place.default_slot.children:
            self._build()
        self._place.set_visibility(self._is_open)
        self._say()

    def _say(self) -> None:
        self._button.text = "Hide the table" if self._is_open else "Show the table"
        self._button.props["aria-expanded"] = str(self._is_open).lower()
        self._button.props["aria-label"] = f"{self._button.text}: {self._title}"

    def _build(self) -> None:
        table = self._table
        numbers = [bool(table.rows) and table.rows[0][place].is_number for place in range(len(table.columns))]
        with self._place:
            with Element("table").classes("hf-table"):
                with Element("thead"), Element("tr"):
                    for name, is_number in zip(table.columns, numbers, strict=True):
                        look.words("th", name, "hf-right" if is_number else "").props("scope=col")
                with Element("tbody"):
                    for row in table.rows:
                        self._row(row)
            if len(table.data) > len(table.rows):
                look.words("p", f"Shown are {len(table.rows):,} rows; the CSV has all.", "hf-small hf-muted")

    def _row(self, row: Sequence[Cell]) -> None:
        with Element("tr"):
            with Element("th").classes("hf-row-name").props("scope=row"):
                self._draw_cell(row[0])
            for cell in row[1:]:
                with Element("td").classes("hf-right" if cell.is_number else ""):
                    self._draw_cell(cell)
