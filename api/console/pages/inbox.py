"""The inbox: the queue of alerts, the most urgent first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nicegui import ui
from nicegui.element import Element

from api.alert_listing import alerts_of
from api.console import look
from api.console.context import Context
from api.console.highlight import Mark, shortened
from api.console.live import Topic
from api.console.page import Page
from api.console.palette import group_shown
from engine.alerts.alert import Alert
from engine.feedback import Feedback
from engine.store.alert_filter import AlertFilter, Sort
from engine.taxonomy import Taxonomy

PAGE = Page("/", "Inbox", icon="inbox", place=1)
AT_ONCE = 30
MOST = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """An alert of the queue, with what was said."""

    alert: Alert
    feedback: Feedback | None
    taxonomy: Taxonomy


async def page(context: Context) -> None:
    """Build the page."""
    await Queue(context).draw()


class Queue:
    """The queue of a page; it keeps itself up to date.

    Parameters
    ----------
    context
        Who looks at it.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._shown = AT_ONCE

    async def draw(self) -> None:
        """Draw the queue, and follow the alerts from then on."""
        self._list = look.Listed(_draw_entry, "Alerts, the most urgent first")
        self._empty = look.nothing_here(
            "Nothing waits for you", "New alerts appear here by themselves, the most urgent first."
        )
        with look.words("p", "", "hf-hidden-text").props("role=status") as self._said:
            pass
        self._more = look.button("Show more", self._context.doing(self._show_more))
        await self._bring()
        self._context.follow(self._bring, Topic.ALERTS)

    async def _show_more(self) -> None:
        self._shown = min(MOST, self._shown + AT_ONCE)
        await self._bring()

    async def _bring(self) -> None:
        """Bring the list up to date."""
        shown = self._shown
        entries, more = await self._context.read(lambda: self._look(shown), key=("inbox", shown))
        before = len(self._list)
        changed = self._list.show([(one.alert.id, one.alert.version, one) for one in entries])
        if changed and before:
            self._said.text = f"{len(entries)} alerts are shown"
        self._empty.set_visibility(not entries)
        self._more.set_visibility(more and shown < MOST)

    def _look(self, shown: int) -> tuple[list[Entry], bool]:
        service, caller = self._context.service, self._context.caller
        page = alerts_of(service, caller, AlertFilter(), sort=Sort.PRIORITY, limit=shown)
        taxonomy = service.rules.taxonomy
        said = service.store.words.of([one.sequence for one in page.alerts if one.feedback_id], caller.scope)
        return [Entry(one, _own(one, said), taxonomy) for one in page.alerts], page.cursor is not None


def _own(alert: Alert, said: Mapping[int, Feedback]) -> Feedback | None:
    return said.get(alert.sequence) if alert.feedback_id else None


def _draw_entry(entry: Entry) -> None:
    alert = entry.alert
    with Element("div").classes("hf-row"):
        look.severity(alert.severity)
        look.link(alert.title, f"/alerts/{alert.id}", "hf-link hf-strong hf-grow")
        _draw_clock(alert)
    if entry.feedback is not None:
        _draw_words(alert, entry.feedback, entry.taxonomy)
    with Element("div").classes("hf-row hf-small hf-muted"):
        look.moment(alert.opened_at, look.Clock.AGO)
        for said in (alert.customer, alert.unit):
            if said:
                ui.label(said)
        ui.label(f"{alert.holder} has it" if alert.holder else "Nobody has it yet")
    for reason in alert.reasons[:3]:
        look.words("p", reason, "hf-small hf-muted")


def _draw_clock(alert: Alert) -> None:
    due = alert.follow_up_due if alert.followed_up_at is None else None
    what, moment = ("Follow-up", due) if due is not None else ("Closing", alert.close_due)
    if moment is not None:
        with Element("div").classes("hf-row hf-small"):
            ui.label(what)
            look.moment(moment, look.Clock.DUE)


def _draw_words(alert: Alert, feedback: Feedback, taxonomy: Taxonomy) -> None:
    """Draw the words that the alert stands on, or how the feedback begins."""
    part = alert.evidence[0].part if alert.evidence else 0
    if part >= len(feedback.parts):
        return
    marks = [
        Mark(one.start, one.end, group_shown(one.shows, taxonomy), one.shows)
        for one in alert.evidence
        if one.part == part
    ]
    text, moved = shortened(feedback.parts[part].text, marks)
    look.highlighted(text, moved)
