"""The page of a problem: what it is, its alerts with what was said, whether it went away, and what to do."""

from __future__ import annotations

from typing import Any

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.alert.fresh import Fresh
from api.console.context import Context, later, say_done, say_wrong
from api.console.insights.drawer import Drawer
from api.console.insights.drawing import Drawing
from api.console.live import Topic
from api.console.problems import parts
from api.console.problems.deeds import Deeds
from api.console.problems.figures import figures_of
from api.console.problems.linked import LinkedAlerts
from api.console.problems.listing import dress
from api.console.problems.seen import One, one_of
from api.problem_changing import change_problem
from engine.alerts.problem import Problem
from engine.errors import NotFoundError, StaleError
from engine.scope import JUDGES

GONE = "The problem is not here any more, or your account does not show it."


class ProblemPage:
    """The page of one problem; it keeps itself up to date.

    Parameters
    ----------
    context
        Who looks at it.
    """

    now: One

    def __init__(self, context: Context, problem_id: str) -> None:
        self.context = context
        self._id = problem_id
        self._counted: object = None

    async def draw(self) -> None:
        """Draw it, and follow it from then on."""
        await self.context.when_erased(self._forget)
        self.now = await self.context.read(self._look)
        dress()
        ui.page_title(f"{self.now.problem.title} - Heedful")
        with Element("div").classes("hf-alert") as self._all:
            with Element("div").classes("hf-alert-wide hf-card"):
                self._head: Fresh[One] = Fresh(parts.draw_head)
                self._deeds = Deeds(self) if self.context.may(JUDGES) else None
            with Element("div"):
                self._draw_left()
            with Element("div"):
                self._draw_right()
        self._drawer = Drawer(self.context)
        self._drawing = Drawing(self.context, self._drawer, lambda: [("problem", self._id)])
        await self._show()
        self.context.follow(self.bring, Topic.ALERTS, Topic.PROBLEMS, Topic.PEOPLE)

    def _draw_left(self) -> None:
        self._figures = Element("div").classes("hf-figures")
        with _card("Alerts and signals"):
            self._linked = LinkedAlerts(self)

    def _draw_right(self) -> None:
        with _card("What is behind it"):
            self._cause: Fresh[One] = Fresh(parts.draw_cause)
        with _card("About"):
            self._about: Fresh[One] = Fresh(parts.draw_about)
        with _card("Customers behind it"):
            self._customers: Fresh[One] = Fresh(parts.draw_customers)
        with _card("History"):
            self._history: Fresh[One] = Fresh(parts.draw_history)

    async def bring(self) -> None:
        """Bring the page up to date with what anybody did."""
        try:
            self.now = await self.context.read(self._look, key=("problem", self._id))
        except NotFoundError:
            self._all.clear()
            with self._all:
                look.went_wrong(GONE)
            return
        await self._show()

    async def _forget(self) -> None:
        """Show what stands there without what is erased."""
        self._drawer.close()
        self._counted = None
        await self.bring()

    async def change(self, record: dict[str, Any], done: str, *, seen: int | None = None) -> bool:
        """Change it, and say so; return whether it was."""
        context = self.context

        def work() -> Problem:
            version = seen or context.service.store.problems.get(self._id, context.caller.scope).version
            return change_problem(context.service, context.caller, self._id, record | {"version": version})

        try:
            await context.write(work, JUDGES)
        except StaleError:
            await self.bring()
            say_wrong(f"{parts.last_change(self.now)} Nothing of yours was changed or lost: look at it again.")
            return False
        say_done(done)
        await self.bring()
        return True

    def _look(self) -> One:
        return one_of(self.context.service, self.context.caller, self._id)

    async def _show(self) -> None:
        """Show what is known now; parts that show the same as before are left alone."""
        now, problem, people = self.now, self.now.problem, self.now.people.revision
        self._head.show((problem, people), now)
        if self._deeds is not None:
            self._deeds.bring()
        self._cause.show((problem.cause, str(now.more["root_causes"])), now)
        self._about.show((problem, people), now)
        self._customers.show(now.linked, now)
        self._history.show((str(now.more["events"]), people), now)
        await self._linked.bring()
        counted = (problem.topic, problem.solved_at, now.linked)
        if counted != self._counted:
            self._counted = counted
            later(self._drawing.draw(self._figures, figures_of(self.context, problem)))


def _card(title: str) -> Element:
    return look.section(title).classes("hf-card")
