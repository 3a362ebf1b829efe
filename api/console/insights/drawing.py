"""Drawing figures: what is found first, then the chart, then its table; with what stands behind every number."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.context import UNFORESEEN, Context, log
from api.console.insights.chart import Chart, Clicked
from api.console.insights.drawer import Drawer
from api.console.insights.figure import Behind, Cell, Figure, Nothing, Shown, Tiles, Verbatims
from api.console.insights.folded import FoldedTable
from api.console.insights.looking import Part
from api.console.insights.verbatims import draw_verbatim
from api.exporting import note_export
from api.tables import table_text
from engine.errors import HeedfulError, SignInError


class Drawing:
    """Draws the parts of a view, one after the other, each as soon as it is found.

    Parameters
    ----------
    context
        Who looks.
    drawer
        Opens what stands behind a number.
    asked
        Returns what is asked for, as parameters: where a table is saved, it is put on record.
    """

    def __init__(self, context: Context, drawer: Drawer, asked: Callable[[], Sequence[tuple[str, str]]]) -> None:
        self._context = context
        self._drawer = drawer
        self._asked = asked
        self._turn = 0

    async def draw(self, into: Element, parts: Sequence[Part]) -> None:
        """Draw parts; what was being drawn before is given up."""
        self._turn += 1
        turn = self._turn
        into.clear()
        places: list[Element] = []
        with into:
            for part in parts:
                with look.section(part.title), Element("div").classes("hf-card") as place:
                    look.busy("Counting")
                places.append(place)
        for part, place in zip(parts, places, strict=True):
            if turn != self._turn or self._context.client.is_deleted:
                return
            await self._fill(part, place, turn)

    async def _fill(self, part: Part, place: Element, turn: int) -> None:
        try:
            shown = await self._context.read(part.find)
        except SignInError:
            self._context.leave()
            return
        except HeedfulError as problem:
            shown = Nothing("This could not be counted", f"{str(problem)[:1].upper()}{str(problem)[1:]}")
        except Exception as problem:
            log.error("a figure failed", part=part.title, error=type(problem).__name__, exc_info=problem)
            shown = Nothing("This could not be counted", UNFORESEEN)
        if turn == self._turn and not self._context.client.is_deleted:
            place.clear()
            with place:
                self._draw(part, shown)

    def _draw(self, part: Part, shown: Shown) -> None:
        match shown:
            case Nothing(title, said):
                look.nothing_here(title, said)
            case Tiles(tiles, finding):
                if finding:
                    look.words("p", finding, "hf-strong")
                with Element("dl").classes("hf-tiles"):
                    for tile in tiles:
                        with Element("div").classes("hf-tile"):
                            look.words("dt", tile.name, "hf-muted hf-small")
                            with Element("dd").classes("hf-tile-value"):
                                self._number(tile.value, tile.behind)
                            for told in tile.told:
                                look.words("dd", told, "hf-small hf-muted")
            case Verbatims(found, behind):
                listed = look.Listed(draw_verbatim, f"{part.title}, the last received first")
                listed.show([(one.sequence, one.revision, one) for one in found])
                with Element("div").classes("hf-row hf-figure-actions"):
                    all_of = look.button("Show all", self._context.doing(lambda: self._drawer.open(behind)))
                    _named(all_of, f"Show all: {part.title}")
            case Figure():
                self._figure(part, shown)

    def _figure(self, part: Part, figure: Figure) -> None:
        look.words("p", figure.finding, "hf-strong")
        if figure.note:
            look.words("p", figure.note, "hf-small hf-muted")
        chart = None
        if figure.chart is not None:
            chart = Chart(figure.chart, f"Chart, {part.title}. {figure.finding}", figure.height)
            chart.on_point(self._clicked(figure))
        table = FoldedTable(figure.table, self._cell, part.title)
        with Element("div").classes("hf-row hf-figure-actions"):
            table.draw_button()
            if chart is not None:
                _named(look.button("PNG", lambda: chart.save(figure.name), icon="image"), f"Save as PNG: {part.title}")
            save = look.button("CSV", self._context.doing(lambda: self._save(figure)), icon="download")
            _named(save, f"Save as CSV: {part.title}")
        table.draw()

    def _clicked(self, figure: Figure) -> Clicked:
        async def clicked(series: int, index: int) -> None:
            behind = figure.points.get((series, index))
            if behind is not None:
                await self._context.doing(self._drawer.open)(behind)

        return clicked

    async def _save(self, figure: Figure) -> None:
        context = self._context
        text = await context.read(lambda: table_text(figure.table.data))
        await note_export(context.service, context.caller, "insights", figure.name, self._asked())
        ui.download.content(text, f"{figure.name}.csv", "text/csv")

    def _cell(self, cell: Cell) -> None:
        if cell.at is not None:
            look.moment(cell.at)
        elif cell.to is not None:
            look.link(cell.text, cell.to)
        else:
            self._number(cell.text, cell.behind)

    def _number(self, text: str, behind: Behind | None) -> None:
        if behind is None:
            look.words("span", text)
            return
        found = look.words("button", text, "hf-number").props("type=button")
        found.props["aria-label"] = f"{text}, {behind.title}: show what was said"
        found.on("click", self._context.doing(lambda: self._drawer.open(behind)))


def _named(found: Element, name: str) -> None:
    found.props["aria-label"] = name
