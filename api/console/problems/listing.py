"""The list of problems: the open ones first, with what became of each; it keeps itself up to date."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from nicegui import ui
from nicegui.element import Element

from api.console import assets, fields, look
from api.console.context import Context, later
from api.console.insights.saying import counted
from api.console.live import Topic
from api.console.problems.asking import MOST_CHARACTERS, STATES, Asking
from api.console.problems.detail import holders
from api.console.problems.export import list_address
from api.console.problems.opening import Opening
from api.console.problems.rows import Row, draw_head, draw_row
from api.console.problems.seen import Listed, listed_of, rates_of
from api.console.problems.suggested import Suggested
from engine.alerts.rates import RateChange
from engine.scope import JUDGES

# Rates are counted again at most so often: each goes through weeks of feedback.
AGAIN_S = 60.0


class ProblemsPage:
    """The page; its address says which problems it shows.

    Parameters
    ----------
    context
        Who looks at it.
    """

    def __init__(self, context: Context, asking: Asking) -> None:
        self._context = context
        self._asking = asking
        self._rates: dict[tuple[str, int], RateChange] = {}
        self._counted: tuple[object, float] = (None, 0.0)
        self._seen: Listed | None = None

    async def draw(self) -> None:
        """Draw it, and follow it from then on."""
        dress()
        context = self._context
        people = await context.read(context.service.store.people.directory)
        self._opening_place = Element("div")
        with self._opening_place:
            self._opening = Opening(context)
        with Element("div").classes("hf-problem-bar").props('role=group aria-label="Which problems"'):
            self._draw_filters(holders(context, people, self._asking.holder, "Anybody"))
        with Element("div").classes("hf-row hf-problem-count"):
            self._count = look.words("p", "", "hf-strong hf-grow").props("role=status")
            self._hint = look.link("", "#suggested", "hf-link hf-small")
            if context.may(JUDGES):
                look.button("New problem", context.doing(self._opening.begin), icon="add")
            self._csv = look.link("CSV", list_address(self._asking.params), "hf-link hf-small")
            self._csv.props["download"] = "problems.csv"
            self._csv.props["aria-label"] = "Save as CSV"
        self._head = Element("div").classes("hf-problem-row hf-problem-head").props("aria-hidden=true")
        with self._head:
            draw_head()
        self._list: look.Listed[Row] = look.Listed(draw_row, "Problems, the open ones first")
        self._empty = Element("div")
        self._foot = Element("div").classes("hf-row hf-problem-foot")
        # Below, since it comes later: nothing moves under the reader's finger.
        self._suggested = Suggested(context, self._opening)
        await self._bring()
        context.follow(self._bring, Topic.PROBLEMS, Topic.ALERTS, Topic.PEOPLE)

    def _draw_filters(self, options: dict[str, str]) -> None:
        asking, taxonomy = self._asking, self._context.service.rules.taxonomy
        topics = {"": "Any"} | {one: one for one in taxonomy.nodes("topic")}
        fields.choice("Status", dict(STATES), asking.state, changed=self._to("state"))
        fields.choice("Topic and below", _with(topics, asking.topic), asking.topic, changed=self._to("topic"))
        fields.choice("Who has it", options, asking.holder, changed=self._to("holder"))
        fields.Field("Unit and below", asking.unit, most=MOST_CHARACTERS, changed=self._to("unit"))
        fields.Field("In the title", asking.search, most=MOST_CHARACTERS, changed=self._to("search"))

    def _to(self, name: str) -> Callable[..., Awaitable[None]]:
        async def to(value: object) -> None:
            await self._go(self._asking.having(name, str(value)))

        return self._context.doing(to)

    async def _go(self, asking: Asking) -> None:
        self._asking = asking
        ui.navigate.history.replace(asking.address)
        self._csv.props["href"] = list_address(asking.params)
        self._csv.update()
        await self._bring()

    async def _bring(self) -> None:
        """Bring the list up to date; rates come when they are counted."""
        context, asking = self._context, self._asking
        seen = await context.read(lambda: listed_of(context.service, context.caller, asking), key=("problems", asking))
        if asking != self._asking:
            return
        self._seen = seen
        self._show()
        wanted = tuple((one.id, one.version) for one in seen.page.problems if one.topic is not None)
        key, at = self._counted
        if key != wanted or time.monotonic() - at >= AGAIN_S:
            self._counted = (wanted, time.monotonic())
            later(self._count_rates())

    async def _count_rates(self) -> None:
        context, seen = self._context, self._seen
        if seen is not None:
            found = await context.read(lambda: rates_of(context.service, seen.page.problems))
            with context.client:
                self._rates = found
                self._show()
        patterns = await self._suggested.bring()
        with context.client:
            self._hint.text = f"{counted(patterns, 'group')} of alerts may be more" if patterns else ""

    def _show(self) -> None:
        seen = self._seen
        if seen is None:
            return
        problems = seen.page.problems
        rows = [
            Row(one, seen.page.linked.get(one.id, 0), seen.people, self._rates.get((one.id, one.version)), seen.now)
            for one in problems
        ]
        self._list.show([(one.problem.id, one.version, one) for one in rows])
        self._head.set_visibility(bool(problems))
        is_open = sum(one.solved_at is None for one in problems)
        more = " on this page" if seen.page.cursor or self._asking.after else ""
        self._count.text = f"{is_open:,} open, {len(problems) - is_open:,} solved{more}" if problems else ""
        self._show_empty(bool(problems))
        self._show_foot(seen.page.cursor)

    def _show_empty(self, has_some: bool) -> None:
        self._empty.clear()
        if has_some:
            return
        with self._empty:
            if self._asking.is_narrowed:
                look.nothing_here("No problem fits", "Choose less above to see more.")
            else:
                look.nothing_here(
                    "There is no problem yet",
                    "A problem is one cause behind many alerts: open one here, or from an alert.",
                )

    def _show_foot(self, cursor: str | None) -> None:
        self._foot.clear()
        with self._foot:
            for said, there in (("To the first", "" if self._asking.after else None), ("Next page", cursor)):
                if there is not None:
                    look.link(said, replace(self._asking, after=there).address, "hf-plain-button hf-as-button")


def dress() -> None:
    """Give the page its styles."""
    for name in ("alert", "insights", "problems"):
        ui.add_head_html(f'<link rel="stylesheet" href="{assets.address(f"{name}.css")}">')


def _with(options: dict[str, str], value: str) -> dict[str, str]:
    return options if value in options else options | {value: value}
