"""The list of problems: the open ones first, with what became of each; it keeps itself up to date."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from nicegui import ui
from nicegui.element import Element

from api.console import assets, fields, look
from api.console.alert.fresh import Fresh
from api.console.context import Context, later
from api.console.insights.saying import counted
from api.console.live import Topic
from api.console.problems.asking import MOST_CHARACTERS, STATES, Asking
from api.console.problems.detail import holders
from api.console.problems.export import list_address
from api.console.problems.opening import Opening
from api.console.problems.rates import Rates
from api.console.problems.rows import Row, draw_head, draw_row
from api.console.problems.seen import Listed, listed_of
from api.console.problems.suggested import Suggested
from engine.scope import JUDGES

# What may be a problem is looked for again at most so often.
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
        self._rates = context.desk.kept(Rates)
        self._is_counting = False
        self._suggested_at = -AGAIN_S
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
            self._hint.set_visibility(False)
            if context.may(JUDGES):
                look.button("New problem", context.doing(self._opening.begin), icon="add")
            self._csv = look.link("CSV", list_address(self._asking.params), "hf-link hf-small")
            self._csv.props["download"] = "problems.csv"
            self._csv.props["aria-label"] = "Save as CSV"
        self._head = Element("div").classes("hf-problem-row hf-problem-head").props("aria-hidden=true")
        with self._head:
            draw_head()
        self._list: look.Listed[Row] = look.Listed(draw_row, "Problems, the open ones first")
        self._empty: Fresh[bool] = Fresh(self._draw_empty)
        self._foot: Fresh[str | None] = Fresh(self._draw_foot, "hf-row hf-problem-foot")
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
        if not self._is_counting:
            later(self._bring_more())

    async def _bring_more(self) -> None:
        """Count the rates that are due, one after the other, and look for what may be a problem."""
        self._is_counting = True
        try:
            await self._count_rates()
            if time.monotonic() - self._suggested_at >= AGAIN_S:
                self._suggested_at = time.monotonic()
                patterns = await self._suggested.bring()
                with self._context.client:
                    self._hint.text = f"{counted(patterns, 'group')} of alerts may be problems"
                    self._hint.set_visibility(bool(patterns))
        finally:
            self._is_counting = False

    async def _count_rates(self) -> None:
        context, rates = self._context, self._rates
        while self._seen is not None and not context.client.is_deleted:
            due = next((one for one in self._seen.page.problems if rates.is_due(one)), None)
            if due is None:
                return
            await context.read(lambda due=due: rates.of(due))  # type: ignore[misc]
            with context.client:
                self._show()

    def _show(self) -> None:
        seen = self._seen
        if seen is None:
            return
        problems = seen.page.problems
        rows = [
            Row(one, seen.page.linked.get(one.id, 0), seen.people, self._rates.known(one), seen.now) for one in problems
        ]
        self._list.show([(one.problem.id, one.version, one) for one in rows])
        self._head.set_visibility(bool(problems))
        is_open = sum(one.solved_at is None for one in problems)
        more = " on this page" if seen.page.cursor or self._asking.after else ""
        self._count.text = f"{is_open:,} open, {len(problems) - is_open:,} solved{more}" if problems else ""
        self._empty.show((bool(problems), self._asking.is_narrowed), not problems)
        self._foot.show((self._asking, seen.page.cursor), seen.page.cursor)

    def _draw_empty(self, is_empty: bool) -> None:
        if not is_empty:
            return
        if self._asking.is_narrowed:
            look.nothing_here("No problem fits", "Choose less above to see more.")
        else:
            look.nothing_here(
                "There is no problem yet", "A problem is one cause behind many alerts: open one here, or from an alert."
            )

    def _draw_foot(self, cursor: str | None) -> None:
        for said, there in (("To the first", "" if self._asking.after else None), ("Next page", cursor)):
            if there is not None:
                look.link(said, replace(self._asking, after=there).address, "hf-plain-button hf-as-button")


def dress() -> None:
    """Give the page its styles."""
    for name in ("alert", "insights", "problems"):
        ui.add_head_html(f'<link rel="stylesheet" href="{assets.address(f"{name}.css")}">')


def _with(options: dict[str, str], value: str) -> dict[str, str]:
    return options if value in options else options | {value: value}
