"""Coaching: what customers say of an employee, for that employee and those who manage them."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui
from nicegui.element import Element

from api.conditions import who_of
from api.console import assets, look
from api.console.asked import address
from api.console.context import Context, later
from api.console.insights import coached
from api.console.insights.drawer import Drawer
from api.console.insights.drawing import Drawing
from api.console.insights.filters import Filters
from api.console.insights.looking import Part
from api.console.insights.notes import Notes
from api.console.insights.place import PATH, Place, asked_at, place_of
from api.console.page import Page
from engine.errors import ForbiddenError
from engine.feedback import Feedback
from engine.insights.asked import Asked
from engine.insights.coaching import ALERTED, PRAISE, Coaching
from engine.people import Person
from engine.store.searching import FoundPage

PAGE = Page(f"{PATH}/coaching", "Coaching", under=PATH)
EMPLOYEE = "employee"
NEWEST = 5


async def page(context: Context) -> None:
    """Build the page."""
    await _Coaching(context).draw()


class _Coaching:
    def __init__(self, context: Context) -> None:
        self._context = context
        request = context.client.request
        self._place = place_of(request.query_params.multi_items() if request else ())

    async def draw(self) -> None:
        """Draw whose coaching it is, and then the coaching."""
        context = self._context
        ui.add_head_html(f'<link rel="stylesheet" href="{assets.address("insights.css")}">')
        await context.when_erased(self._bring_anew)
        seen = await context.read(lambda: context.service.store.coaching.employees(who_of(context.caller)))
        if not seen:
            _draw_nobody(context)
            return
        self._employee = self._place.one(EMPLOYEE) or self._first(seen)
        self._place = self._place.having(employee=None)
        # Refused here, before anything is shown.
        try:
            found = await context.read(lambda: self._report(self._place))
        except ForbiddenError as problem:
            context.client.status_code = 403
            look.went_wrong(str(problem), back=False)
            return
        with Element("div").classes("hf-row hf-employee"):
            self._draw_choice(seen)
        Filters(context, self._place, self._go).draw(bins=False)
        self._drawer = Drawer(context)
        self._figures = Element("div").classes("hf-figures")
        self._drawing = Drawing(context, self._drawer, lambda: [(EMPLOYEE, self._employee), *self._place.params])
        names = await context.read(lambda: _authors(context, found))
        said = await context.read(lambda: _said(context, found))
        self._notes = Notes(context, self._employee, found.seeing, names, said)
        self._notes.draw(found.notes)
        later(self._drawing.draw(self._figures, self._parts(found)))

    def _first(self, seen: Sequence[Person]) -> str:
        """Return whose coaching is shown where nobody is named: that of somebody below, else one's own."""
        own = self._context.caller.name
        return next((one.id for one in seen if one.id != own), own)

    def _draw_choice(self, seen: Sequence[Person]) -> None:
        own = self._context.caller.name
        options = {one.id: f"{one.name} (you)" if one.id == own else one.name for one in seen}
        select = ui.select(options, label="Employee", value=self._employee, with_input=len(seen) > 10)
        select.props("outlined dense options-dense").classes("hf-choice")

        async def chosen() -> None:
            if select.value:
                ui.navigate.to(self._address(self._place, str(select.value)))

        select.on_value_change(self._context.doing(chosen))

    def _address(self, place: Place, employee: str) -> str:
        return address(PAGE.path, place.having(employee=employee).params)

    async def _go(self, place: Place) -> None:
        found = await self._context.read(lambda: self._report(place))
        self._place = place
        ui.navigate.history.replace(self._address(place, self._employee))
        later(self._drawing.draw(self._figures, self._parts(found)))

    async def _bring_anew(self) -> None:
        """Show what stands there without what is erased."""
        found = await self._context.read(lambda: self._report(self._place))
        said = await self._context.read(lambda: _said(self._context, found))
        self._drawer.close()
        self._notes.bring(found.notes, said)
        self._figures.clear()
        later(self._drawing.draw(self._figures, self._parts(found)))

    def _report(self, place: Place) -> Coaching:
        context = self._context
        asked, program = asked_at(context, place), context.service.engine.program
        return context.service.store.coaching.report(self._employee, asked, program, who_of(context.caller))

    def _newest(self, asked: Asked) -> FoundPage:
        who, search = who_of(self._context.caller), self._context.service.store.search
        return search.page(asked, limit=NEWEST, scope=who.scope, person=who.person)

    def _parts(self, found: Coaching) -> Sequence[Part]:
        name = found.name or found.employee
        return (
            Part(f"What customers say of {name}", lambda: coached.short(found)),
            Part("Praise and alerts by week", lambda: coached.by_week(found)),
            Part("Praise and alerts by topic", lambda: coached.by_topic(found)),
            Part("Newest praise", lambda: coached.verbatims(found, PRAISE, self._newest)),
            Part("Newest with an alert", lambda: coached.verbatims(found, ALERTED, self._newest)),
        )


def _authors(context: Context, found: Coaching) -> dict[str, str]:
    """Return the names of those who wrote the notes, and of who looks."""
    people = context.service.store.people.directory()
    ids = {context.caller.name, *(one.author for one in found.notes)}
    return {one: person.name for one in ids if (person := people.person(one)) is not None}


def _said(context: Context, found: Coaching) -> dict[tuple[str, str], Feedback]:
    """Return what the notes are about, as long as it is about the employee."""
    keys = [(one.source, one.feedback_id) for one in found.notes if one.source is not None and one.feedback_id]
    said = context.service.store.words.latest(keys, context.caller.scope)
    return {key: one for key, one in said.items() if one.employee == found.employee}


def _draw_nobody(context: Context) -> None:
    if context.account.person is None:
        said = "Coaching is for employees and their managers. Your account is not linked to a person yet."
    else:
        said = "Your account is linked to a person who is not known here any more. An administrator can change that."
    look.nothing_here("No coaching to show", said, to=PATH, to_said="To the insights")
