"""The alerts and signals of a problem: some at a time, with what was said, and taken off it again."""

from __future__ import annotations

from nicegui.element import Element

from api.addresses import alert_path
from api.console import look
from api.console.alert import telling
from api.console.inbox.looking import Entry
from api.console.inbox.rows import draw_words
from api.console.problems.host import Host
from api.console.problems.seen import linked_of
from engine.alerts.alert import Alert
from engine.scope import JUDGES

AT_ONCE = 10
# What is more stands in the file.
MOST = 200


class LinkedAlerts:
    """The list of the page.

    Parameters
    ----------
    host
        The page.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._shown = AT_ONCE
        self._may = host.context.may(JUDGES)
        self._none = look.words("p", "No alert is linked to it yet.", "hf-muted")
        self._list: look.Listed[Entry] = look.Listed(self._draw, "Alerts and signals, the newest first", "hf-list")
        self._more = look.button("Show more", host.context.doing(self._show_more)).classes("hf-problem-more")

    async def bring(self) -> None:
        """Bring the list up to date."""
        context, problem_id, shown = self._host.context, self._host.now.problem.id, self._shown
        work = lambda: linked_of(context.service, context.caller, problem_id, shown)  # noqa: E731
        found = await context.read(work, key=("linked", problem_id, shown))
        self._none.set_visibility(not found.entries)
        self._list.show([(one.alert.id, one.version, one) for one in found.entries])
        self._more.set_visibility(found.more and shown < MOST)

    async def _show_more(self) -> None:
        self._shown += AT_ONCE
        await self.bring()

    def _draw(self, entry: Entry) -> None:
        alert = entry.alert
        with Element("div").classes("hf-row"):
            look.severity(alert.severity)
            look.link(alert.title, alert_path(alert.id), "hf-link hf-strong hf-problem-alert")
            if alert.kind in telling.KINDS:
                look.chip(telling.KINDS[alert.kind], "topic")
            if self._may:
                self._draw_away(alert)
        draw_words(entry)
        with Element("div").classes("hf-row hf-small hf-muted"):
            look.moment(alert.opened_at, look.Clock.AGO)
            for said in (alert.customer, alert.unit, telling.STATES[alert.state].lower(), alert.root_cause):
                if said:
                    look.words("span", said)

    def _draw_away(self, alert: Alert) -> None:
        async def take_off() -> None:
            await self._host.change({"change": "unlink", "alerts": [alert.id]}, "Taken off the problem")

        away = look.button("Take off", self._host.context.doing(take_off)).classes("hf-problem-away")
        away.props["aria-label"] = f"Take off: {alert.title}" + (f", {alert.customer}" if alert.customer else "")
