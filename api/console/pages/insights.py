"""Insights: what feedback says taken together, with the verbatims behind every number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nicegui import ui
from nicegui.element import Element

from api.conditions import who_of
from api.console import assets, look
from api.console.asked import address
from api.console.context import Context, later
from api.console.insights import drivers, happenings, labels, overview, scores, trust
from api.console.insights.drawer import Drawer
from api.console.insights.drawing import Drawing
from api.console.insights.filters import Filters
from api.console.insights.looking import Looking, Part
from api.console.insights.place import PATH, TITLES, Place, View, asked_at, every_of, place_of
from api.console.page import Page
from engine.scope import Role

PAGE = Page(PATH, "Insights", icon="insights", place=5)
COACHING = f"{PATH}/coaching"
PARTS: Mapping[View, Callable[[Looking], Sequence[Part]]] = {
    View.OVERVIEW: overview.parts,
    View.LABELS: labels.parts,
    View.DRIVERS: drivers.parts,
    View.SCORES: scores.parts,
    View.RULES: trust.parts,
    View.HAPPENINGS: happenings.parts,
}
# What somebody's work begins with.
FIRST = {Role.AUTHOR: View.RULES}
BINNED = (View.OVERVIEW, View.LABELS)
Asks = Mapping[str, tuple[str, Mapping[str, str], str]]


async def page(context: Context) -> None:
    """Build the page."""
    await _Insights(context).draw()


class _Insights:
    def __init__(self, context: Context) -> None:
        self._context = context
        request = context.client.request
        self._place = place_of(request.query_params.multi_items() if request else ())
        if self._place.one("view") is None and context.caller.role in FIRST:
            self._place = self._place.having(view=str(FIRST[context.caller.role]))

    async def draw(self) -> None:
        """Draw what stands around the figures; they come by and by."""
        context, place = self._context, self._place
        ui.add_head_html(f'<link rel="stylesheet" href="{assets.address("insights.css")}">')
        view = place.view
        await context.when_erased(self._bring_anew)
        every_of(place, asked_at(context, place))
        self._views = Element("nav").props('aria-label="Views of the insights"')
        has_coaching = await context.read(lambda: _has_coaching(context))
        self._draw_views(has_coaching)
        self._has_coaching = has_coaching
        asks = await context.read(lambda: _asks(context, place))
        Filters(context, place, self._go).draw(asks, bins=view in BINNED)
        self._figures = Element("div").classes("hf-figures")
        self._drawer = Drawer(context)
        self._drawing = Drawing(context, self._drawer, lambda: self._place.params)
        later(self._count(place))

    def _draw_views(self, has_coaching: bool) -> None:
        self._views.clear()
        place, view = self._place, self._place.view
        with self._views, Element("ul").classes("hf-views"):
            for one, title in TITLES.items():
                with Element("li"):
                    there = look.link(title, address(PATH, place.having(view=str(one)).params), "")
                    if one is view:
                        there.props["aria-current"] = "page"
            if has_coaching:
                with Element("li"):
                    look.link("Coaching", COACHING, "")

    async def _go(self, place: Place) -> None:
        """Count something else; what is not valid changes nothing."""
        every_of(place, asked_at(self._context, place))
        self._place = place
        ui.navigate.history.replace(address(PATH, place.params))
        self._draw_views(self._has_coaching)
        later(self._count(place))

    async def _bring_anew(self) -> None:
        """Count again what stands there, without what is erased."""
        self._drawer.close()
        self._figures.clear()
        # Not in the round of the watcher: counting takes long, and other pages wait for their news.
        later(self._count(self._place))

    async def _count(self, place: Place) -> None:
        context = self._context
        asked = asked_at(context, place)
        every, base = every_of(place, asked), context.base
        looking = Looking(context.service, context.caller, asked, every, place, context.now(), base)
        await self._drawing.draw(self._figures, PARTS[place.view](looking))


def _has_coaching(context: Context) -> bool:
    return bool(context.service.store.coaching.employees(who_of(context.caller)))


def _asks(context: Context, place: Place) -> Asks:
    """Return what the view itself is asked."""
    program = context.service.engine.program
    match place.view:
        case View.DRIVERS:
            rules = sorted({rule.slug for rule in context.service.rules.rules})
            return {
                "target": ("What is compared", drivers.targets(program, rules), place.one("target") or drivers.USUAL)
            }
        case View.SCORES:
            spec = scores.score_of(program, place.one("of"))
            segments = {one: one.capitalize() for one in scores.segments_by(program)}
            found = {"by": ("By", segments, place.one("by") or scores.USUAL_BY)}
            if spec is None:
                return found
            return {"of": ("Score", {one: one for one in program.scores}, spec.name), **found}
        case View.LABELS:
            nodes = context.service.rules.taxonomy.nodes("topic")
            above = [one for one in nodes if any(other.startswith(f"{one}/") for other in nodes)]
            return {
                "under": (
                    "Topics",
                    {"": "The topmost", **{one: f"Below {one}" for one in above}},
                    place.one("under") or "",
                )
            }
    return {}
