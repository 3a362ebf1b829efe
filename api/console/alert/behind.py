"""The feedback behind a signal, or linked to an alert: some at a time, with what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from nicegui.element import Element

from api.addresses import feedback_path
from api.console import look
from api.console.alert.host import Host
from api.console.highlight import shortened
from engine.feedback import Feedback

AT_ONCE = 20
MOST = 1_000

Linked = Mapping[str, Any]


class Behind:
    """The list of the page.

    Parameters
    ----------
    host
        The page.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._shown = AT_ONCE
        self._count = look.words("p", "", "hf-small hf-muted")
        self._list: look.Listed[tuple[Linked, Feedback | None]] = look.Listed(_draw, "Feedback", "hf-list")
        self._more = look.button("Show more", host.context.doing(self._show_more))

    async def bring(self) -> None:
        """Bring the list up to date."""
        context, linked = self._host.context, self._host.now.more["feedback"]
        some: Sequence[Linked] = linked[: self._shown]
        numbers = tuple(one["sequence"] for one in some)
        work = lambda: context.service.store.words.of(numbers, context.caller.scope)  # noqa: E731
        said = await context.read(work, key=("behind", numbers))
        self._count.text = f"{len(linked):,} feedback" + (", the newest of them" if len(linked) >= MOST else "")
        items = [(one, said.get(one["sequence"])) for one in some]
        self._list.show([(one["sequence"], (one["revision"], str(words)), (one, words)) for one, words in items])
        self._more.set_visibility(len(linked) > self._shown)

    async def _show_more(self) -> None:
        self._shown += AT_ONCE
        await self.bring()


def _draw(item: tuple[Linked, Feedback | None]) -> None:
    linked, feedback = item
    if feedback is not None:
        look.highlighted(shortened(feedback.text or feedback.parts[0].text, ())[0])
    with Element("div").classes("hf-row hf-small hf-muted"):
        look.moment(datetime.fromisoformat(linked["occurred_at"]), look.Clock.AGO)
        if feedback is not None:
            for name, value in feedback.scores.items():
                look.words("span", f"{name} {value:g}")
            for said in (feedback.customer, feedback.unit):
                if said:
                    look.words("span", said)
        look.link("Open", feedback_path(linked["source"], linked["id"]))
