"""Measuring the model that reads on labelled feedback: scores with intervals and calibration."""

from __future__ import annotations

from pathlib import Path

from nicegui.element import Element

from api.console import look
from api.console.context import Context, say_done
from api.console.judging import card, parts
from api.console.judging.chosen_data import ChosenData
from api.console.judging.known import Known
from api.console.judging.measured import keep_measured, measured_of
from api.console.judging.work import Work

NOT_YET = "Not measured here yet"
HOW = "Measure it on labelled feedback of your own: intervals and the calibration plot appear here."


class Measuring:
    """The part of the page that measures, and shows what was measured.

    Parameters
    ----------
    reads
        The model.
    """

    def __init__(self, context: Context, reads: Known) -> None:
        self._context = context
        self._reads = reads
        self._data = ChosenData(context)

    async def draw(self) -> None:
        """Draw it."""
        self._found = await self._context.read(lambda: measured_of(self._context.service, self._reads))
        with look.section("Measured here"), Element("div").classes("hf-card hf-stack"):
            with Element("div") as self._shown:
                self._show()
            with Element("div").classes("hf-form"):
                await self._data.draw()
                look.button("Measure", self._context.doing(self._measure))

    def _show(self) -> None:
        if self._found is None:
            look.nothing_here(NOT_YET, HOW)
        else:
            card.draw_measured(self._found)

    async def _measure(self) -> None:
        self._context.need(parts.JUDGING)
        async with self._data.file() as (data, place, name):
            self._shown.clear()
            with self._shown:
                look.busy("Measuring: this takes a minute for every few thousand records")
            try:
                await self._measured(data, place / "found.json", name)
            finally:
                self._shown.clear()
                with self._shown:
                    self._show()
        say_done("Measured")

    async def _measured(self, data: Path, out: Path, name: str) -> None:
        context, reads = self._context, self._reads
        model = str(reads.artifact.folder.resolve())
        command = ["evaluate", model, "--data", str(data), "--top", "0", "--json", str(out)]
        result = await context.desk.kept(Work).run("a measurement", command, out)
        by = context.caller.name
        self._found = await context.read(lambda: keep_measured(context.service, reads, result, data=name, by=by))
