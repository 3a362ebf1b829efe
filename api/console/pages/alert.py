"""An alert: what was said, why it fired, whom it is about, what became of it, and what to do."""

from __future__ import annotations

from nicegui import ui
from nicegui.element import Element

from api.coaching_notes import manages
from api.console import look
from api.console.alert import sections
from api.console.alert.behind import Behind
from api.console.alert.chart import draw_course
from api.console.alert.deeds import Deeds
from api.console.alert.fresh import Fresh
from api.console.alert.problems import ProblemPanel
from api.console.alert.queue import Queue, queue_of
from api.console.alert.said import SaidPanel
from api.console.alert.seen import Basis, Now, basis_of, now_of
from api.console.assets import address
from api.console.context import Context, later
from api.console.insights.noting import CoachingNote
from api.console.live import Topic
from api.console.page import Page
from engine.alerts.alert import Alert, AlertKind
from engine.errors import NotFoundError
from engine.scope import JUDGES

PAGE = Page("/alerts/{alert_id}", "Alert", under="/")
GONE = "The alert is not here any more: it was erased, or your account does not show it."


async def page(context: Context, alert_id: str, queue: str = "") -> None:
    """Build the page."""
    await AlertPage(context, alert_id, queue_of(queue)).draw()


class AlertPage:
    """The page of one alert; it keeps itself up to date.

    Parameters
    ----------
    context
        Who looks at it.
    queue
        Which alerts stand beside it.
    """

    now: Now
    basis: Basis

    def __init__(self, context: Context, alert_id: str, queue: Queue) -> None:
        self.context = context
        self._id = alert_id
        self._queue = queue

    async def draw(self) -> None:
        """Draw it, and follow it from then on."""
        await self.context.when_erased(self._bring_anew)
        self.now = await self.context.read(self._look)
        self.basis = await self._based()
        ui.page_title(f"{self.now.alert.title} - Heedful")
        ui.add_head_html(
            f'<link rel="stylesheet" href="{address("alert.css")}"><script src="{address("alert.js")}" defer></script>'
        )
        with Element("div").classes("hf-alert") as self._all:
            with Element("div").classes("hf-alert-wide hf-card"):
                self._head: Fresh[Now] = Fresh(lambda now: sections.draw_head(now, self._queue.said))
                self._deeds = Deeds(self) if self.context.may(JUDGES) else None
            with Element("div"):
                self._draw_left()
            with Element("div"):
                self._draw_right()
        self._show()
        await self._show_behind()
        self.context.follow(self.bring, Topic.ALERTS, Topic.PROBLEMS, Topic.PEOPLE)
        later(self._problem.suggest())

    def _draw_left(self) -> None:
        alert = self.now.alert
        with _card("What was said") as place:
            self._said: Fresh[None] = Fresh(lambda _: SaidPanel(self).draw())
        place.set_visibility(alert.kind not in (AlertKind.SIGNAL, AlertKind.SYSTEM))
        if self.basis.course is not None:
            with _card("The count over time"):
                draw_course(self.basis.course, alert)
        with _card("What happened" if alert.kind is AlertKind.SYSTEM else "Why"):
            self._why: Fresh[Basis] = Fresh(lambda basis: sections.draw_why(self.now.alert, basis))
        with _card("Feedback behind it" if alert.kind is AlertKind.SIGNAL else "Linked feedback") as self._linked:
            self._behind = Behind(self)
        with _card("History"):
            self._history: Fresh[Now] = Fresh(sections.draw_history)

    def _draw_right(self) -> None:
        alert = self.now.alert
        with _card("Customer" if alert.customer else "About") as place:
            self._customer: Fresh[Now] = Fresh(lambda now: sections.draw_customer(now, self.basis))
        place.set_visibility(bool(self.basis.feedback or alert.customer or alert.unit or alert.key))
        with _card("Coaching") as self._coaching:
            self._note: Fresh[str] = Fresh(self._draw_note)
        with _card("Problem"):
            self._problem = ProblemPanel(self)
        with _card("Messages"):
            self._messages: Fresh[Now] = Fresh(sections.draw_messages)

    async def _bring_anew(self) -> None:
        await self.bring(anew=True)

    async def bring(self, *, anew: bool = False) -> None:
        """Bring the page up to date with what anybody did.

        Parameters
        ----------
        anew
            Whether what the alert stands on may be another by now, even where the alert is not.
        """
        words = _words_of(self.now.alert)
        try:
            self.now = await self.context.read(
                self._look, key=("alert", self._id, self._queue, self.context.caller.name)
            )
        except NotFoundError:
            self._all.clear()
            with self._all:
                look.went_wrong(GONE)
            return
        if anew or self.basis.is_unread or _words_of(self.now.alert) != words:
            self.basis = await self._based()
        self._show()
        await self._show_behind()

    async def _based(self) -> Basis:
        service, caller, alert = self.context.service, self.context.caller, self.now.alert
        return await self.context.read(lambda: basis_of(service, caller, alert))

    def _look(self) -> Now:
        return now_of(self.context.service, self.context.caller, self._id, self._queue)

    def _show(self) -> None:
        """Show what is known now; parts that show the same as before are left alone."""
        now, alert, read = self.now, self.now.alert, id(self.basis)
        people = now.people.revision
        self._head.show((alert, now.beside, people), now)
        if self._deeds is not None:
            self._deeds.bring()
        self._said.show(read, None)
        self._why.show(read, self.basis)
        self._history.show((str(now.more["events"]), people), now)
        self._customer.show((alert.root_cause, alert.remedy, alert.team, people, read), now)
        self._show_coaching()
        self._problem.bring()
        self._messages.show((str(now.more["notifications"]), people), now)

    def _show_coaching(self) -> None:
        """Offer a note about what was said, to those who manage whom it is about; nobody else is told of coaching."""
        alert, people = self.now.alert, self.now.people
        coached = alert.employee if manages(self.context.caller, alert.employee, people) else None
        self._coaching.set_visibility(bool(coached and self.basis.feedback))
        if coached and self.basis.feedback:
            self._note.show(coached, coached)

    def _draw_note(self, employee: str) -> None:
        alert = self.now.alert
        CoachingNote(self.context, employee, self.now.name(employee), (alert.source, alert.feedback_id))

    async def _show_behind(self) -> None:
        self._linked.set_visibility(bool(self.now.more["feedback"]))
        if self.now.more["feedback"]:
            await self._behind.bring()


def _words_of(alert: Alert) -> tuple[object, ...]:
    """Return what of an alert becomes another once its words are erased, or read later."""
    return alert.customer, alert.evidence, alert.reasons


def _card(title: str) -> Element:
    return look.section(title).classes("hf-card")
