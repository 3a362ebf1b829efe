"""The bar of filters: the span, how long bins are, the conditions, and what the view itself is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.insights.place import Place, asked_at
from engine.insights.asked import ABSENT
from engine.program import Program
from engine.taxonomy import TASKS, Taxonomy

DATES = "dates"
SPANS = {"1": "Last day", "7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days", "365": "Last year"}
BINS = {"": "As suits the time", "hour": "Hours", "day": "Days", "week": "Weeks"}
ASKS = {
    "words": "Words",
    "label": "Label",
    "sentiment": "Sentiment",
    "score": "Score",
    "attribute": "Attribute",
    "unit": "Unit",
    "channel": "Channel",
    "language": "Language",
    "source": "Source",
    "rule": "Rule that alerted",
    "alerted": "Has an alert",
    "pattern": "Part of a pattern",
    "missing": "Is absent",
}
SUCH = {
    "words": 'such as refund, "late delivery" or -not',
    "label": "such as topic:digital or emotion:anger>=0.8",
    "score": "a range, such as nps:..6 or nps:9..",
    "attribute": "such as store:Leeds",
    "unit": "a unit and everything below it, such as emea/uk",
}
FLAGS = ("alerted", "pattern")
Go = Callable[[Place], Awaitable[None]]


class Filters:
    """The bar of a page.

    Parameters
    ----------
    context
        Who looks.
    place
        Where they are.
    go
        Leads to another place.
    """

    def __init__(self, context: Context, place: Place, go: Go) -> None:
        self._context = context
        self._place = place
        self._go = go

    def draw(self, asks: Mapping[str, tuple[str, Mapping[str, str], str]] | None = None, *, bins: bool = True) -> None:
        """Draw the bar.

        Parameters
        ----------
        asks
            What the view is asked: by parameter its name, what may be chosen, and what is.
        bins
            Whether the view has bins.
        """
        with Element("div").classes("hf-filters").props('role=group aria-label="What is counted"'):
            with Element("div").classes("hf-row hf-filter-row"):
                self._draw_span()
                if bins:
                    self._choice("Counted by", BINS, self._place.one("every") or "", "every")
                for name, (label, options, value) in (asks or {}).items():
                    self._choice(label, options, value, name)
            self._draw_dates()
            self._chips = Element("div").classes("hf-row")
            self._draw_chips()
            if self._context.account.unit is not None:
                said = f"You see {self._context.account.unit} and everything below it."
                look.words("p", said, "hf-small hf-muted")

    def _choice(self, label: str, options: Mapping[str, str], value: str, name: str) -> None:
        shown = dict(options) if value in options else {value: value, **options}
        select = ui.select(shown, label=label, value=value).props("outlined dense options-dense").classes("hf-choice")

        async def chosen() -> None:
            await self._moved(self._place.having(**{name: str(select.value or "")}))

        select.on_value_change(self._context.doing(chosen))

    def _draw_span(self) -> None:
        place = self._place
        said = DATES if place.has_dates else str(place.one("days") or "30")
        options = {**SPANS, DATES: "From one day to another"}
        shown = options if said in options else {said: f"Last {said} days", **options}
        self._span = (
            ui.select(shown, label="Time", value=said).props("outlined dense options-dense").classes("hf-choice")
        )

        async def chosen() -> None:
            self._dates.set_visibility(self._span.value == DATES)
            if self._span.value != DATES:
                await self._moved(self._place.having(since=None, until=None, days=str(self._span.value)))

        self._span.on_value_change(self._context.doing(chosen))

    def _draw_dates(self) -> None:
        place = self._place
        with Element("div").classes("hf-row hf-filter-row") as self._dates:
            ends = [
                ui.input(label, value=(place.one(name) or "")[:10]).props("type=date outlined dense stack-label")
                for name, label in (("since", "From"), ("until", "To, that day too"))
            ]

            async def shown() -> None:
                since, until = (str(one.value or "") or None for one in ends)
                await self._moved(self._place.having(since=since, until=until, days=None))

            look.button("Show", self._context.doing(shown))
        self._dates.set_visibility(place.has_dates)

    def _draw_chips(self) -> None:
        self._chips.clear()
        with self._chips:
            for name, value in self._place.conditions:
                self._chip(name, value)
            self._add = look.button("Add a condition", self._open, icon="add")

    def _chip(self, name: str, value: str) -> None:
        async def taken_away() -> None:
            await self._moved(self._place.minus(name, value))

        said = f"{ASKS.get(name, name.capitalize())}: {_flag(value) if name in FLAGS else value}"
        with Element("span").classes("hf-condition"):
            look.words("span", said)
            away = look.words("button", "×").props("type=button")
            away.props["aria-label"] = f"Take away {said}"
            away.on("click", self._context.doing(taken_away))

    def _open(self) -> None:
        Adding(self._context, self._added).open()

    async def _added(self, name: str, value: str) -> None:
        await self._moved(self._place.plus(name, value))

    async def _moved(self, place: Place) -> None:
        # What is not valid is said, and changes nothing.
        asked_at(self._context, place)
        self._place = place
        await self._go(place)
        # Last: what was chosen may be among what is drawn anew.
        self._draw_chips()


class Adding:
    """Asks for a condition.

    Parameters
    ----------
    added
        What is done with its name and value.
    """

    def __init__(self, context: Context, added: Callable[[str, str], Awaitable[None]]) -> None:
        self._context = context
        self._added = added

    def open(self) -> None:
        """Open the dialog."""
        # Not among the conditions, which are drawn anew.
        with self._context.client.content, ui.dialog() as self._dialog, ui.card().classes("hf-adding"):
            self._dialog.props["aria-label"] = "Add a condition"
            look.words("h2", "Add a condition", "hf-drawer-title")
            self._name = ui.select(ASKS, label="On", value="label").props("outlined dense").classes("hf-wide")
            self._place = Element("div").classes("hf-wide")
            self._draw_value()
            self._name.on_value_change(self._draw_value)
            with Element("div").classes("hf-row"):
                look.button("Add", self._context.doing(self._add), main=True)
                look.button("Cancel", self._dialog.close)
        self._dialog.on("hide", self._dialog.delete)
        self._dialog.open()

    def _draw_value(self) -> None:
        name = str(self._name.value)
        self._place.clear()
        with self._place:
            if name in FLAGS:
                self._value: ui.select | ui.input = ui.select(
                    {"true": "Yes", "false": "No"}, label="Is it so", value="true"
                )
            else:
                service = self._context.service
                known = known_values(name, service.engine.program, service.rules.taxonomy)
                self._value = ui.input(ASKS[name], autocomplete=known)
                self._value.on("keydown.enter", self._context.doing(self._add))
            self._value.props("outlined dense").classes("hf-wide")
            if name in SUCH:
                look.words("p", SUCH[name], "hf-small hf-muted")

    async def _add(self) -> None:
        value = str(self._value.value or "").strip()
        if value:
            await self._added(str(self._name.value), value)
            self._dialog.close()


def known_values(name: str, program: Program, taxonomy: Taxonomy) -> list[str]:
    """Return what a condition may be on, as far as that is known."""
    match name:
        case "label":
            return [f"{task}:{node}" for task in TASKS for node in taxonomy.nodes(task)]
        case "sentiment":
            return ["positive", "negative", "mixed", "neutral"]
        case "score":
            return [f"{one.name}:{one.min:g}..{one.max:g}" for one in program.scores.values()]
        case "attribute":
            return [f"{name}:{value}" for name, spec in program.attributes.items() for value in spec.values or ("",)]
        case "missing":
            return [*ABSENT, *program.scores, *program.attributes]
        case "language":
            return list(program.languages)
    return []


def _flag(value: str) -> str:
    return "yes" if value == "true" else "no"
