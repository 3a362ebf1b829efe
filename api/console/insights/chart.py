"""A chart: ECharts from NiceGUI's wheel, in the colours of the page, with what it shows said in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui.element import Element

# Its import registers the ECharts that the component takes.
from nicegui.elements import echart as _echart

Clicked = Callable[[int, int], Awaitable[None]]
_ = _echart.EChart


class Chart(Element, component="chart.js"):
    """A chart.

    Parameters
    ----------
    options
        Those of ECharts, as data: ``var(--name)`` is a colour of the palette, ``format:share`` a way to write numbers.
    says
        What it shows, in words, for those who do not see it.
    height
        In rem.
    """

    def __init__(self, options: Mapping[str, Any], says: str, height: float) -> None:
        super().__init__()
        self._props["options"] = dict(options)
        self.classes("hf-chart")
        self._props["role"] = "img"
        self._props["aria-label"] = says
        self._style["height"] = f"{height:g}rem"

    def on_point(self, clicked: Clicked) -> None:
        """Run something when a point is clicked, with the places of its series and of itself in that."""

        async def handle(event: Any) -> None:
            series, index = event.args.get("series"), event.args.get("index")
            if isinstance(series, int) and isinstance(index, int):
                await clicked(series, index)

        self.on("point", handle)

    def save(self, name: str) -> None:
        """Let the browser save it as a picture."""
        self.run_method("save", name)
