"""What narrows a search down: spans, scores, alerts, and what stands most often among the newest that fit."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from api.console import fields, look
from api.console.feedback.asking import Asking
from api.console.feedback.found import STATUSES
from engine.program import Program
from engine.rules.sentiment_condition import SENTIMENTS
from engine.store.facets import MOST_LOOKED, Facet, Facets

Go = Callable[[Asking], Awaitable[None]]
TASKS: Mapping[str, str] = {"emotion": "Emotion", "intent": "Intent", "topic": "Topic"}
COLUMNS: Mapping[str, str] = {
    "channel": "Channel",
    "unit": "Unit",
    "language": "Language",
    "source": "Source",
    "status": "Reading",
}
# What somebody may add by hand, with an example.
KINDS: Mapping[str, str] = {
    "label": "Label, such as topic:digital or emotion:anger>=0.8",
    "attribute": "Attribute, such as store:Leeds or tenure:1..3",
    "score": "Score, such as nps:..6",
    "unit": "Unit and all below it, such as emea/uk",
    "customer": "Customer",
    "rule": "With an alert of the rule",
    "missing": "Without, such as unit or nps",
    "employee": "Employee",
    "behind": "Behind the alert",
    "channel": "Channel",
    "source": "Source",
    "language": "Language, such as en",
}


class Filters:
    """The panel beside the list.

    Parameters
    ----------
    go
        Searches for something else.
    doing
        Wraps a handler, so that errors are said.
    """

    def __init__(self, program: Program, go: Go, doing: Callable[..., Callable[..., Awaitable[None]]]) -> None:
        self._program = program
        self._go = go
        self._doing = doing

    def draw(self, asking: Asking) -> None:
        """Draw what is asked by hand."""
        self._when(asking)
        alerts = {"": "With or without", "true": "With an alert", "false": "Without an alert"}
        self._choice("alerted", "Alerts", alerts, asking)
        sentiments = {"": "Any", **{one: one.capitalize() for one in SENTIMENTS}}
        self._choice("sentiment", "Sentiment", sentiments, asking)
        for name in self._program.scores:
            self._score(name, asking)
        self._more(asking)

    def _when(self, asking: Asking) -> None:
        with Element("div").classes("hf-pair"):
            for name, said in (("since", "Since"), ("until", "Before")):
                field = fields.Field(said, asking.value(name)[:10], most=10)
                field.element.props["type"] = "date"
                field.element.on("change", self._changed(asking, name), js_handler=fields.VALUE)

    def _choice(self, name: str, label: str, options: Mapping[str, str], asking: Asking) -> None:
        field = fields.choice(label, options, asking.value(name))
        field.element.on("change", self._changed(asking, name), js_handler=fields.VALUE)

    def _changed(self, asking: Asking, name: str) -> Callable[..., Awaitable[None]]:
        async def changed(event: GenericEventArguments) -> None:
            await self._go(asking.added(name, str(event.args or "")))

        return self._doing(changed)

    def _score(self, name: str, asking: Asking) -> None:
        spec, ends = self._program.scores[name], list(asking.range_of(name))
        with Element("fieldset").classes("hf-range"):
            look.words("legend", name)
            for place, (said, short) in enumerate((("at least", "from"), ("at most", "to"))):
                field = Element("input").classes("hf-native").props("type=number step=any")
                field.props.update(
                    {"defaultValue": ends[place], "min": spec.min, "max": spec.max, "placeholder": short}
                )
                field.props["aria-label"] = f"{name} {said}"
                field.on(
                    "change", self._doing(partial(self._ranged, asking, name, ends, place)), js_handler=fields.VALUE
                )

    async def _ranged(
        self, asking: Asking, name: str, ends: list[str], place: int, event: GenericEventArguments
    ) -> None:
        ends[place] = str(event.args or "")
        await self._go(asking.scored(name, *ends))

    def _more(self, asking: Asking) -> None:
        with Element("details").classes("hf-facet-group"):
            look.words("summary", "Another condition")
            with Element("form").classes("hf-stack") as form:
                form.on("submit", js_handler="(event) => event.preventDefault()")
                kind = fields.choice("What", KINDS, "label")
                kind.value = "label"
                value = fields.Field("Which")

                async def add() -> None:
                    if value.said:
                        await self._go(asking.added(kind.value, value.said))

                look.button("Add", self._doing(add)).props("type=submit")

    def draw_facets(self, asking: Asking, facets: Facets) -> None:
        """Draw what stands most often among the newest that fit; each leads to those that have it."""
        for task, title in TASKS.items():
            self._group(title, "label", facets.labels.get(task, ()), asking, is_open=True)
        for name, title in COLUMNS.items():
            if len(facets.columns[name]) > 1 or any(asking.has(name, one.value) for one in facets.columns[name]):
                self._group(title, name, facets.columns[name], asking)
        for name, some in facets.attributes.items():
            self._group(name, "attribute", some, asking)
        if facets.more:
            look.words("p", f"Counted among the newest {MOST_LOOKED:,}.", "hf-small hf-muted")

    def _group(self, title: str, name: str, some: Sequence[Facet], asking: Asking, *, is_open: bool = False) -> None:
        if not some:
            return
        with Element("details").classes("hf-facet-group") as group:
            if is_open or any(asking.has(name, one.condition) for one in some):
                group.props["open"] = True
            look.words("summary", title)
            with Element("ul").classes("hf-facets"):
                for one in some:
                    with Element("li"):
                        self._facet(name, one, asking)

    def _facet(self, name: str, one: Facet, asking: Asking) -> None:
        key = key_of(name, one.condition)

        async def turn() -> None:
            await self._go(asking.turned(name, one.condition))
            focus_kept(key)

        with Element("button").classes("hf-facet").props("type=button") as button:
            look.words("span", STATUSES.get(one.value, one.value) if name == "status" else one.value, "hf-facet-name")
            look.words("span", f"{one.count:,}", "hf-facet-count")
        button.props["aria-pressed"] = "true" if asking.has(name, one.condition) else "false"
        button.props["data-keep"] = key
        button.on("click", self._doing(turn))


def key_of(name: str, condition: str) -> str:
    """Return by what the browser knows a condition again, whatever stands in it."""
    return hashlib.sha256(f"{name} {condition}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def focus_kept(key: str) -> None:
    """Keep the focus where it was, once what had it is drawn again."""
    ui.run_javascript(f"heedfulFeedback.keep('{key}')")
