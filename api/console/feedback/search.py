"""The search of all feedback: a bar for words, conditions to narrow it down, and the list, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from api.conditions import who_of
from api.console import look
from api.console.alert.fresh import Fresh
from api.console.asked import asked_of
from api.console.assets import address
from api.console.context import Context, later
from api.console.feedback.asking import PATH, Asking, said
from api.console.feedback.export import Form, export_address
from api.console.feedback.filters import Filters, focus_kept, key_of
from api.console.feedback.found import draw_found
from api.console.live import Topic
from api.exporting import MOST_ROWS
from engine.errors import HeedfulError
from engine.store.facets import Facets
from engine.store.searching import Found, FoundPage

AT_ONCE = 30
MOST_WORDS = 1_000
WORDS = "(event) => { event.preventDefault(); emit(event.target.elements.words.value) }"
HINT = 'All of the words. "a phrase" keeps them together, -not leaves out, begin* finds what begins so.'


@dataclass(frozen=True)
class Look:
    """What a search found, and up to which commit it looked."""

    page: FoundPage
    newest: int


class SearchPage:
    """The page; its address says all that it asks for.

    Parameters
    ----------
    context
        Who looks at it.
    """

    def __init__(self, context: Context, asking: Asking) -> None:
        self._context = context
        self._asking = asking
        self._filters = Filters(context.service.engine.program, self._go, context.doing)
        self._newest: int | None = None
        self._typed = 0

    async def draw(self) -> None:
        """Draw it, and say from then on when there is something new."""
        dress()
        with Element("div").classes("hf-search"):
            with Element("div").classes("hf-search-top"):
                self._bar: Fresh[str] = Fresh(self._draw_bar)
                look.link("Try a text", f"{PATH}/try", "hf-link hf-search-try")
            self._draw_toggle()
            with Element("aside").classes("hf-search-side hf-card").props("id=filters") as side:
                side.props["aria-label"] = "Narrow it down"
                self._by_hand: Fresh[Asking] = Fresh(lambda asking: self._filters.draw(asking))
                self._facets: Fresh[Facets] = Fresh(lambda found: self._filters.draw_facets(self._asking, found))
            with Element("div").classes("hf-search-found"):
                self._head = Element("div")
                self._news = Element("div").props("role=status")
                self._list: look.Listed[Found] = look.Listed(draw_found, "Feedback, the newest first")
                self._foot = Element("div").classes("hf-row hf-search-foot")
        await self._context.when_erased(self._show)
        await self._show()
        self._context.follow(self._look_for_news, Topic.FEEDBACK)

    def _draw_toggle(self) -> None:
        button = Element("button").classes("hf-plain-button hf-search-toggle").props("type=button")
        button.props.update({"aria-controls": "filters", "aria-expanded": "false"})
        button.on("click", js_handler="(event) => heedful.toggle(event.currentTarget, 'filters')")
        with button:
            look.words("span", "Narrow it down")

    def _draw_bar(self, typed: str) -> None:
        with Element("form").classes("hf-search-bar").props("role=search") as form:
            form.on("submit", self._context.doing(self._search), js_handler=WORDS)
            field = Element("input").classes("hf-native hf-grow").props("type=search name=words enterkeyhint=search")
            field.props.update(
                {"defaultValue": typed, "maxlength": MOST_WORDS, "placeholder": "Search what customers said"}
            )
            field.props.update({"aria-label": "Words", "title": HINT})
            look.words("button", "Search", "hf-plain-button hf-search-go").props("type=submit")

    async def _search(self, event: GenericEventArguments) -> None:
        await self._go(self._asking.added("words", str(event.args or "").strip()[:MOST_WORDS]), typed=True)

    async def _go(self, asking: Asking, *, typed: bool = False) -> None:
        """Search for something else; the way back leads to what was searched for before."""
        if not typed and asking.value("words") != self._asking.value("words"):
            self._typed += 1
        self._asking = asking
        ui.navigate.history.push(asking.address)
        await self._show()

    async def _show(self) -> None:
        asking = self._asking
        self._bar.show(self._typed, asking.value("words"))
        self._by_hand.show(asking.params, asking)
        try:
            found = await self._context.read(lambda: self._look(asking))
        except HeedfulError as problem:
            self._say_wrong(str(problem))
            return
        if asking != self._asking:
            # Somebody asked for something else meanwhile.
            return
        self._newest = found.newest
        self._draw_head(found.page)
        self._news.clear()
        self._list.show([((one.sequence, asking.params), str(one.as_dict()), one) for one in found.page.found])
        self._draw_foot(found.page)
        later(self._show_facets(asking))

    def _look(self, asking: Asking) -> Look:
        service, who = self._context.service, who_of(self._context.caller)
        asked, newest = asked_of(self._context, asking.params), service.store.marks.look().feedback
        page = service.store.search.page(
            asked, limit=AT_ONCE, cursor=asking.before or None, counted=True, scope=who.scope, person=who.person
        )
        return Look(page, newest)

    async def _show_facets(self, asking: Asking) -> None:
        service, who = self._context.service, who_of(self._context.caller)

        def ask() -> Facets:
            asked = asked_of(self._context, asking.params)
            return service.store.search.facets(asked, service.engine.program, who.scope, who.person)

        try:
            found = await self._context.read(ask)
        except HeedfulError:
            # The list has said what is wrong.
            return
        if asking == self._asking:
            with self._context.client:
                self._facets.show((asking.params, str(found)), found)

    def _say_wrong(self, problem: str) -> None:
        self._list.show([])
        for place in (self._head, self._news, self._foot):
            place.clear()
        with self._head:
            self._draw_chips()
            look.went_wrong(problem, back=False)

    def _draw_head(self, page: FoundPage) -> None:
        self._head.clear()
        with self._head:
            with Element("div").classes("hf-row hf-search-head"):
                look.words("p", counted(page), "hf-strong hf-grow").props("role=status")
                if page.found:
                    self._draw_export("csv")
                    self._draw_export("jsonl")
            self._draw_chips()
            if not page.complete:
                look.words("p", "Older feedback is still being made searchable: more will be found soon.", "hf-warn")
            if not page.found:
                self._draw_nothing()

    def _draw_export(self, form: Form) -> None:
        found = look.link(form.upper(), export_address(form, list(self._asking.params)), "hf-link hf-small")
        found.props["download"] = f"feedback.{form}"
        found.props["aria-label"] = f"Export as {form.upper()}"
        found.props["title"] = f"What was found as {form.upper()}, the newest {MOST_ROWS:,} at most"

    def _draw_nothing(self) -> None:
        if self._asking.params:
            look.nothing_here("Nothing was found", "No feedback fits all of this. Take a condition away.")
        else:
            look.nothing_here(
                "There is no feedback yet",
                "What is sent to the service appears here.",
                to=f"{PATH}/try",
                to_said="Try a text meanwhile",
            )

    def _draw_chips(self) -> None:
        if not self._asking.params:
            return
        with Element("ul").classes("hf-row hf-conditions") as listed:
            listed.props["aria-label"] = "Conditions"
            for name, value in self._asking.params:
                with Element("li"):
                    self._draw_chip(name, value)
            if len(self._asking.params) > 1:
                with Element("li"):
                    self._small_button("Clear all", lambda: self._go(Asking()))

    def _draw_chip(self, name: str, value: str) -> None:
        told = said(name, value)

        async def take_away() -> None:
            await self._go(self._asking.removed(name, value))
            focus_kept(key_of(name, value))

        button = self._small_button(told, take_away)
        button.props["aria-label"] = f"Remove: {told}"
        with button:
            ui.icon("close").props("aria-hidden=true")

    def _small_button(self, text: str, act: object) -> Element:
        button = Element("button").classes("hf-condition").props("type=button")
        with button:
            look.words("span", text)
        button.on("click", self._context.doing(act))  # type: ignore[arg-type]
        return button

    def _draw_foot(self, page: FoundPage) -> None:
        self._foot.clear()
        with self._foot:
            if self._asking.before:
                look.button("To the newest", self._context.doing(self._first))
            if page.cursor is not None:
                cursor = page.cursor

                async def older() -> None:
                    await self._go(self._asking.going_on(cursor))
                    to_top()

                look.button("Older", self._context.doing(older), main=True)

    async def _first(self) -> None:
        await self._go(self._asking.going_on(""))
        to_top()

    async def _look_for_news(self) -> None:
        """Say that there is something new; the list stays as it is under the reader's eyes."""
        if self._newest is None or self._asking.before or self._news.default_slot.children:
            return
        store = self._context.service.store
        newest = await self._context.read(lambda: store.marks.look().feedback, key="newest feedback")
        if newest > self._newest:
            with self._news, Element("p").classes("hf-row hf-search-news"):
                look.words("span", "Feedback has come in since.")
                look.button("Search again", self._context.doing(self._show))


def counted(page: FoundPage) -> str:
    """Return how many were found."""
    if page.count is None or not page.found:
        return "Nothing found" if not page.found else ""
    return f"More than {page.count.count:,} feedback" if page.count.more else f"{page.count.count:,} feedback"


def dress() -> None:
    """Give the page its styles and scripts."""
    for name in ("alert", "feedback"):
        ui.add_head_html(f'<link rel="stylesheet" href="{address(f"{name}.css")}">')
    ui.add_head_html(f'<script src="{address("feedback.js")}"></script>')


def to_top() -> None:
    """Go on at the top of the list, by eye and by keyboard."""
    ui.run_javascript("heedfulFeedback.top()")
