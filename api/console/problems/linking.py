"""Which alerts are linked to a problem: searched for, ticked, and linked together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from nicegui.element import Element

from api.console import fields, look
from api.console.inbox.looking import Entry, entries_of
from api.console.inbox.rows import draw_words
from api.console.problems.host import Host
from engine.errors import ProblemError
from engine.store.alert_filter import AlertFilter

AT_ONCE = 20
MOST_SEARCHED = 200
# Without words, alerts about the topic are offered that were opened so long ago at most.
RECENT = timedelta(days=60)


class Linking:
    """What is linked, as a form asks for it.

    Parameters
    ----------
    host
        The page.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._ticked: dict[str, bool] = {}
        self._search = fields.Field(
            "Words that a customer said, a customer, or an id",
            most=MOST_SEARCHED,
            changed=host.context.doing(self._look),
        )
        self._said = look.words("p", "", "hf-small hf-muted").props("role=status")
        with Element("div").classes("hf-problem-offers").props("tabindex=0 role=region") as place:
            place.props["aria-label"] = "Alerts to choose from"
            self._list = Element("ul").classes("hf-plain-list")
            self._list.props["aria-label"] = "Alerts to link"

    async def begin(self) -> None:
        """Offer what is likely to belong to it."""
        await self._look("")

    def record(self) -> dict[str, Any]:
        """Return what is linked.

        Raises
        ------
        ProblemError
            If nothing is ticked.
        """
        ticked = [name for name, on in self._ticked.items() if on]
        if not ticked:
            raise ProblemError("tick the alerts that belong to it", field="alerts")
        return {"change": "link", "alerts": ticked}

    async def _look(self, said: object) -> None:
        search = str(said).strip()
        found = await self._host.context.read(lambda: self._found(search))
        self._ticked = {}
        about = f" about {self._host.now.problem.topic}" if self._host.now.problem.topic else ""
        what = f"Found by {search}" if search else f"The newest alerts{about}"
        more = f"; the first {AT_ONCE}, search for others" if len(found) == AT_ONCE else ""
        self._said.text = f"{what} that are linked to nothing{more}." if found else "Nothing was found."
        self._list.clear()
        with self._list:
            for entry in found:
                with Element("li"):
                    self._draw(entry)

    def _found(self, search: str) -> Sequence[Entry]:
        context, problem = self._host.context, self._host.now.problem
        service, caller = context.service, context.caller
        wanted = AlertFilter(unlinked=True, unit=problem.unit, search=search or None)
        if not search:
            topics = service.rules.taxonomy.leaves["topic"]
            below = tuple(one for one in topics if one == problem.topic or one.startswith(f"{problem.topic}/"))
            recent = service.engine.clock.now() - RECENT
            wanted = AlertFilter(unlinked=True, unit=problem.unit, topics=below or None, since=recent)
        page = service.store.alerts.page(wanted, limit=AT_ONCE, scope=caller.scope)
        return entries_of(service, caller, page.alerts)

    def _draw(self, entry: Entry) -> None:
        alert = entry.alert
        said = f"{alert.title}, {alert.customer}" if alert.customer else alert.title
        fields.Check(said, changed=self._tick(alert.id))
        with Element("div").classes("hf-problem-offered hf-small"):
            draw_words(entry, 160)
            look.moment(alert.opened_at, look.Clock.AGO).classes("hf-muted")

    def _tick(self, alert_id: str) -> Callable[[bool], None]:
        def tick(on: bool) -> None:
            self._ticked[alert_id] = on

        return tick
